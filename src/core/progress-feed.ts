import type { Operation } from '../contract/queue.ts';
import {
  findLastVersion,
  findTracked,
  listStale,
  listTracked,
  listTrackedSince,
  type TrackedOperation,
} from '../db/progress-tracking.ts';
import { messageOf } from '../errors.ts';
import type { LiveEvent } from '../events/bus.ts';
import type { Core } from './context.ts';
import { ProgressProjector } from './progress-projector.ts';
import { trackOperations } from './progress-tracking.ts';

/** An operation as it is told to everybody who watches it. */
export interface ProgressUpdate {
  readonly version: number;
  readonly operation: Operation;
  /** The operation, written out once for all who watch. */
  readonly json: string;
}

export type ProgressListener = (update: ProgressUpdate) => void;

/** What somebody who begins to watch is told first. */
export interface ProgressOpening {
  /** `snapshot`: everything there is. `changes`: only what has changed since the version that was asked for. */
  readonly kind: 'snapshot' | 'changes';
  readonly updates: readonly ProgressUpdate[];
  /** The highest version in it: what to ask for later. */
  readonly version: number;
  /** Which version of each operation was seen for it, told or not: nothing up to it is news behind the opening. */
  readonly seen: ReadonlyMap<string, number>;
}

interface Watched {
  readonly listeners: Set<ProgressListener>;
  /** Versions told, by operation: an older one that comes late is not told. */
  readonly told: Map<string, number>;
  /** Under way, so that everybody who comes at once shares it. */
  refreshing: Promise<void> | null;
  refreshedAt: number;
}

/** More changes than this since somebody was last here are told as a snapshot. */
const MOST_CHANGES = 100;
const MOST_OPERATIONS = 200;
/** Events lost with a connection are made up for by reading rows this often. */
const HEAL_MS = 5000;
/** What is under way is looked at for somebody who comes, unless that was done so lately. */
const FRESH_MS = 1000;

/**
 * Operations as they change, for any number of watchers. Events bring the whole operation, so telling a thousand watchers
 * costs the database nothing. Works without HTTP: `subscribe`, and `open` for what there is already.
 */
export class ProgressFeed {
  readonly #core: Pick<Core, 'db' | 'events' | 'log'>;
  readonly #projector: ProgressProjector;
  readonly #watched = new Map<string, Watched>();
  #unsubscribe: (() => void) | null = null;
  #heal: NodeJS.Timeout | null = null;
  #healing: Promise<void> | null = null;
  /** Last versions at the last two times that rows were read: what was committed late is met by the second. */
  #healedTo: readonly [older: number, newer: number] | null = null;

  constructor(core: Pick<Core, 'db' | 'events' | 'log'>) {
    this.#core = core;
    this.#projector = new ProgressProjector(core, (workspaceId) => this.#watched.has(workspaceId));
  }

  /** Takes part in keeping progress_tracking up to date, whether anybody watches or not. */
  start(): void {
    if (this.#unsubscribe) return;
    this.#projector.start();
    this.#unsubscribe = this.#core.events.subscribe((event) => this.#note(event));
    this.#heal = setInterval(() => this.#beginToHeal(), HEAL_MS);
    this.#heal.unref();
    this.#beginToHeal(); // notes how far versions go now
  }

  async close(): Promise<void> {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (this.#heal) clearInterval(this.#heal);
    this.#heal = null;
    this.#watched.clear();
    await Promise.all([this.#projector.close(), this.#healing]);
  }

  /** Calls back with each operation of the workspace that changes; returns a function that ends it. */
  subscribe(workspaceId: string, listener: ProgressListener): () => void {
    this.start();
    const watched = this.#watched.get(workspaceId) ?? {
      listeners: new Set(),
      told: new Map(),
      refreshing: null,
      refreshedAt: Number.NEGATIVE_INFINITY,
    };
    this.#watched.set(workspaceId, watched);
    watched.listeners.add(listener);
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size === 0 && this.#watched.get(workspaceId) === watched) this.#watched.delete(workspaceId);
    };
  }

  /**
   * What there is, or what has changed since version `after`. For somebody who has subscribed: updates that come before
   * this is answered are in it, or newer; the caller keeps those back until then.
   */
  async open(workspaceId: string, after: number | null): Promise<ProgressOpening> {
    await this.#refresh(workspaceId);
    const updates = await this.#read(workspaceId, after);
    const version = updates.reduce((highest, update) => Math.max(highest, update.version), 0);
    const seen = new Map(updates.map((update) => [update.operation.id, update.version]));
    if (after !== null && after <= version) {
      const changed = updates.filter((update) => update.version > after);
      if (changed.length <= MOST_CHANGES) return { kind: 'changes', updates: changed, version, seen };
    }
    return { kind: 'snapshot', updates, version, seen };
  }

  async #read(workspaceId: string, after: number | null): Promise<ProgressUpdate[]> {
    const rows = await listTracked(this.#core.db.pool, workspaceId, after, MOST_OPERATIONS);
    const updates = rows.map(updateOf).sort((a, b) => a.version - b.version);
    // Everybody else hears of what is news to this node, so that no event of before can follow it.
    for (const update of updates) this.#tell(workspaceId, update);
    return updates;
  }

  /** Sees to it that the rows of a workspace are there and new. */
  async #refresh(workspaceId: string): Promise<void> {
    const watched = this.#watched.get(workspaceId);
    if (!watched) return this.#lookAtStale(workspaceId);
    if (performance.now() - watched.refreshedAt < FRESH_MS) return;
    watched.refreshing ??= this.#lookAtStale(workspaceId).finally(() => {
      watched.refreshing = null;
      watched.refreshedAt = performance.now();
    });
    await watched.refreshing;
  }

  async #lookAtStale(workspaceId: string): Promise<void> {
    const { pool } = this.#core.db;
    const stale = await listStale(pool, workspaceId, FRESH_MS);
    const wanted = stale.slice(0, MOST_OPERATIONS).map(({ id, now }) => ({ id, dirtyAt: now, intervalMs: 0 }));
    await trackOperations(this.#core, wanted);
  }

  #note(event: LiveEvent): void {
    if (event.kind !== 'progress' || !this.#watched.has(event.workspaceId)) return;
    const { id, workspaceId, version, operation } = event;
    if (operation) this.#tell(workspaceId, { version, operation, json: JSON.stringify(operation) });
    else void this.#tellFromRow(id);
  }

  async #tellFromRow(id: string): Promise<void> {
    try {
      const row = await findTracked(this.#core.db.pool, id);
      if (row) this.#tell(row.workspaceId, updateOf(row));
    } catch (error) {
      this.#core.log.debug({ err: messageOf(error) }, 'progress could not be read; it is read again');
    }
  }

  #tell(workspaceId: string, update: ProgressUpdate): void {
    const watched = this.#watched.get(workspaceId);
    if (!watched) return;
    const { told, listeners } = watched;
    if ((told.get(update.operation.id) ?? 0) >= update.version) return;
    told.set(update.operation.id, update.version);
    for (const listener of listeners) listener(update);
  }

  #beginToHeal(): void {
    this.#healing ??= this.#readLost().finally(() => {
      this.#healing = null;
    });
  }

  async #readLost(): Promise<void> {
    try {
      const { pool } = this.#core.db;
      const last = await findLastVersion(pool);
      const [older, newer] = this.#healedTo ?? [last, last];
      if (this.#watched.size > 0 && last > older) {
        for (const row of await listTrackedSince(pool, [...this.#watched.keys()], older))
          this.#tell(row.workspaceId, updateOf(row));
      }
      this.#healedTo = [newer, last];
    } catch (error) {
      this.#core.log.debug({ err: messageOf(error) }, 'progress could not be read; it is read again');
    }
  }
}

function updateOf({ version, operation }: TrackedOperation): ProgressUpdate {
  return { version, operation, json: JSON.stringify(operation) };
}
