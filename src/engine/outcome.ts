import { STATE_CODE } from '../domain/recipient-state.ts';
import { isTooOld, nextAttemptAt, type RetryPolicy } from '../domain/retry-policy.ts';
import type { FileFault } from '../mail/linked-files.ts';
import type { SendOutcome } from '../mail/transport.ts';

/** What a submission means for its recipient's row. */
export interface Verdict {
  readonly state: number;
  readonly charged: boolean;
  readonly code: number | null;
  readonly class: string | null;
  /** Null when there is nothing to tell. */
  readonly response: string | null;
  readonly sentAt: Date | null;
  /** Of a deferred row, null is at once: another account can take it. */
  readonly dueAt: Date | null;
  /** Deferred rows: when this recipient was first put off. */
  readonly since: Date | null;
  readonly suppress: boolean;
}

export interface VerdictContext {
  readonly attempt: number;
  readonly now: Date;
  /** When this recipient was first put off; null when it never was. */
  readonly since: Date | null;
  readonly retry: RetryPolicy;
  readonly onUnknown: 'hold' | 'resend';
  /** When a row may go on that its account could not send; null: at once, through another account. */
  readonly goesOnAt: Date | null;
}

const MAX_RESPONSE = 1000;

/** From what the transport met to what the ledger says. Pure, and exhaustive over outcomes and actions. */
export function verdictOf(outcome: SendOutcome, context: VerdictContext): Verdict {
  switch (outcome.kind) {
    case 'accepted':
      return { ...base(words(outcome.reply)), state: STATE_CODE.sent, code: outcome.reply.code, sentAt: context.now };
    case 'unknown':
      return replyLost(outcome.message, context);
    case 'recalled':
      return { ...base(null), state: STATE_CODE.pending, charged: false };
    case 'not-handed-over':
      // `fail` without a server: the message itself cannot be sent (too large, an address no server takes).
      return outcome.class.action === 'fail'
        ? {
            ...base(outcome.message),
            state: STATE_CODE.failed,
            class: outcome.class.name,
            suppress: outcome.class.suppress,
          }
        : notReached(outcome.message, outcome.class.name, context);
    case 'refused':
      return refused(outcome, context);
  }
}

/** Sent again only by a campaign that asked for it, and as often as its retries go: a server may cut every reply. */
function replyLost(message: string, context: VerdictContext): Verdict {
  const said = { ...base(message), class: 'reply-lost' };
  const again = context.onUnknown === 'resend' ? deferred(said, 'reply-lost', context) : null;
  return again ?? { ...said, state: STATE_CODE.unknown };
}

function refused(outcome: Extract<SendOutcome, { kind: 'refused' }>, context: VerdictContext): Verdict {
  const className = outcome.class.name;
  const said = { ...base(words(outcome.reply)), code: outcome.reply.code, class: className };
  switch (outcome.class.action) {
    case 'fail':
    case 'stop-campaign':
      return { ...said, state: STATE_CODE.failed, suppress: outcome.class.suppress };
    case 'retry':
      return deferred(said, className, context) ?? { ...said, state: STATE_CODE.failed };
    case 'throttle':
    case 'pause-account':
    case 'disable-account':
      // The account's doing, not the recipient's: no attempt is used up.
      return { ...notReached(words(outcome.reply), className, context), code: outcome.reply.code };
  }
}

/** Null when that was the last attempt. */
function deferred(said: Verdict, className: string, context: VerdictContext): Verdict | null {
  const since = context.since ?? context.now;
  const dueAt = nextAttemptAt(context.retry, { attempt: context.attempt, className, now: context.now, since });
  return dueAt && { ...said, state: STATE_CODE.deferred, dueAt, since };
}

function notReached(message: string, className: string, context: VerdictContext): Verdict {
  const since = context.since ?? context.now;
  if (isTooOld(context.retry, since, context.now))
    return { ...base(message), state: STATE_CODE.failed, class: 'too-old' };
  const dueAt = context.goesOnAt;
  return { ...base(message), state: STATE_CODE.deferred, charged: false, class: className, dueAt, since };
}

/** A message that could not be made for this recipient: its template failed on this recipient's data. */
export function renderFailure(message: string): Verdict {
  return { ...base(message), state: STATE_CODE.failed, class: 'render-failed' };
}

/** A file of this recipient's own is not there: nothing was handed over. */
export function fileFailure({ message, isLasting }: FileFault, context: VerdictContext): Verdict {
  const className = isLasting ? 'attachment-missing' : 'attachment-unreachable';
  const said = { ...base(message), class: className };
  return (isLasting ? null : deferred(said, className, context)) ?? { ...said, state: STATE_CODE.failed };
}

function base(response: string | null): Verdict {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: PostgreSQL text cannot hold NUL
  const text = response === null ? null : response.replace(/\u0000/g, '').slice(0, MAX_RESPONSE);
  return {
    state: STATE_CODE.failed,
    charged: true,
    code: null,
    class: null,
    response: text,
    sentAt: null,
    dueAt: null,
    since: null,
    suppress: false,
  };
}

function words(reply: { code: number; enhanced?: string; text: string }): string {
  return reply.enhanced ? `${reply.code} ${reply.enhanced} ${reply.text}` : `${reply.code} ${reply.text}`;
}
