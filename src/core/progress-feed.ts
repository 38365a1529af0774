import type { Operation } from '../contract/queue.ts';
import { messageOf } from '../errors.ts';
import type { ChangeEvent } from '../events/bus.ts';
import type { Core } from './context.ts';
import { listOperations } from './progress.ts';

type Listener = (operations: readonly Operation[]) => void;

/** Changes are gathered this long, so that a campaign in full flight is read twice a second, whoever watches. */
const GATHER_MS = 400;
/** What moves without anybody telling (a rate that falls), and events lost with a connection. */
const REFRESH_MS = 5000;

/** Operations as they change, for any number of watchers: one look at the database per workspace and interval. */
export class ProgressFeed {
  readonly #core: Pick<Core, 'db' | 'events' | 'log'>;
  readonly #watchers = new Map<string, Set<Listener>>();
  #changed = new Set<string>();
  #gathering: NodeJS.Timeout | null = null;
  #refresh: NodeJS.Timeout | null = null;
  #unsubscribe: (() => void) | null = null;

  constructor(core: Pick<Core, 'db' | 'events' | 'log'>) {
    this.#core = core;
  }

  /** Calls back with operations of the workspace that changed; returns a function that ends it. */
  watch(workspaceId: string, listener: Listener): () => void {
    const watchers = this.#watchers.get(workspaceId) ?? new Set();
    this.#watchers.set(workspaceId, watchers.add(listener));
    this.#unsubscribe ??= this.#core.events.subscribe((event) => this.#note(event));
    this.#refresh ??= setInterval(() => void this.#tell(null), REFRESH_MS).unref();
    return () => {
      watchers.delete(listener);
      if (watchers.size === 0) this.#watchers.delete(workspaceId);
      if (this.#watchers.size === 0) this.close();
    };
  }

  close(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (this.#refresh) clearInterval(this.#refresh);
    if (this.#gathering) clearTimeout(this.#gathering);
    this.#refresh = null;
    this.#gathering = null;
    this.#changed = new Set();
  }

  #note(event: ChangeEvent): void {
    if (event.kind === 'account') return;
    this.#changed.add(event.id);
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      const ids = [...this.#changed];
      this.#changed = new Set();
      void this.#tell(ids);
    }, GATHER_MS);
  }

  /** Null: whatever is under way. An id of another workspace is not found in this one. */
  async #tell(ids: readonly string[] | null): Promise<void> {
    for (const [workspaceId, watchers] of [...this.#watchers]) {
      try {
        const operations = ids
          ? await listOperations(this.#core, workspaceId, ids)
          : (await listOperations(this.#core, workspaceId)).filter(isMoving);
        if (operations.length > 0) for (const listener of watchers) listener(operations);
      } catch (error) {
        this.#core.log.debug({ err: messageOf(error) }, 'progress could not be read; it is read again');
      }
    }
  }
}

function isMoving({ state }: Operation): boolean {
  return state === 'active' || state === 'waiting';
}
