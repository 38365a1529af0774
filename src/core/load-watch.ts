import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { afterSample, CALM, factorOf, type LoadState } from '../domain/load-factor.ts';
import { settlesWithin } from '../lib/settles-within.ts';
import type { Core } from './context.ts';

const SAMPLE_MS = 5000;
/** An answer that takes longer is as bad as none. */
const PATIENCE_MS = 3000;
/** The histogram counts from one look to the next, which are this far apart at least. */
const LOOK_MS = 20;

/** What limits shrink by. */
export type LoadSource = Pick<LoadWatch, 'load' | 'touch' | 'close'>;

/** How loaded this process is, the database behind it and the queues: looked at while requests come in. */
export class LoadWatch {
  readonly #core: Pick<Core, 'db' | 'queues'>;
  readonly #sampleMs: number;
  readonly #delays: IntervalHistogram = monitorEventLoopDelay({ resolution: LOOK_MS });
  #state: LoadState = CALM;
  #lookedAt = performance.now();
  #looking = false;

  constructor(core: Pick<Core, 'db' | 'queues'>, sampleMs = SAMPLE_MS) {
    this.#core = core;
    this.#sampleMs = sampleMs;
    this.#delays.enable();
  }

  /** The share of the limits that holds, and why it is not all. */
  get load(): { readonly factor: number; readonly reason: string | null } {
    return { factor: factorOf(this.#state), reason: this.#state.reason };
  }

  /** Called with every request; a look is taken every five seconds, and nobody waits for it. */
  touch(): void {
    if (this.#looking || performance.now() - this.#lookedAt < this.#sampleMs) return;
    this.#looking = true;
    void this.#look().finally(() => {
      this.#lookedAt = performance.now();
      this.#looking = false;
    });
  }

  close(): void {
    this.#delays.disable();
  }

  async #look(): Promise<void> {
    const { db, queues } = this.#core;
    const eventLoopMs = Math.max(0, this.#delays.percentile(99) / 1e6 - LOOK_MS);
    this.#delays.reset();
    const waitingForDatabase = db.pool.waitingCount;
    const databaseMs = await timeOf(db.pool.query('select 1'));
    const queued = await Promise.all([queues.waiting('campaigns'), queues.waiting('leads-import')]).then(
      ([campaigns, imports]) => campaigns + imports,
      () => null,
    );
    this.#state = afterSample(this.#state, { eventLoopMs, databaseMs, waitingForDatabase, queued });
  }
}

/** Null when it failed: then there is nothing to go easy on. */
async function timeOf(answer: Promise<unknown>): Promise<number | null> {
  const began = performance.now();
  let failed = false;
  const settled = answer.catch(() => {
    failed = true;
  });
  await settlesWithin(settled, PATIENCE_MS);
  return failed ? null : performance.now() - began;
}
