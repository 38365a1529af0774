import type { ReplyClass } from '../domain/reply-class.ts';
import type { MessageParts } from './message.ts';

/** One message ready to leave: the envelope, and the bytes without dot-stuffing and without the closing dot. */
export interface OutgoingMessage {
  /** Return path, without angle brackets; empty string is the null sender. */
  readonly envelopeFrom: string;
  /** One recipient, without angle brackets. */
  readonly envelopeTo: string;
  /**
   * The whole message, CRLF line ends, at most 998 octets a line, ending in CRLF (RFC 5322 section 2.1.1); or what makes
   * it, called once, when a connection is free for it. When that throws, the message comes back as not handed over.
   */
  readonly content: Buffer | (() => Buffer);
  /**
   * The same message in pieces, for a provider that puts it together itself; called at most once, like `content`, and only
   * by a transport that needs it. When that throws, the message comes back as not handed over.
   */
  readonly parts?: () => MessageParts;
  /**
   * Answers what the provider is to give back in its events about this message (`REFERENCE_KEY`): opaque, the same for
   * every attempt, 1 to 256 characters of `A-Za-z0-9._-`. Only asked for where it is needed.
   */
  readonly reference?: () => string;
  /** Number of this attempt, from 1: with the reference it tells two hand-overs of one message apart. */
  readonly attempt?: number;
  /**
   * True when the bytes can go over the wire as they are, by how they were made: every line ends in CRLF, none begins with
   * a dot. The compiler's messages are so; anything else is looked through, and mended where needed.
   */
  readonly isWireReady?: boolean;
  /**
   * Called right before the write after which the server may have accepted the message: once, or again when a provider
   * refused a whole request and its messages go on one by one. When it throws, that write does not happen and the message
   * comes back as not handed over.
   */
  readonly onHandOver?: () => void;
  /** True when a header or address needs SMTPUTF8 (RFC 6531): a server that does not offer it refuses the message. */
  readonly needsSmtpUtf8?: boolean;
  /** Goes before what waits in the transport, where that keeps an order of its own. */
  readonly isUrgent?: boolean;
  /** Shared by many messages. While it says so, none of them whose end has not left is handed over any more. */
  readonly recall?: Recall;
}

/** Under this name providers keep a message's reference: as tag, custom argument, variable or metadata. */
export const REFERENCE_KEY = 'postrider_ref';

/** Takes messages back that wait in a transport: their campaign was paused or cancelled. */
export interface Recall {
  readonly recalled: boolean;
}

/**
 * How far a message got when a link or a server failed. Everything before `final-dot` is safe to repeat: the receiver
 * drops an unfinished transaction (RFC 5321 section 4.1.1.10). From `final-dot` on, only evidence can tell.
 * Over HTTP: `connect` and `tls` as they are, `auth` for the API key, `data` for what the provider says of the message,
 * `final-dot` for a request that was written and not clearly answered.
 */
export type SmtpStage =
  | 'connect'
  | 'greeting'
  | 'tls'
  | 'hello'
  | 'auth'
  | 'mail-from'
  | 'rcpt-to'
  | 'data'
  | 'body'
  | 'final-dot';

/** What a server said: the three-digit code (over HTTP its status), the enhanced status (RFC 3463), and the words. */
export interface SmtpReply {
  readonly code: number;
  readonly enhanced?: string;
  readonly text: string;
}

/**
 * Every submission ends in exactly one of these.
 * - `accepted`: the server took responsibility (RFC 5321 section 4.2.5).
 * - `refused`: the server's words, already classified: subject and action stand in `class`.
 * - `not-handed-over`: no server was reached or the link broke before the message could have been accepted; safe to repeat.
 * - `recalled`: taken back by its sender (`OutgoingMessage.recall`) before it was handed over; safe to repeat.
 * - `unknown`: the link broke after the last byte that makes a message irrevocable and before the reply.
 */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly reply: SmtpReply; readonly remoteId?: string }
  | {
      readonly kind: 'refused';
      readonly reply: SmtpReply;
      readonly stage: SmtpStage;
      readonly class: ReplyClass;
      /** How long the server wants to be left alone, when it says so. */
      readonly retryAfterMs?: number;
    }
  | {
      readonly kind: 'not-handed-over';
      readonly stage: SmtpStage;
      readonly message: string;
      readonly class: ReplyClass;
    }
  | { readonly kind: 'recalled'; readonly stage: SmtpStage; readonly message: string }
  | { readonly kind: 'unknown'; readonly stage: SmtpStage; readonly message: string };

/** What `verify` learnt about a server: the answer of `POST /api/accounts/{id}/verify`. */
export interface TransportReport {
  readonly ok: boolean;
  readonly stage: SmtpStage | 'ready';
  readonly greeting?: string;
  readonly extensions: ReadonlyArray<string>;
  readonly tls?: { readonly protocol: string; readonly cipher: string };
  readonly authenticated: boolean;
  readonly message: string;
}

/** A way out for messages: one instance per sending account and process. It holds its own connections. */
export interface Transport {
  /** How many messages it can usefully hold at once; the engine keeps about twice as many gated. */
  readonly capacity: number;
  /** Queues one message; resolves once, never rejects: every failure is an outcome. */
  send(message: OutgoingMessage): Promise<SendOutcome>;
  /** Connects, authenticates and answers what the server offers. Sends nothing. */
  verify(): Promise<TransportReport>;
  /** Waits for replies in flight up to `graceMs`, says QUIT, and resolves what is left as `not-handed-over` or `unknown`. */
  close(graceMs?: number): Promise<void>;
}
