import type { ReplyClass } from '../../domain/reply-class.ts';
import type { SmtpReply, SmtpStage } from '../transport.ts';
import { RECEIVER_RULES } from './receiver-rules.ts';
import { type ReplyClassName, replyClass } from './reply-classes.ts';
import { matches } from './rule.ts';
import { SENDER_RULES } from './sender-rules.ts';

/** Replies come from strangers: the patterns are bounded, and so is what they look at. */
const MAX_TEXT = 1000;

/** Servers echo addresses, and `<spam@example.com>: user unknown` is not about spam. */
const ADDRESS = /[^\s<>()[\]]{1,320}@[^\s<>()[\]]{1,255}/g;

/**
 * What a refusal (4yz or 5yz) means. First match wins: words about us (account, identity, rates), then words about the
 * recipient and the message, then what code and stage alone say. Anything but a refusal is `protocol-error`.
 */
export function classifyReply(reply: SmtpReply, stage: SmtpStage): ReplyClass {
  if (reply.code < 400 || reply.code > 599) return replyClass('protocol-error');
  const text = reply.text.slice(0, MAX_TEXT).replace(ADDRESS, '*');
  for (const rule of SENDER_RULES) if (matches(rule, reply, text, stage)) return replyClass(rule.name);
  for (const rule of RECEIVER_RULES) if (matches(rule, reply, text, stage)) return replyClass(rule.name);
  return replyClass(withoutReason(reply.code, stage));
}

function withoutReason(code: number, stage: SmtpStage): ReplyClassName {
  const transient = code < 500;
  if (stage === 'auth') return transient ? 'auth-unavailable' : 'auth-failed';
  if (stage === 'tls') return 'tls-failed';
  if (stage === 'connect' || stage === 'greeting' || stage === 'hello') return 'server-not-ready';
  if (code === 421) return 'server-closing';
  if (transient) return 'deferred';
  return stage === 'mail-from' ? 'sender-refused' : 'refused';
}
