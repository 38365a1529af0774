import type { Core } from '../core/context.ts';
import { deliverWebhook } from '../core/webhook-delivery.ts';
import { feedWebhooks } from '../core/webhook-feed.ts';
import { listDueWebhooks } from '../db/webhook-deliveries.ts';

const ROUND_MS = 2000;

/**
 * Tells webhooks what happened: every two seconds what is new is written down, and what is due is posted. Each endpoint is
 * served by itself, so that one that does not answer holds nobody up. Runs in every process that is no worker itself.
 */
export class WebhookWatch {
  readonly #core: Pick<Core, 'db' | 'secrets' | 'log'>;
  readonly #running = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #isClosing = false;

  constructor(core: Pick<Core, 'db' | 'secrets' | 'log'>) {
    this.#core = core;
  }

  start(everyMs = ROUND_MS): void {
    this.#timer = setInterval(() => this.#once('round', () => this.#round()), everyMs);
    this.#timer.unref();
  }

  /** Waits for what is being posted. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#timer) clearInterval(this.#timer);
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async #round(): Promise<void> {
    await feedWebhooks(this.#core);
    if (this.#isClosing) return;
    for (const id of await listDueWebhooks(this.#core.db.sql)) this.#once(id, () => this.#drain(id));
  }

  async #drain(id: string): Promise<void> {
    while (!this.#isClosing && (await deliverWebhook(this.#core, id)) > 0);
  }

  /** What is under way is not begun a second time. */
  #once(name: string, work: () => Promise<void>): void {
    if (this.#running.has(name)) return;
    const running = work()
      .catch((error: unknown) =>
        this.#core.log.debug({ err: error, name }, 'a round of webhooks failed; another one comes'),
      )
      .finally(() => this.#running.delete(name));
    this.#running.set(name, running);
  }
}
