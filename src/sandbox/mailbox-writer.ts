import type { HotExecutor } from '../db/database.ts';
import { insertSandboxMessages, type NewSandboxMessage } from '../db/sandbox-messages.ts';
import { type Deferred, deferred } from '../lib/deferred.ts';

interface Waiting {
  readonly messages: readonly NewSandboxMessage[];
  readonly kept: Deferred<void>;
}

const GROUP_MESSAGES = 200;
const GROUP_BYTES = 8 * 1024 * 1024;
/** How long the first message of a group waits for company. */
const GATHER_MS = 2;
/** While one group is flushed to disk the next is already on its way: two hide the commit, more only fight for it. */
const GROUPS_IN_FLIGHT = 2;

/** Commits messages in groups, because a commit costs the same for one message as for two hundred. */
export class MailboxWriter {
  readonly #db: HotExecutor;
  readonly #workspaceId: string;
  readonly #onStored: (messages: number, bytes: number) => void;
  readonly #senders: () => number;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #groups = 0;
  #beingStored = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    db: HotExecutor,
    workspaceId: string,
    hooks: {
      /** How many connections are open: when each of them waits for us, nobody can come along any more. */
      readonly senders: () => number;
      readonly onStored: (messages: number, bytes: number) => void;
    },
  ) {
    this.#db = db;
    this.#workspaceId = workspaceId;
    this.#onStored = hooks.onStored;
    this.#senders = hooks.senders;
  }

  /** Resolves once the messages are committed; rejects with what the database said. */
  keep(messages: readonly NewSandboxMessage[]): Promise<void> {
    const kept = deferred();
    this.#waiting.push({ messages, kept });
    for (const message of messages) this.#bytes += message.raw.length;
    if (this.#waiting.length >= this.#enough() || this.#bytes >= GROUP_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
    return kept.promise;
  }

  #enough(): number {
    return Math.min(GROUP_MESSAGES, this.#senders() - this.#beingStored);
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#groups >= GROUPS_IN_FLIGHT || this.#waiting.length === 0) return;
    const group = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    this.#groups++;
    this.#beingStored += group.length;
    void this.#store(group).then(() => {
      this.#groups--;
      this.#beingStored -= group.length;
      this.#flush();
    });
  }

  async #store(group: readonly Waiting[]): Promise<void> {
    const messages = group.flatMap((waiting) => waiting.messages);
    try {
      await insertSandboxMessages(this.#db, this.#workspaceId, messages);
    } catch (error) {
      for (const { kept } of group) kept.reject(error);
      return;
    }
    for (const { kept } of group) kept.resolve();
    this.#onStored(
      messages.length,
      messages.reduce((sum, message) => sum + message.raw.length, 0),
    );
  }
}
