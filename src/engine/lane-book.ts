import type { DomainLimit } from '../domain/domain-limits.ts';
import type { Transport } from '../mail/transport.ts';
import { Lane, type LaneAccount } from './lane.ts';
import type { Limit } from './permits.ts';

export interface LaneWorkspace {
  /** Every account, whatever its state. */
  readonly accounts: readonly LaneAccount[];
  /** What recipient domains may get from all of them together. */
  readonly domainLimits: readonly DomainLimit[];
  /** What this worker may send for it; null is as much as it can. */
  readonly workerLimit: Limit | null;
}

/** What the book of lanes needs to know of the world. */
export interface LaneBookSources {
  readWorkspace(workspaceId: string): Promise<LaneWorkspace>;
  open(account: LaneAccount): Promise<Transport>;
}

const ACCOUNTS_FRESH_MS = 1000;
const LEAVE_MS = 60_000;

/**
 * The sending accounts this process has open. A lane stays open while its account's settings are the same; changed
 * settings open a new one and close the old when its last reply is in.
 */
export class LaneBook {
  readonly #sources: LaneBookSources;
  readonly #lanes = new Map<string, Lane>();
  readonly #known = new Map<string, { at: number; workspace: Promise<LaneWorkspace> }>();
  readonly #lastRead = new Map<string, LaneWorkspace>();
  /** Lanes that are not used any more, until their connections are closed. */
  readonly #left = new Map<Lane, Promise<void>>();
  readonly #opening = new Map<string, Promise<Lane>>();

  constructor(sources: LaneBookSources) {
    this.#sources = sources;
  }

  get inFlight(): number {
    let sum = 0;
    for (const lane of [...this.#lanes.values(), ...this.#left.keys()]) sum += lane.inFlight;
    return sum;
  }

  /** The accounts of a workspace as they were last read; none before that. */
  lastAccounts(workspaceId: string): readonly LaneAccount[] {
    return this.#lastRead.get(workspaceId)?.accounts ?? [];
  }

  /** Workspaces that limit what this worker sends for them, as far as they are known here. */
  limitedWorkspaces(): string[] {
    return [...this.#lastRead].filter(([, { workerLimit }]) => workerLimit !== null).map(([id]) => id);
  }

  /** The lane of an account, or of a user of one, if it is open. */
  find(key: string): Lane | undefined {
    return this.#lanes.get(key);
  }

  async close(graceMs: number): Promise<void> {
    const lanes = [...this.#lanes.values(), ...this.#left.keys()];
    this.#lanes.clear();
    await Promise.all(lanes.map((lane) => lane.transport.close(graceMs)));
  }

  /** As it was read within the last second. */
  workspace(workspaceId: string): Promise<LaneWorkspace> {
    const known = this.#known.get(workspaceId);
    return known && Date.now() - known.at < ACCOUNTS_FRESH_MS ? known.workspace : this.#read(workspaceId);
  }

  #read(workspaceId: string): Promise<LaneWorkspace> {
    const workspace = this.#sources.readWorkspace(workspaceId).then((read) => this.#heard(workspaceId, read));
    this.#known.set(workspaceId, { at: Date.now(), workspace });
    workspace.catch(() => this.#known.delete(workspaceId));
    return workspace;
  }

  /** What other workers found out about an account holds here too. */
  #heard(workspaceId: string, workspace: LaneWorkspace): LaneWorkspace {
    this.#lastRead.set(workspaceId, workspace);
    for (const account of workspace.accounts) {
      const lane = this.#lanes.get(account.key);
      if (!lane) continue;
      if (lane.account.revision === account.revision) lane.refresh(account, Date.now());
      else if (!account.active) this.#leave(lane);
    }
    return workspace;
  }

  /** Nothing more goes through it: its connections are closed when their last reply is in. */
  #leave(lane: Lane): void {
    this.#lanes.delete(lane.account.key);
    this.#left.set(
      lane,
      lane.transport.close(LEAVE_MS).then(() => void this.#left.delete(lane)),
    ); // never rejects
  }

  async lane(account: LaneAccount): Promise<Lane> {
    const lane = this.#lanes.get(account.key);
    if (lane && lane.account.revision === account.revision) return lane;
    const opening = this.#opening.get(account.key) ?? this.#reopen(account, lane);
    this.#opening.set(account.key, opening);
    return opening;
  }

  async #reopen(account: LaneAccount, old: Lane | undefined): Promise<Lane> {
    try {
      if (old) this.#leave(old);
      // Accounts of a group share the server's connections: the next one waits until those before it have hung up.
      if (account.serverGroup !== null)
        await Promise.all(
          [...this.#left]
            .filter(([left]) => left.account.serverGroup === account.serverGroup)
            .map(([, closed]) => closed),
        );
      const lane = new Lane(account, await this.#sources.open(account), Date.now());
      this.#lanes.set(account.key, lane);
      return lane;
    } finally {
      this.#opening.delete(account.key);
    }
  }
}
