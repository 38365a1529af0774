import type { HotExecutor } from '../db/database.ts';
import { trimSandboxMessages } from '../db/sandbox-messages.ts';

export interface MailboxBound {
  readonly messages: number;
  readonly bytes: number;
}

/** The mailbox is looked at again when this share of its bound has come in: the bound may be passed by as much. */
const SLACK = 0.05;

/** Keeps the newest messages up to a bound. Costs one statement for every five hundred messages, and nothing when idle. */
export class MailboxTrimmer {
  readonly #db: HotExecutor;
  readonly #workspaceId: string;
  readonly #bound: MailboxBound;
  readonly #onError: (error: unknown) => void;
  #messages = 0;
  #bytes = 0;
  #running: Promise<void> | null = null;

  constructor(db: HotExecutor, workspaceId: string, bound: MailboxBound, onError: (error: unknown) => void) {
    this.#db = db;
    this.#workspaceId = workspaceId;
    this.#bound = bound;
    this.#onError = onError;
  }

  stored(messages: number, bytes: number): void {
    this.#messages += messages;
    this.#bytes += bytes;
    if (this.#messages >= SLACK * this.#bound.messages || this.#bytes >= SLACK * this.#bound.bytes) this.trim();
  }

  trim(): void {
    if (this.#running) return;
    this.#messages = 0;
    this.#bytes = 0;
    this.#running = trimSandboxMessages(this.#db, this.#workspaceId, this.#bound)
      .then(() => {}, this.#onError)
      .finally(() => {
        this.#running = null;
      });
  }

  async idle(): Promise<void> {
    await this.#running;
  }
}
