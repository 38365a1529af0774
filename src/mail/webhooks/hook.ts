import type { ReplyClassName } from '../classify/reply-classes.ts';

/** A request of a provider, as it came. */
export interface HookRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export type HookEventType =
  | 'delivered'
  | 'bounced'
  | 'delayed'
  | 'complained'
  | 'opened'
  | 'clicked'
  | 'unsubscribed'
  | 'rejected';

/** What a provider tells of one recipient of one message. */
export interface HookEvent {
  readonly type: HookEventType;
  /** The provider's name for the event, or one made of what it is about: told again, it is the same. */
  readonly id: string;
  readonly occurredAt: Date;
  /** What we gave it to keep with the message (`REFERENCE_KEY`), as it was given. */
  readonly tag: string | null;
  /** Message-ID of the copy, where the provider keeps ours. */
  readonly messageId: string | null;
  /** What it answered when it took the message. */
  readonly remoteId: string | null;
  readonly recipient: string | null;
  /** Of a bounce: the provider says that it is permanent. */
  readonly permanent: boolean;
  /** Of a bounce or rejection: the reason, where the provider has a word of its own for it. */
  readonly class: ReplyClassName | null;
  /** RFC 3463. */
  readonly status: string | null;
  readonly response: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A message of a provider that proved where it comes from. */
export interface HookDelivery {
  /** Its name: seen once. */
  readonly id: string;
  readonly events: readonly HookEvent[];
  /** The provider asks whether messages of this kind are wanted: this address is to be called (Amazon SNS). */
  readonly confirm?: URL;
}

/** What a request is checked against. */
export interface HookKeys {
  /** The account's; null when it has none: then nothing is accepted, at the same cost. */
  readonly secret: string | null;
  /** Of SES: the topic. */
  readonly topic: string | null;
  readonly now: Date;
  /** The text at an address of the provider: the certificate of SNS. */
  readonly fetchText: (url: URL) => Promise<string>;
}

/** How one provider signs and what it says. */
export interface HookFormat {
  /** In words what is wrong with a secret; null when it can be one. */
  readonly faultOfSecret: (secret: string) => string | null;
  /** Null when it is not from the account's provider, too old, or unreadable. */
  readonly open: (request: HookRequest, keys: HookKeys) => Promise<HookDelivery | null> | HookDelivery | null;
}

/** How old a signature may be, and how far ahead its clock. Svix and Standard Webhooks say five minutes. */
const WINDOW_MS = 5 * 60_000;

export function isFresh(at: number, now: Date, windowMs = WINDOW_MS): boolean {
  return Number.isFinite(at) && Math.abs(now.getTime() - at) <= windowMs;
}

/** Events of one request: more than any provider sends. */
export const MOST_EVENTS = 5000;
