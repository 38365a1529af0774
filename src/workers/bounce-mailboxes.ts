import { checkDueMailbox } from '../core/bounce-mailbox-check.ts';
import type { Core } from '../core/context.ts';

const EVERY_MS = 5000;

/** Looks into bounce mailboxes that are due, one at a time in each worker. */
export class BounceMailboxes {
  readonly #core: Core;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | null = null;
  #isClosed = false;

  constructor(core: Core) {
    this.#core = core;
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
    this.#timer.unref();
  }

  /** Waits for the look that is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#looking;
  }

  #look(): void {
    this.#looking ??= this.#lookAtAll()
      .catch((error: unknown) => this.#core.log.debug({ err: error }, 'bounce mailboxes wait for the next round'))
      .finally(() => {
        this.#looking = null;
      });
  }

  async #lookAtAll(): Promise<void> {
    while (!this.#isClosed && (await checkDueMailbox(this.#core)));
  }
}
