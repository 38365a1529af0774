import type { ReplyClassName } from '../classify/reply-classes.ts';

export interface Codes {
  readonly reply: number | null;
  readonly status: string | null;
}

/** Reply code and enhanced status side by side: `550 5.1.1`, `550-5.7.26`, `552 #5.2.2`. */
const PAIR = /(?<![\d.])([245][0-5]\d)[ -]{1,3}(?:smtp;? ?)?[#(]{0,2}([245]\.[0-7]\.\d{1,3})(?![.\d])/gi;
const STATUS = /(?<![\d.\w])([245]\.[0-7]\.\d{1,3})(?![\d])(?!\.\d)/g;
const REPLY =
  /(?:^|[\s;:<>'"(#=*\]/])([245][0-5]\d)(?=[ \-:,;.'")]|$)(?! (?:\w+ )?(?:bytes|octets|seconds|minutes|hours|days|messages|recipients?))/gm;

/**
 * The codes a text names. A pair whose first digits agree is believed first (`554 4.4.7 Message expired <421 4.4.2
 * Connection timed out>` is about the 421), then a single status, then a single reply code.
 */
export function codesIn(text: string): Codes {
  const pairs = [...text.matchAll(PAIR)].map(([, reply = '', status = '']) => ({ reply: Number(reply), status }));
  const agreed = pairs.filter(({ reply, status }) => String(reply)[0] === status[0]);
  const best = agreed.find(({ status }) => isSpecific(status)) ?? agreed[0] ?? pairs[0];
  if (best !== undefined) return best;
  const statuses = [...text.matchAll(STATUS)].map(([, status = '']) => status);
  const status = statuses.find(isSpecific) ?? statuses[0] ?? null;
  const replies = [...text.matchAll(REPLY)].map(([, reply = '']) => Number(reply));
  const reply = replies.find((code) => status === null || String(code)[0] === status[0]) ?? null;
  return { reply: reply !== null && reply >= 400 ? reply : (replies.find((code) => code >= 400) ?? reply), status };
}

/** `x.0.0` says no more than the reply code does (RFC 3463 section 3.1). */
export function isSpecific(status: string): boolean {
  return !/^\d\.0\.0$/.test(status);
}

/** The detail RFC 3463 and its registry give to a class, without its first digit; what is not listed is `0.0`. */
const DETAILS: Partial<Record<ReplyClassName, string>> = {
  'mailbox-unknown': '1.1',
  'domain-unknown': '1.2',
  'address-invalid': '1.3',
  'mailbox-moved': '1.6',
  'sender-domain-invalid': '1.8',
  'null-mx': '1.10',
  'mailbox-disabled': '2.1',
  'mailbox-full': '2.2',
  'mailbox-abandoned': '2.2',
  'message-too-large': '3.4',
  'destination-trouble': '3.0',
  'destination-overloaded': '3.2',
  'connection-refused': '4.1',
  'connection-timed-out': '4.1',
  'connection-lost': '4.2',
  'host-not-found': '4.3',
  'mail-loop': '4.6',
  'delivery-expired': '4.7',
  'message-malformed': '6.0',
  'content-forbidden': '6.1',
  'recipient-restricted': '7.1',
  'relay-denied': '7.1',
  'policy-refused': '7.1',
  'spam-refused': '7.1',
  blocklisted: '7.1',
  'low-reputation': '7.1',
  'rate-limited': '7.0',
  'tls-required': '7.10',
  'dkim-failed': '7.20',
  'spf-failed': '7.23',
  'ptr-missing': '7.25',
  'dmarc-failed': '7.26',
};

/** What a bare status says, for a report with a code and no words that we know. */
export function classOfStatus(status: string): ReplyClassName | null {
  const detail = status.slice(2);
  if (detail === '1.10') return status.startsWith('5') ? 'mailbox-unknown' : null; // as Exchange Online uses it
  for (const [name, known] of Object.entries(DETAILS)) if (known === detail) return name as ReplyClassName;
  if (detail === '1.0' || detail === '1.4') return 'mailbox-unknown';
  return detail === '4.4' ? 'domain-unknown' : null;
}
