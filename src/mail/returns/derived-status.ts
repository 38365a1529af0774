import type { ReplyClassName } from '../classify/reply-classes.ts';

/**
 * Details for reports that name no status. RFC 3463 leaves `x.0` to what has no subject of its own, and its registry ends far
 * below 900: nobody takes such a code for the server's. The numbers by reason are those that Sisimai publishes for the same
 * purpose ("pseudo" codes: metacpan.org/pod/Sisimai::SMTP::Status), so that both can be read alike.
 */
const DETAILS: Partial<Record<ReplyClassName, number>> = {
  refused: 900,
  deferred: 900,
  'relay-denied': 909,
  'mailbox-unknown': 911,
  'domain-unknown': 912,
  'mailbox-moved': 916,
  'recipient-restricted': 918,
  'sender-domain-invalid': 918,
  'sender-not-allowed': 918,
  'sender-refused': 918,
  'mailbox-disabled': 921,
  'mailbox-full': 922,
  'mailbox-abandoned': 922,
  'destination-trouble': 930,
  'destination-overloaded': 931,
  'null-mx': 932,
  'message-too-large': 934,
  'connection-lost': 944,
  'connection-refused': 944,
  'host-not-found': 944,
  'mail-loop': 944,
  'network-unreachable': 944,
  'rate-limited': 945,
  'connection-timed-out': 947,
  'delivery-expired': 947,
  'auth-required': 970,
  'dkim-failed': 970,
  'dmarc-failed': 970,
  'spf-failed': 970,
  blocklisted: 971,
  'policy-refused': 972,
  'ptr-missing': 973,
  'message-malformed': 974,
  'low-reputation': 975,
  'tls-required': 976,
  'content-forbidden': 977,
  'spam-refused': 980,
};
/** The address was turned down by what may be a filter: whether it exists is not known. */
const FILTERED = 910;
const NOTHING_KNOWN = 900;

/** A status made from the class. `severity`: 4 passing, 5 permanent. `isCertain`: the mailbox is known not to exist. */
export function derivedStatus(name: ReplyClassName, severity: 4 | 5, isCertain: boolean): string {
  const detail = name === 'mailbox-unknown' && !isCertain ? FILTERED : (DETAILS[name] ?? NOTHING_KNOWN);
  return `${severity}.0.${detail}`;
}
