import type { ReplyClass } from '../../domain/reply-class.ts';
import type { OutgoingMessage } from '../transport.ts';
import type { HttpAnswer, HttpContent } from './http-client.ts';

/** Thrown by `encode` for what is not the message's fault: it may be tried again. */
export class EncodeTrouble extends Error {
  override readonly name = 'EncodeTrouble';
}

/** One message as its provider wants it. */
export interface Entry {
  /** What becomes of it in a request: its own part of the body, or the whole of it. */
  readonly content: string | Buffer;
  /** Headers of its own; of messages that have a request of their own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where it goes; messages of one request go to one place. */
  readonly path: string;
  /** Tells this hand-over from every other: what an idempotency key is made of. */
  readonly key?: string;
  /** It shares no request with others. */
  readonly isAlone?: boolean;
}

/** What a definite answer says about one message. */
export type EntryResult =
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'refused'; readonly code: number; readonly text: string; readonly class: ReplyClass };

/**
 * What an answer says.
 * - `entries`: each message has its result, in the order of the request.
 * - `refused`: the request as a whole: no message of it was taken.
 * - `not-the-api`: something else answered (a proxy, a wrong address): no message was taken.
 * - `unclear`: nobody can tell. An idempotent provider is asked again with the same key and body, unless that `isFinal`.
 */
export type ProviderAnswer =
  | { readonly kind: 'entries'; readonly results: readonly EntryResult[] }
  | {
      readonly kind: 'refused';
      readonly text: string;
      readonly class: ReplyClass;
      /** Where the words say how long to wait, and no header does. */
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'not-the-api'; readonly text: string }
  | { readonly kind: 'unclear'; readonly text: string; readonly isFinal?: boolean };

/** A GET that looks for a message among those that were taken. */
export interface ProviderSearch {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The provider's id of the message; null when it was not found, which proves nothing. */
  read(answer: HttpAnswer): string | null;
}

/** What a harmless authenticated GET tells about an account. */
export interface ProviderCheck {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `isKey`: the provider knows the key. */
  read(answer: HttpAnswer): { readonly ok: boolean; readonly isKey: boolean; readonly message: string };
}

/** One provider's API: how messages become requests, and what answers mean. Holds no state of a message. */
export interface HttpProvider {
  /** As people write it: Postmark. */
  readonly name: string;
  readonly baseUrl: URL;
  /** Messages a request may carry: what a lost answer leaves `unknown`. */
  readonly maxBatch: number;
  /** A request is not begun earlier than this after the one before. */
  readonly minIntervalMs?: number;
  /** A request may be repeated with the same key and body: the provider answers the same and sends nothing twice. */
  readonly isIdempotent?: boolean;
  /** Throws what `content` or `parts` of the message throw, EncodeTrouble, and AccessError. */
  encode(message: OutgoingMessage): Entry | Promise<Entry>;
  /** Fetches another access token after a 401; then the request is made anew, once. Rejects with an AccessError. */
  renewAccess?(): Promise<void>;
  /** How to look for a message whose answer was lost; null when it cannot be looked for. Never rejects. */
  search?(entry: Entry): Promise<ProviderSearch | null>;
  /** All entries are for one path. */
  request(entries: readonly Entry[]): HttpContent;
  read(answer: HttpAnswer, count: number): ProviderAnswer;
  check(): ProviderCheck | Promise<ProviderCheck>;
}
