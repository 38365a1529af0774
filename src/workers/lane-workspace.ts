import type { Core } from '../core/context.ts';
import { listAccountHealth } from '../db/account-health.ts';
import { listAccountsOfWorkspace } from '../db/accounts.ts';
import { listRunningWorkers } from '../db/workers.ts';
import { listSendingUsers, type SendingUser } from '../db/workspace-users.ts';
import { getWorkspace } from '../db/workspaces.ts';
import type { DomainLimit } from '../domain/domain-limits.ts';
import type { GivenLimits } from '../domain/permit-window.ts';
import { connectionsOf, type WorkerPlace } from '../domain/server-group.ts';
import type { LaneWorkspace } from '../engine/lane-book.ts';
import { limitOfWorker } from '../engine/lane-limits.ts';
import { laneAccount } from './lane-account.ts';
import { lanesOfUsers } from './lane-users.ts';

/** Accounts of a group that has fewer connections than accounts take turns this long. */
const TURN_MS = 30_000;
/** A worker tells every five seconds that it lives. */
const SILENT_MS = 30_000;

/** What of a workspace's settings the engine goes by. */
interface StoredLimits {
  readonly domainLimits?: DomainLimit[];
  readonly workerLimits?: GivenLimits;
  readonly rateLimitBuffer?: number;
}

/** A workspace as the engine goes by it: its accounts with what is known of their servers, and its domains' limits. */
export async function readLaneWorkspace(
  sql: Core['db']['sql'],
  workspaceId: string,
  workerId: string,
): Promise<LaneWorkspace> {
  const accounts = await listAccountsOfWorkspace(sql, workspaceId);
  const ids = accounts.map((account) => account.id);
  const withUsers = accounts.filter(({ type }) => type === 'gmail').map(({ id }) => id);
  const [health, { settings }, worker, users] = await Promise.all([
    listAccountHealth(sql, ids),
    getWorkspace(sql, workspaceId),
    placeOf(sql, workerId),
    listSendingUsers(sql, withUsers),
  ]);
  const byAccount = new Map<string, SendingUser[]>();
  for (const user of users) {
    const known = byAccount.get(user.accountId);
    if (known) known.push(user);
    else byAccount.set(user.accountId, [user]);
  }
  const { domainLimits = [], workerLimits = {}, rateLimitBuffer = 0 } = settings as StoredLimits;
  const members = accounts.map((account) => ({ ...account, active: account.state === 'active' }));
  const connections = connectionsOf(members, worker, Math.floor(Date.now() / TURN_MS));
  return {
    accounts: accounts.flatMap((row) => {
      const lane = laneAccount(row, health.get(row.id), connections.get(row.id) ?? row.maxConnections, rateLimitBuffer);
      return row.type === 'gmail' ? lanesOfUsers(lane, row, byAccount.get(row.id) ?? [], rateLimitBuffer) : [lane];
    }),
    domainLimits,
    workerLimit: limitOfWorker(workerId, workspaceId, workerLimits),
  };
}

/** Where this worker stands among those that run: they share the connections of every account. */
async function placeOf(sql: Core['db']['sql'], workerId: string): Promise<WorkerPlace> {
  const running = (await listRunningWorkers(sql)).filter((worker) => worker.silentMs < SILENT_MS);
  const ids = running.map((worker) => worker.id).sort();
  return { index: Math.max(0, ids.indexOf(workerId)), count: Math.max(1, ids.length) };
}
