import type { OutgoingMessage } from '../transport.ts';
import { SmtpFailure } from './failure.ts';

/** RFC 5321 section 4.5.3.1: 64 for the local part, "@", 255 for the domain. */
const MAX_ADDRESS = 320;

/** Printable ASCII without space, `<` and `>`. */
const PLAIN = /^[!-;=?-~]+$/;
/** The same and everything past C1, without line and paragraph separators and lone surrogates. */
const INTERNATIONAL = /^[!-;=?-~\u{a1}-\u{2027}\u{202a}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u;

type AddressKind = 'plain' | 'international' | 'invalid';

/**
 * The one place where a value becomes part of a command. What does not pass is refused before any byte is written.
 * (Commands are only written as latin1 when everything in them is ASCII: latin1 turns U+010A into LF.)
 */
function addressKind(address: string): AddressKind {
  if (typeof address !== 'string' || address.length > MAX_ADDRESS) return 'invalid';
  const at = address.lastIndexOf('@');
  if (at < 1 || at === address.length - 1) return 'invalid';
  if (PLAIN.test(address)) return 'plain';
  return INTERNATIONAL.test(address) ? 'international' : 'invalid';
}

/** What an envelope needs, or why it must not be sent at all. */
export interface CheckedEnvelope {
  readonly needsSmtpUtf8: boolean;
}

const PLAIN_ENVELOPE: CheckedEnvelope = { needsSmtpUtf8: false };
const UTF8_ENVELOPE: CheckedEnvelope = { needsSmtpUtf8: true };

export function checkEnvelope(message: OutgoingMessage): CheckedEnvelope | SmtpFailure {
  if (!Buffer.isBuffer(message.content)) return SmtpFailure.named('body', 'message-malformed', 'the content is not a Buffer');
  const to = addressKind(message.envelopeTo);
  if (to === 'invalid')
    return SmtpFailure.named('rcpt-to', 'envelope-invalid', 'the recipient address cannot be put into an SMTP command');
  const from = message.envelopeFrom === '' ? 'plain' : addressKind(message.envelopeFrom);
  if (from === 'invalid')
    return SmtpFailure.named(
      'mail-from',
      'sender-envelope-invalid',
      'the return path cannot be put into an SMTP command',
    );
  return message.needsSmtpUtf8 === true || to === 'international' || from === 'international'
    ? UTF8_ENVELOPE
    : PLAIN_ENVELOPE;
}
