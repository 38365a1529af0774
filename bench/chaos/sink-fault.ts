/**
 * Where the receiving server may cut a connection: before its greeting; behind it; instead of an answer to a command; in
 * the body; behind the final dot without the message; behind it with the message; right behind the reply.
 */
export const CUT_STAGES = [
  'connect',
  'greeting',
  'ehlo',
  'mail',
  'rcpt',
  'data',
  'body',
  'dot-lost',
  'dot-kept',
  'reply',
] as const;
export type CutStage = (typeof CUT_STAGES)[number];

/** Where it may refuse. */
export type RefusalStage = 'connect' | 'ehlo' | 'mail' | 'rcpt' | 'data' | 'dot';

/** In order, or with a reset that throws away what is on its way. */
export type CutManner = 'fin' | 'rst';

/** What the receiving server can be told to do wrong, for a while, on one of its ports (`account`, from 0). */
export type SinkFault = { readonly account: number; readonly ms: number } & (
  | {
      /** Reads and says nothing more on open connections, and takes new ones without a greeting: no FIN, as behind a dead router. */
      readonly kind: 'silence';
      /** Afterwards: everything goes on where it was, or all of those connections are reset. */
      readonly afterwards: 'go-on' | 'cut';
    }
  | {
      /** New connections get no greeting. */
      readonly kind: 'no-greeting';
    }
  | { readonly kind: 'cut'; readonly stage: CutStage; readonly manner: CutManner; readonly connections: number }
  | {
      readonly kind: 'refuse';
      readonly stage: RefusalStage;
      readonly reply: string;
      /** Of all recipients (of connections, before there is one). */
      readonly share: number;
      /** Decides which. */
      readonly salt: number;
    }
  | {
      /** Replies come in pieces: one packet a line, or slowly byte by byte. */
      readonly kind: 'speech';
      readonly manner: 'split' | 'drip';
    }
);

/** What came of it. */
export interface SinkFaultEnd {
  /** Connections or messages it has hit. */
  readonly hits: number;
  /** Connections cut while the fate of a message on them was open: each may leave one `unknown`. */
  readonly inDoubt: number;
}
