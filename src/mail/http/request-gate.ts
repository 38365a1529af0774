import type { ReplyClass } from '../../domain/reply-class.ts';

/** Shorter waits are sat out with the messages in hand; for a longer one they go back, so that other accounts take them. */
const SHORT_WAIT_MS = 5_000;
/** Behind a refused key or a used-up quota every message is answered for this long without asking again. */
const SHUT_MS = 60_000;
const BASE_MS = 250;
const MAX_BACKOFF_MS = 30_000;

/** Why nothing is taken at the moment. */
export interface Shut {
  readonly class: ReplyClass;
  readonly message: string;
}

/**
 * When the next request to a provider may begin: not before its pace, its headers and our own back-off allow it. After a
 * request that came to nothing, one message at a time tries the ground. Times in milliseconds of any steady clock.
 */
export class RequestGate {
  readonly #minIntervalMs: number;
  #notBefore = 0;
  #failures = 0;
  #shut: (Shut & { readonly until: number }) | null = null;

  constructor(minIntervalMs: number) {
    this.#minIntervalMs = minIntervalMs;
  }

  /** One request with one message, until something is answered for certain. */
  get isProbing(): boolean {
    return this.#failures > 0;
  }

  waitMs(now: number): number {
    return Math.max(0, this.#notBefore - now);
  }

  /** Why a message need not even wait; null when it may. */
  shut(now: number): Shut | null {
    if (this.#shut !== null && now >= this.#shut.until) this.#shut = null;
    return this.#shut;
  }

  begun(now: number): void {
    this.#hold(now, this.#minIntervalMs);
  }

  #hold(now: number, forMs: number): void {
    this.#notBefore = Math.max(this.#notBefore, now + forMs);
  }

  answered(): void {
    this.#failures = 0;
  }

  /** Nobody was reached, or nobody can tell: later and later, and not before the provider wants to be asked again. */
  failed(now: number, shut: Shut, askedMs: number | null): void {
    const backoffMs = Math.min(MAX_BACKOFF_MS, BASE_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
    this.pause(now, shut, Math.max(askedMs ?? 0, backoffMs * (0.75 + Math.random() / 2)));
  }

  /** The provider speaks of the account. True when whoever waits is to be told so. */
  refused(now: number, shut: Shut, retryAfterMs: number | null): boolean {
    const { subject, action } = shut.class;
    if (subject !== 'account') return false;
    return this.pause(now, shut, action === 'throttle' ? (retryAfterMs ?? 1_000) : SHUT_MS);
  }

  /** No request for so long. A wait too long to be sat out shuts the gate: true, and whoever waits is to be told so. */
  pause(now: number, { class: cls, message }: Shut, forMs: number): boolean {
    const untilAsked = Math.min(forMs, SHUT_MS);
    this.#hold(now, untilAsked);
    if (untilAsked <= SHORT_WAIT_MS) return false;
    this.#shut = { class: cls, message, until: now + untilAsked };
    return true;
  }
}
