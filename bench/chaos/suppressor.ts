import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProductApi } from './product-api.ts';
import type { SeededRandom } from './seeded-random.ts';
import { steadyMs } from './steady-clock.ts';

/** Somebody who wanted no more mail while the campaign was under way, by steady-clock.ts. */
export interface Suppressed {
  readonly recipient: string;
  readonly askedAt: number;
  /** From then on nothing may be sent to them; null: the answer never came. */
  answeredAt: number | null;
}

const EVERY_MS = 80;
const hashOf = (algorithm: 'sha256' | 'md5', text: string) =>
  `${algorithm}:${createHash(algorithm).update(text.toLowerCase()).digest('hex')}`;

/** In turn by address, by hash and for a time: each has to bind as well as the others. */
const WAYS: ReadonlyArray<(recipient: string) => object> = [
  (email) => ({ email }),
  (email) => ({ hash: hashOf('sha256', email) }),
  (email) => ({ hash: hashOf('md5', email) }),
  (email) => ({ email, expiresAt: new Date(Date.now() + 86_400_000).toISOString() }),
];

/** Suppresses recipients through the API, one after another, for as long as it is let. */
export class Suppressor {
  readonly suppressed: Suppressed[] = [];
  readonly #api: ProductApi;
  readonly #recipients: readonly string[];
  #running: Promise<void> | null = null;
  #stopped = false;

  /** `most` is how many of them at most. */
  constructor(api: ProductApi, recipients: readonly string[], most: number, random: SeededRandom) {
    this.#api = api;
    this.#recipients = random.shuffled(recipients).slice(0, most);
  }

  start(): void {
    this.#running = this.#run();
    this.#running.catch(() => {}); // `stop` tells
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (const recipient of this.#recipients) {
      if (this.#stopped) return;
      const entry: Suppressed = { recipient, askedAt: steadyMs(), answeredAt: null };
      this.suppressed.push(entry);
      const way = WAYS[this.suppressed.length % WAYS.length];
      await this.#api.post('/api/suppressions', { ...way?.(recipient), source: 'chaos' });
      entry.answeredAt = steadyMs();
      await delay(EVERY_MS);
    }
  }
}
