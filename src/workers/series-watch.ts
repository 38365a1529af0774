import type { Core } from '../core/context.ts';
import { planSeries, runOccurrence } from '../core/series-run.ts';
import { listDueSeries } from '../db/series.ts';
import { listDueOccurrences } from '../db/series-occurrences.ts';

type WatchCore = Pick<Core, 'db' | 'queues' | 'events' | 'log'>;

const ROUND_MS = 2000;
const SERIES_AT_ONCE = 100;
/** A feed may take ten seconds, and one that does holds nobody up. */
const OCCURRENCES_AT_ONCE = 10;

/**
 * Looks every two seconds which series have come to their time, and launches their campaigns. Runs in every process that is
 * no worker itself; several of them share the work.
 */
export class SeriesWatch {
  readonly #core: WatchCore;
  readonly #running = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #isClosing = false;

  constructor(core: WatchCore) {
    this.#core = core;
  }

  start(everyMs = ROUND_MS): void {
    this.#timer = setInterval(() => this.#once('round', () => this.#round()), everyMs);
    this.#timer.unref();
  }

  /** Waits for what is being launched. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#timer) clearInterval(this.#timer);
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async #round(): Promise<void> {
    const { sql } = this.#core.db;
    for (const { workspaceId, id } of await listDueSeries(sql, SERIES_AT_ONCE))
      await planSeries(this.#core, workspaceId, id);
    const room = OCCURRENCES_AT_ONCE + 1 - this.#running.size;
    if (this.#isClosing || room <= 0) return;
    for (const id of await listDueOccurrences(sql, room)) this.#once(id, () => runOccurrence(this.#core, id));
  }

  /** What is under way is not begun a second time. */
  #once(name: string, work: () => Promise<void>): void {
    if (this.#running.has(name)) return;
    const running = work()
      .catch((error: unknown) =>
        this.#core.log.warn({ err: error, name }, 'a round of series failed; another one comes'),
      )
      .finally(() => this.#running.delete(name));
    this.#running.set(name, running);
  }
}
