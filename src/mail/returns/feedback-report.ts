import { addressesIn, firstAddress } from './address.ts';
import { type MailHeaders, readHeaders } from './mail-headers.ts';
import { leavesOf, type MimePart, textOf } from './mime-part.ts';

/** A complaint report (ARF, RFC 5965): one a message, sometimes with several recipients. */
export interface FeedbackReport {
  /** `abuse`, `fraud`, `virus`, `opt-out`, `not-spam`, `auth-failure`, … (RFC 5965 section 7.3, RFC 6591). */
  readonly type: string;
  /** Empty when the provider leaves them out, as many do. */
  readonly recipients: readonly string[];
}

export function readFeedback(message: MimePart): FeedbackReport | null {
  const part = leavesOf(message).find(({ type }) => type === 'message/feedback-report');
  if (part !== undefined) return fromFields(readHeaders(textOf(part).replace(/^\n+/, '')).headers);
  return fromMicrosoft(message);
}

function fromFields(fields: MailHeaders): FeedbackReport {
  const named = ['original-rcpt-to', 'removal-recipient', 'original-recipient', 'redacted-address'];
  const recipients = named.map((name) => fields.all(name).flatMap(addressesIn)).find((found) => found.length > 0) ?? [];
  const type = fields.get('feedback-type').toLowerCase() || 'abuse';
  return { type, recipients: [...new Set(recipients)] };
}

/** Microsoft's JMRP sends the message itself, from staff@hotmail.com, with the recipient in a header of its own. */
function fromMicrosoft(message: MimePart): FeedbackReport | null {
  if (!/\bstaff@hotmail\.com/i.test(message.headers.get('from'))) return null;
  if (!/complaint/i.test(message.headers.get('subject'))) return null;
  const original = leavesOf(message).find(({ type }) => type === 'message/rfc822');
  const fields = original === undefined ? message.headers : readHeaders(original.body).headers;
  const recipient =
    firstAddress(fields.get('x-hmxmroriginalrecipient')) ??
    firstAddress(message.headers.get('x-hmxmroriginalrecipient'));
  return { type: 'abuse', recipients: recipient === null ? [] : [recipient] };
}
