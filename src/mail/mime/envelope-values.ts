import { parseEmailAddress } from '../../domain/email-address.ts';
import type { Mailbox, MessageVariables } from '../message.ts';
import { MessageError } from '../message-errors.ts';
import { assertOneLine } from './header.ts';

/** Printable ASCII without spaces or angle brackets, short enough for one line: these headers must not be folded. */
const TOKEN = /^[\x21-\x3b\x3d\x3f-\x7e]{1,900}$/;
const MESSAGE_ID = /^[\x21-\x3b\x3d\x3f\x41-\x7e]+@[\x21-\x3b\x3d\x3f\x41-\x7e]+$/;

/** The author's own mailbox, with the domain in A-labels. Line breaks are an error here, not something to repair. */
export function checkMailbox(mailbox: Mailbox, field: string): Mailbox {
  assertOneLine(field, mailbox.address);
  if (mailbox.name !== undefined) assertOneLine(field, mailbox.name);
  return { ...mailbox, address: checkAddress(mailbox.address, field) };
}

export function checkAddress(address: string, field: string): string {
  const parsed = parseEmailAddress(address);
  if (!parsed.ok) throw new MessageError(field, `"${address.slice(0, 80)}" is not an email address: ${parsed.reason}`);
  return parsed.address;
}

/** What the engine computes for each copy: wrong values are a bug of ours, and must not leave as a header. */
export function checkVariables({ messageId, unsubscribeUrl, feedbackId, date }: MessageVariables): void {
  if (!TOKEN.test(messageId) || !MESSAGE_ID.test(messageId))
    throw new MessageError('messageId', 'is not an id of the form left@right');
  if (!TOKEN.test(unsubscribeUrl) || !unsubscribeUrl.startsWith('http'))
    throw new MessageError('unsubscribeUrl', 'is not a web address');
  if (!TOKEN.test(feedbackId)) throw new MessageError('feedbackId', 'holds a character that is not allowed');
  if (Number.isNaN(date.getTime())) throw new MessageError('date', 'is not a date');
}
