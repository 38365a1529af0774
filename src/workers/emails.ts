import type { Sender } from '../engine/sender.ts';
import type { EventBus } from '../events/bus.ts';
import type { Logger } from '../lib/logger.ts';
import { settlesWithin } from '../lib/settles-within.ts';

/** Single emails that a worker has in hand at most, in places of their own: campaigns never fill those. */
const PLACES = 16;
/** And of one workspace: those of another one find a place, however slow the servers of the first. */
const PLACES_OF_ONE = 12;
/** What no event told of: scheduled emails, retries, what a lost worker left. */
const LOOK_MS = 1000;
/** How long a claim under way is waited for at the end. */
const STOP_MS = 1000;

interface EmailParts {
  readonly sender: Pick<Sender, 'workOnEmails'>;
  readonly events: Pick<EventBus, 'subscribe'>;
  readonly log: Logger;
}

/** Takes single emails as soon as they are told of, whatever campaigns the worker is at. */
export class Emails {
  readonly #parts: EmailParts;
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;
  /** In hand, by workspace. */
  readonly #inHand = new Map<string, number>();
  #looking: Promise<void> | null = null;
  /** Somebody told of emails since the last look. */
  #isTold = false;
  /** The last look found some, or left some. */
  #mayBeMore = false;
  #isStopped = false;

  constructor(parts: EmailParts) {
    this.#parts = parts;
    this.#unsubscribe = parts.events.subscribe(({ kind }) => kind === 'email' && this.#look());
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
    this.#look();
  }

  /** Takes no more; those in hand are the sender's. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe();
    clearInterval(this.#timer);
    // A queue that cannot be asked whether it is paused may never answer; what is claimed after this ends with its lease.
    if (this.#looking) await settlesWithin(this.#looking, STOP_MS);
  }

  #look(): void {
    this.#isTold = true;
    this.#looking ??= this.#take().finally(() => {
      this.#looking = null;
    });
  }

  async #take(): Promise<void> {
    while (this.#isTold && !this.#isStopped) {
      this.#isTold = false;
      const free = PLACES - [...this.#inHand.values()].reduce((sum, count) => sum + count, 0);
      const full = [...this.#inHand].filter(([, count]) => count >= PLACES_OF_ONE).map(([id]) => id);
      this.#mayBeMore = true;
      if (free <= 0) return;
      try {
        const runs = await this.#parts.sender.workOnEmails(Math.min(free, PLACES_OF_ONE), full);
        this.#mayBeMore = full.length > 0 || runs.length > 0;
        if (runs.length > 0) this.#isTold = true;
        for (const { workspaceId, done } of runs) this.#hold(workspaceId, done);
      } catch (error) {
        this.#parts.log.debug({ err: error }, 'single emails could not be claimed; another look comes');
      }
    }
  }

  #hold(workspaceId: string, done: Promise<void>): void {
    this.#inHand.set(workspaceId, (this.#inHand.get(workspaceId) ?? 0) + 1);
    void done.finally(() => {
      const left = (this.#inHand.get(workspaceId) ?? 1) - 1;
      if (left > 0) this.#inHand.set(workspaceId, left);
      else this.#inHand.delete(workspaceId);
      if (this.#mayBeMore) this.#look();
    });
  }
}
