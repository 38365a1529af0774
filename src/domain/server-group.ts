export interface GroupMember {
  readonly id: string;
  /** Accounts of one group are one server to us: its connections are shared among them. Null: a server of its own. */
  readonly serverGroup: string | null;
  readonly maxConnections: number;
  readonly active: boolean;
}

/** Where this process stands among the workers that run: `index` of `count`. */
export interface WorkerPlace {
  readonly index: number;
  readonly count: number;
}

/** What a group has together where none of its accounts says more. */
export const GROUP_CONNECTIONS = 3;

/**
 * How many connections this process may have through each account. An account has, over all workers, as many as it is
 * set to, and a group as many as the account with the most: divided by the workers, at least one each; and those of a
 * group divided in a process among its active accounts.
 * Where that is less than one for each, they take turns: 0 means that it is not this account's turn here. `turn` counts up
 * with time.
 */
export function connectionsOf(
  members: readonly GroupMember[],
  worker: WorkerPlace,
  turn: number,
): ReadonlyMap<string, number> {
  const connections = new Map<string, number>();
  const groups = new Map<string, GroupMember[]>();
  for (const member of members) {
    connections.set(member.id, member.maxConnections);
    if (!member.active) continue;
    const group = member.serverGroup === null ? `account ${member.id}` : `group ${member.serverGroup}`;
    groups.set(group, [...(groups.get(group) ?? []), member]);
  }
  const workers = Math.max(1, worker.count);
  for (const group of groups.values()) {
    const total = Math.max(...group.map((member) => member.maxConnections));
    const here = Math.max(1, Math.floor(total / workers) + (worker.index < total % workers ? 1 : 0));
    const first = (worker.index + turn) * here;
    for (const [i, member] of group.entries()) {
      const place = (((i - first) % group.length) + group.length) % group.length;
      connections.set(member.id, Math.floor(here / group.length) + (place < here % group.length ? 1 : 0));
    }
  }
  return connections;
}
