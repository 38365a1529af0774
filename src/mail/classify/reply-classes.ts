import type { ReplyAction, ReplyClass, ReplySubject } from '../../domain/reply-class.ts';

interface ReplyClassInfo {
  readonly subject: ReplySubject;
  readonly action: ReplyAction;
  /** Only ever true for `recipient` + `fail`: the words say that the address itself is no good. */
  readonly suppress: boolean;
  /** One or two sentences for the people who read the ledger. */
  readonly explanation: string;
}

function define(subject: ReplySubject, action: ReplyAction, explanation: string, suppress = false): ReplyClassInfo {
  return { subject, action, suppress, explanation };
}

/** The address is no good: the recipient fails and the address is suppressed. */
const badAddress = (explanation: string) => define('recipient', 'fail', explanation, true);

/** Every class a delivery failure can have. The docs and the filters of the ledger are made from this table. */
export const REPLY_CLASSES = {
  // recipient: about this one address
  'mailbox-unknown': badAddress('The receiving server says that this mailbox does not exist.'),
  'domain-unknown': badAddress('The domain of the address does not exist or takes no mail.'),
  'null-mx': badAddress('The domain declares that it accepts no mail at all (RFC 7505).'),
  'address-invalid': badAddress('The receiving server says that the address is not a valid one.'),
  'mailbox-moved': badAddress('The mailbox has moved and its mail is not forwarded.'),
  'mailbox-disabled': badAddress('The mailbox exists but is closed, disabled or inactive.'),
  'mailbox-abandoned': badAddress('The mailbox is full and nobody uses it any more.'),
  'provider-suppressed': badAddress(
    'The sending provider keeps this address on its own suppression list, after an earlier bounce or complaint.',
  ),
  'mailbox-full': define(
    'recipient',
    'retry',
    'The mailbox is full. It may take mail again when its owner makes room.',
  ),
  'receiving-too-fast': define(
    'recipient',
    'retry',
    'The mailbox gets more mail than its provider allows at the moment.',
  ),
  greylisted: define(
    'recipient',
    'retry',
    'The server turns unknown senders away at first and takes the message on a later try.',
  ),
  'recipient-unverified': define('recipient', 'retry', 'The server could not yet verify that the address exists.'),
  'too-many-recipients': define('recipient', 'retry', 'The server wants this recipient in a transaction of its own.'),
  deferred: define('recipient', 'retry', 'The server put the message off without a reason that we know.'),
  'recipient-restricted': define(
    'recipient',
    'fail',
    'The mailbox or its domain only accepts chosen senders. The address itself is good.',
  ),
  'mail-loop': define('recipient', 'fail', 'Mail for this address goes round in circles on the receiving side.'),
  refused: define('recipient', 'fail', 'The server refused the message for good without a reason that we know.'),
  'envelope-invalid': define(
    'recipient',
    'fail',
    'The address holds characters that must not be put into an SMTP command, so nothing was sent.',
  ),
  'delivery-expired': define(
    'recipient',
    'fail',
    'A mail system on the way tried for as long as it is allowed to and gave up.',
  ),

  // message: would fail for everybody
  'message-too-large': define(
    'message',
    'fail',
    'The message, or one of its headers, is larger than the server accepts.',
  ),
  'message-malformed': define(
    'message',
    'fail',
    'The server says that the message breaks the rules for message formats.',
  ),
  'content-forbidden': define(
    'message',
    'fail',
    'The message carries something the receiver never accepts, such as a forbidden kind of attachment.',
  ),
  'smtputf8-not-offered': define(
    'message',
    'fail',
    'The message needs SMTPUTF8 (RFC 6531) and the server does not offer it.',
  ),
  'sender-envelope-invalid': define(
    'message',
    'fail',
    'The return path holds characters that must not be put into an SMTP command, so nothing was sent.',
  ),
  'command-refused': define(
    'message',
    'fail',
    'The server did not accept a command or parameter of the SMTP dialogue.',
  ),

  // account: the credentials and limits we send with
  'auth-failed': define('account', 'disable-account', 'The server did not accept the user name, password or token.'),
  'auth-required': define('account', 'disable-account', 'The server wants a login before it takes mail.'),
  'auth-not-offered': define('account', 'disable-account', 'The server offers no login method that we can use.'),
  'starttls-required': define(
    'account',
    'disable-account',
    'The server wants an encrypted connection: switch the account to STARTTLS or TLS.',
  ),
  'auth-unavailable': define('account', 'pause-account', 'The server could not check the login at the moment.'),
  'token-unavailable': define('account', 'pause-account', 'No access token could be fetched for the account.'),
  'delegation-missing': define(
    'account',
    'disable-account',
    'Google does not let the service account act for its users: authorise it for domain-wide delegation.',
  ),
  'user-unavailable': define(
    'account',
    'pause-account',
    'The Workspace user it was sent as cannot send: unknown, suspended, or without Gmail.',
  ),
  'too-many-logins': define('account', 'pause-account', 'The account logged in too often.'),
  'daily-quota': define('account', 'pause-account', 'The account has used up its daily sending limit.'),
  'hourly-quota': define('account', 'pause-account', 'The account has used up its hourly sending limit.'),
  'credits-exhausted': define('account', 'pause-account', 'The account has no sending credits left.'),
  'relay-denied': define('account', 'pause-account', 'The server does not relay mail for this account.'),
  'account-rate': define('account', 'throttle', 'The account sends faster than its provider allows.'),
  'account-suspended': define('account', 'disable-account', 'The provider has suspended sending for this account.'),
  'account-restricted': define(
    'account',
    'disable-account',
    'The account is new or on trial and may only send to approved recipients.',
  ),

  // identity: the sending domain or address
  'spf-failed': define(
    'identity',
    'stop-campaign',
    'SPF does not allow this server to send for the domain. Add it to the SPF record.',
  ),
  'dkim-failed': define(
    'identity',
    'stop-campaign',
    'The message has no DKIM signature that verifies. Check the DKIM key of the sending domain.',
  ),
  'dmarc-failed': define(
    'identity',
    'stop-campaign',
    'The message fails the DMARC policy of the From domain, or the domain has none.',
  ),
  'sender-unauthenticated': define(
    'identity',
    'stop-campaign',
    'The receiver wants mail authenticated with SPF and DKIM, aligned with the From domain.',
  ),
  'ptr-missing': define(
    'identity',
    'stop-campaign',
    'The sending IP address has no reverse DNS name that points back to it.',
  ),
  'tls-required': define('identity', 'stop-campaign', 'The receiver only accepts mail over TLS.'),
  'sender-domain-invalid': define(
    'identity',
    'stop-campaign',
    'The domain of the return path or From address does not exist or cannot receive mail.',
  ),
  'sender-domain-unresolved': define(
    'identity',
    'pause-account',
    'The domain of the sender could not be looked up at the moment.',
  ),
  'sender-not-allowed': define(
    'identity',
    'pause-account',
    'The account may not send with this sender address. Verify the address or domain with the provider.',
  ),
  'sender-refused': define(
    'identity',
    'pause-account',
    'The server refused the return path without a reason that we know.',
  ),
  blocklisted: define(
    'identity',
    'pause-account',
    'The sending IP address or domain stands on a blocklist the receiver uses.',
  ),
  'low-reputation': define(
    'identity',
    'pause-account',
    'The receiver refuses the sending IP address or domain for its low reputation.',
  ),
  'spam-refused': define('identity', 'fail', 'The receiver takes this message for spam.'),
  'policy-refused': define('identity', 'fail', 'The receiver refuses the message for its own policy.'),

  // destination: the receiving system as a whole
  'rate-limited': define('destination', 'throttle', 'The receiver limits how fast it takes our mail.'),
  'spam-deferred': define('destination', 'throttle', 'The receiver suspects spam and puts our mail off.'),
  'destination-overloaded': define('destination', 'throttle', 'The receiving server is busy or short of resources.'),
  'destination-trouble': define('destination', 'retry', 'The receiving system has a passing problem.'),

  // connection: nothing was said about the message
  'too-many-connections': define('connection', 'throttle', 'The server allows fewer connections than we opened.'),
  'session-limit': define(
    'connection',
    'retry',
    'The server takes no more messages on this connection. The next goes over a new one.',
  ),
  'server-closing': define('connection', 'retry', 'The server closed the connection.'),
  'server-not-ready': define('connection', 'retry', 'The server greeted us with a refusal.'),
  'connection-refused': define('connection', 'retry', 'Nothing listens at the host and port of the account.'),
  'host-not-found': define('connection', 'retry', 'The host name of the account could not be looked up.'),
  'network-unreachable': define('connection', 'retry', 'There is no network route to the server.'),
  'connection-timed-out': define('connection', 'retry', 'The server did not answer in time.'),
  'hand-over-stopped': define(
    'connection',
    'retry',
    'The message was held back at the last moment, before it could have been accepted.',
  ),
  'connection-lost': define('connection', 'retry', 'The connection broke before the message could have been accepted.'),
  'certificate-rejected': define('connection', 'retry', "The server's TLS certificate could not be verified."),
  'tls-failed': define('connection', 'retry', 'No encrypted connection could be agreed with the server.'),
  'starttls-not-offered': define(
    'connection',
    'retry',
    'The account demands STARTTLS and the server does not offer it.',
  ),
  'protocol-error': define(
    'connection',
    'retry',
    'The server answered something that is not what a mail server or the provider says, or spoke out of turn.',
  ),
  'transport-closed': define('connection', 'retry', 'Sending was stopped before the message left.'),
} as const satisfies Readonly<Record<string, ReplyClassInfo>>;

export type ReplyClassName = keyof typeof REPLY_CLASSES;

const BY_NAME = new Map<ReplyClassName, ReplyClass>();
for (const name of Object.keys(REPLY_CLASSES) as ReplyClassName[]) {
  const { subject, action, suppress } = REPLY_CLASSES[name];
  BY_NAME.set(name, Object.freeze({ subject, action, name, suppress }));
}

/** The class of that name: always the same frozen object. */
export function replyClass(name: ReplyClassName): ReplyClass {
  const found = BY_NAME.get(name);
  if (found === undefined) throw new TypeError(`no reply class ${name}`);
  return found;
}
