import type { Mailbox, MessageParts } from '../message.ts';
import { MessageError } from '../message-errors.ts';
import type { OutgoingMessage } from '../transport.ts';

/** The pieces of a message; throws MessageError for one that only has bytes. */
export function partsOf({ parts }: OutgoingMessage): MessageParts {
  if (parts === undefined) throw new MessageError('parts', 'is missing: this account needs a message in pieces');
  return parts();
}

/** RFC 5322 section 3.4, not folded and not encoded: what providers take in JSON, and encode themselves. */
export function mailboxText({ name, address }: Mailbox): string {
  if (name === undefined || name === '') return address;
  const plain = /^[\p{L}\p{N} !#$%&'*+/=?^_`{|}~-]+$/u.test(name);
  return `${plain ? name : `"${name.replace(/["\\]/g, '\\$&')}"`} <${address}>`;
}
