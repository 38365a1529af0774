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

export interface CheckedEnvelope {
  readonly needsSmtpUtf8: boolean;
  /** Why the message must not be sent at all. */
  readonly failure: SmtpFailure | null;
}

const PLAIN_ENVELOPE: CheckedEnvelope = { needsSmtpUtf8: false, failure: null };
const UTF8_ENVELOPE: CheckedEnvelope = { needsSmtpUtf8: true, failure: null };

export function checkEnvelope({ envelopeFrom, envelopeTo, content, needsSmtpUtf8 }: OutgoingMessage): CheckedEnvelope {
  const to = addressKind(envelopeTo);
  const from = envelopeFrom === '' ? 'plain' : addressKind(envelopeFrom);
  if (to === 'invalid') {
    return bad(
      SmtpFailure.named('rcpt-to', 'envelope-invalid', 'the recipient address cannot be put into an SMTP command'),
    );
  }
  if (from === 'invalid') {
    return bad(
      SmtpFailure.named('mail-from', 'sender-envelope-invalid', 'the return path cannot be put into an SMTP command'),
    );
  }
  if (typeof content !== 'function' && !Buffer.isBuffer(content))
    return bad(SmtpFailure.named('body', 'message-malformed', 'the content is not a Buffer'));
  return needsSmtpUtf8 === true || to === 'international' || from === 'international' ? UTF8_ENVELOPE : PLAIN_ENVELOPE;
}

function bad(failure: SmtpFailure): CheckedEnvelope {
  return { needsSmtpUtf8: false, failure };
}
