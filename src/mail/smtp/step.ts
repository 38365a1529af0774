import type { SmtpStage } from '../transport.ts';

/**
 * Whose reply comes next on a connection. `idle` waits for none, `body` is in the middle of writing a large message,
 * `final` and `lone-dot` may have the next envelope behind them, `quit` and `gone` listen no more.
 */
export type Step = 'idle' | 'reset' | 'mail' | 'rcpt' | 'data' | 'body' | 'final' | 'lone-dot' | 'quit' | 'gone';

/** How far the message whose dot was not yet sent has come: during `final` that is the one behind the body. */
export function stageOf(step: Step): SmtpStage {
  if (step === 'rcpt') return 'rcpt-to';
  if (step === 'data' || step === 'body') return step;
  return 'mail-from';
}

/** `closing` is 421, which may answer any command and announces the end of the connection (RFC 5321 section 3.8). */
export type Verdict = 'yes' | 'no' | 'closing' | 'nonsense';

export function judge(step: Step, code: number): Verdict {
  if (code === 421) return 'closing';
  if (code >= 400) return 'no';
  if (step === 'idle' || step === 'body') return 'nonsense'; // nothing was asked
  return (step === 'data' ? code === 354 : code < 300) ? 'yes' : 'nonsense';
}

/**
 * Whether the loss of a connection counts against the message it was working on. Behind a body, or at MAIL on a
 * connection that has served, it says nothing about the message: servers close after so many, some without a word.
 */
export function isCharged(step: Step, hasServed: boolean): boolean {
  if (step === 'final') return false;
  return !hasServed || step === 'rcpt' || step === 'data' || step === 'body';
}
