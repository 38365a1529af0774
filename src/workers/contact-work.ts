import { runContactOperation } from '../core/contact-bulk-run.ts';
import { runErasure } from '../core/contact-erasure.ts';
import type { Core } from '../core/context.ts';
import { listOpenErasures } from '../db/contact-erasures.ts';
import { listOpenContactOperations } from '../db/contact-operations.ts';

/**
 * What is still to be done to contacts: bulk actions behind their first chunk, erasures that wait for something. One process
 * does it for all, one thing after the other; the tables say what there is to do, so nothing is lost with a process.
 */
export class ContactWork {
  readonly #core: Core;
  readonly #stop: AbortSignal;
  #working: Promise<void> | null = null;

  constructor(core: Core, stop: AbortSignal) {
    this.#core = core;
    this.#stop = stop;
  }

  /** Begins, unless it is at it already. */
  begin(): void {
    if (this.#stop.aborted) return;
    this.#working ??= this.#work()
      .catch((error: unknown) =>
        this.#core.log.debug({ err: error }, 'work on contacts broke off; it is taken up again'),
      )
      .finally(() => {
        this.#working = null;
      });
  }

  /** Resolves when nothing of it uses the database any more. */
  async end(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    const { sql } = this.#core.db;
    for (const id of await listOpenErasures(sql)) if (!this.#stop.aborted) await runErasure(this.#core, id);
    for (const id of await listOpenContactOperations(sql))
      if (!this.#stop.aborted) await runContactOperation(this.#core, id, { stop: this.#stop });
  }
}
