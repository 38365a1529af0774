import type { Core } from '../core/context.ts';
import { readDueDirectory } from '../core/directory-read.ts';

const EVERY_MS = 2000;

/** Reads the users of accounts from their directories when that is due: one at a time in each worker. */
export class Directories {
  readonly #core: Core;
  readonly #timer: NodeJS.Timeout;
  #reading: Promise<void> | null = null;
  #isClosed = false;

  constructor(core: Core) {
    this.#core = core;
    this.#timer = setInterval(() => this.#read(), EVERY_MS);
    this.#timer.unref();
    this.#read();
  }

  /** Waits for the reading that is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#reading;
  }

  #read(): void {
    this.#reading ??= this.#readAll()
      .catch((error: unknown) => this.#core.log.debug({ err: error }, 'directories wait for the next round'))
      .finally(() => {
        this.#reading = null;
      });
  }

  async #readAll(): Promise<void> {
    while (!this.#isClosed && (await readDueDirectory(this.#core)));
  }
}
