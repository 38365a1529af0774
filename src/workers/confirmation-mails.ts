import { sendDueConfirmations } from '../core/confirmation-mails.ts';
import type { Core } from '../core/context.ts';

const EVERY_MS = 1000;

/** Sends the mails that ask for confirmation, one group at a time in each worker. */
export class ConfirmationMails {
  readonly #core: Core;
  readonly #timer: NodeJS.Timeout;
  #sending: Promise<void> | null = null;

  constructor(core: Core) {
    this.#core = core;
    this.#timer = setInterval(() => this.#send(), EVERY_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sending;
  }

  #send(): void {
    this.#sending ??= sendDueConfirmations(this.#core)
      .then(() => {})
      .catch((error: unknown) => this.#core.log.debug({ err: error }, 'confirmation mails wait for the next round'))
      .finally(() => {
        this.#sending = null;
      });
  }
}
