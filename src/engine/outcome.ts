import { STATE_CODE } from '../domain/recipient-state.ts';
import { nextAttemptAt, type RetryPolicy } from '../domain/retry-policy.ts';
import type { SendOutcome } from '../mail/transport.ts';

/** What a submission means for its recipient's row. */
export interface Verdict {
  readonly state: number;
  readonly charged: boolean;
  readonly code: number | null;
  readonly class: string | null;
  readonly response: string;
  readonly sentAt: Date | null;
  readonly dueAt: Date | null;
  readonly suppress: boolean;
}

export interface VerdictContext {
  readonly attempt: number;
  readonly now: Date;
  readonly launchedAt: Date;
  readonly retry: RetryPolicy;
  readonly onUnknown: 'hold' | 'resend';
}

/** How long a row waits that no server saw: the account's own back-off decides when it really goes on. */
const NOT_REACHED_PAUSE_MS = 10_000;
const MAX_RESPONSE = 1000;

/** From what the transport met to what the ledger says. Pure, and exhaustive over outcomes and actions. */
export function verdictOf(outcome: SendOutcome, context: VerdictContext): Verdict {
  switch (outcome.kind) {
    case 'accepted':
      return { ...base(words(outcome.reply)), state: STATE_CODE.sent, code: outcome.reply.code, sentAt: context.now };
    case 'unknown':
      return context.onUnknown === 'resend'
        ? { ...base(outcome.message), state: STATE_CODE.deferred, class: 'reply-lost', dueAt: context.now }
        : { ...base(outcome.message), state: STATE_CODE.unknown, class: 'reply-lost' };
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

function refused(outcome: Extract<SendOutcome, { kind: 'refused' }>, context: VerdictContext): Verdict {
  const said = { ...base(words(outcome.reply)), code: outcome.reply.code, class: outcome.class.name };
  switch (outcome.class.action) {
    case 'fail':
    case 'stop-campaign':
      return { ...said, state: STATE_CODE.failed, suppress: outcome.class.suppress };
    case 'retry': {
      const dueAt = nextAttemptAt(context.retry, context.attempt, context.now, context.launchedAt);
      return dueAt ? { ...said, state: STATE_CODE.deferred, dueAt } : { ...said, state: STATE_CODE.failed };
    }
    case 'throttle':
    case 'pause-account':
    case 'disable-account':
      // The account's doing, not the recipient's: no attempt is used up.
      return { ...notReached(said.response, outcome.class.name, context), code: outcome.reply.code };
  }
}

function notReached(message: string, className: string, context: VerdictContext): Verdict {
  const tooOld = context.now.getTime() - context.launchedAt.getTime() > context.retry.maxAgeSeconds * 1000;
  if (tooOld) return { ...base(message), state: STATE_CODE.failed, class: 'too-old' };
  const dueAt = new Date(context.now.getTime() + NOT_REACHED_PAUSE_MS);
  return { ...base(message), state: STATE_CODE.deferred, charged: false, class: className, dueAt };
}

/** A message that could not be made for this recipient: its template failed on this recipient's data. */
export function renderFailure(message: string): Verdict {
  return { ...base(message), state: STATE_CODE.failed, class: 'render-failed' };
}

function base(response: string): Verdict {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: PostgreSQL text cannot hold NUL
  const text = response.replace(/\u0000/g, '').slice(0, MAX_RESPONSE);
  return {
    state: STATE_CODE.failed,
    charged: true,
    code: null,
    class: null,
    response: text,
    sentAt: null,
    dueAt: null,
    suppress: false,
  };
}

function words(reply: { code: number; enhanced?: string; text: string }): string {
  return reply.enhanced ? `${reply.code} ${reply.enhanced} ${reply.text}` : `${reply.code} ${reply.text}`;
}
