import type { SmtpReply, SmtpStage } from '../transport.ts';
import { REPLY_CLASSES, type ReplyClassName } from './reply-classes.ts';

/** One line of the classification. Every condition that is present must hold. */
export interface ReplyRule {
  readonly name: ReplyClassName;
  /** First digit of the reply code: it alone decides between passing and permanent (Gmail really answers `421 5.7.32`). */
  readonly severity?: 4 | 5;
  readonly codes?: readonly number[];
  /** Enhanced codes without their class digit, so that 4.7.26 and 5.7.26 are one entry (RFC 3463 section 2). */
  readonly enhanced?: readonly string[];
  readonly text?: RegExp;
  readonly stages?: readonly SmtpStage[];
}

const BEFORE_LOGIN: readonly SmtpStage[] = ['connect', 'greeting', 'tls', 'hello'];

/** A greeting cannot speak of a recipient, nor a login of the message: such rules are not tried there. */
function subjectPossible(rule: ReplyRule, stage: SmtpStage): boolean {
  const { subject, suppress } = REPLY_CLASSES[rule.name];
  if (BEFORE_LOGIN.includes(stage)) return subject !== 'recipient' && subject !== 'message';
  if (stage === 'auth') return subject === 'account' || subject === 'connection';
  if (stage === 'mail-from') return !suppress; // the recipient was not named yet
  return true;
}

export function matches(rule: ReplyRule, reply: SmtpReply, text: string, stage: SmtpStage): boolean {
  if (rule.severity !== undefined && Math.trunc(reply.code / 100) !== rule.severity) return false;
  if (rule.codes !== undefined && !rule.codes.includes(reply.code)) return false;
  if (rule.stages !== undefined && !rule.stages.includes(stage)) return false;
  if (rule.enhanced !== undefined && !(reply.enhanced !== undefined && rule.enhanced.includes(reply.enhanced.slice(2))))
    return false;
  if (!subjectPossible(rule, stage)) return false;
  return rule.text === undefined || rule.text.test(text);
}
