import type { ClaimKinds } from '../db/hot/claim-batch.ts';
import type { Queues } from '../queue/queues.ts';

const FRESH_MS = 500;

/** What the queues of sending allow, asked for twice a second at most. A queue that cannot be asked pauses nothing. */
export class PausedQueues {
  readonly #queues: Pick<Queues, 'isPaused'>;
  #known: Promise<ClaimKinds> = Promise.resolve({ ready: true, woken: true });
  #askedAt = -FRESH_MS;

  constructor(queues: Pick<Queues, 'isPaused'>) {
    this.#queues = queues;
  }

  kinds(): Promise<ClaimKinds> {
    if (performance.now() - this.#askedAt >= FRESH_MS) {
      this.#askedAt = performance.now();
      const before = this.#known;
      this.#known = this.#ask().catch(() => before);
    }
    return this.#known;
  }

  async #ask(): Promise<ClaimKinds> {
    const [sending, retry] = await Promise.all([
      this.#queues.isPaused('email-sending'),
      this.#queues.isPaused('email-retry'),
    ]);
    return { ready: !sending, woken: !retry };
  }
}
