import { describe, expect, it } from 'vitest';
import type { SmtpReply, SmtpStage } from '../transport.ts';
import { classifyConnectionError } from './classify-connection-error.ts';
import { classifyReply } from './classify-reply.ts';
import { REPLY_CLASSES, type ReplyClassName, replyClass } from './reply-classes.ts';

/** `550 5.1.1 words` as the reply parser would hand it over. */
function reply(line: string): SmtpReply {
  const match = /^(\d{3}) (?:([245]\.\d{1,3}\.\d{1,3}) )?(.*)$/s.exec(line);
  if (match === null) throw new Error(`not a reply: ${line}`);
  const [, code, enhanced, text = ''] = match;
  return enhanced === undefined ? { code: Number(code), text } : { code: Number(code), enhanced, text };
}

/** What servers really said, gathered from provider pages, and what we make of it. */
type Example = [line: string, name: ReplyClassName, stage?: SmtpStage];

const EXAMPLES: Readonly<Record<string, Example[]>> = {
  Gmail: [
    [
      "550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos or unnecessary spaces. https://support.google.com/mail/?p=NoSuchUser a1-2 - gsmtp",
      'mailbox-unknown',
    ],
    ["553 5.1.2 We weren't able to find the recipient domain. Please check for any spelling errors", 'domain-unknown'],
    ['553 5.1.3 The recipient address <a..b@gmail.com> is not a valid RFC 5321 address.', 'address-invalid'],
    [
      '550 5.2.1 The email account that you tried to reach is inactive. For more information, go to https://support.google.com/mail/?p=DisabledUser',
      'mailbox-disabled',
    ],
    [
      '550 5.2.1 The user you are trying to contact is receiving email at a rate that prevents additional messages from being delivered.',
      'receiving-too-fast',
    ],
    [
      '450 4.2.1 The user you are trying to contact is receiving email too quickly. Please resend your message at a later time.',
      'receiving-too-fast',
    ],
    [
      "452 4.2.2 The recipient's inbox is out of storage space. Please direct the recipient to Manage files in your Google Drive storage.",
      'mailbox-full',
    ],
    [
      "552 5.2.2 The recipient's inbox is out of storage space and inactive. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaPerm",
      'mailbox-abandoned',
    ],
    [
      '421 4.7.28 Gmail has detected an unusual rate of unsolicited email originating from your IP address. To protect our users from spam, email sent from your IP address has been temporarily rate limited.',
      'rate-limited',
    ],
    [
      '421 4.7.28 Gmail has detected this sender exceeded the quota for sending messages that have the same Message-ID:. To best protect our users, the message has been temporarily rejected.',
      'rate-limited',
    ],
    [
      '550 5.7.28 There is an unusual rate of unsolicited email originating from your IP address. To protect our users from spam, email sent from your IP address has been blocked.',
      'low-reputation',
    ],
    [
      '550 5.7.26 This email has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM. Authentication results: DKIM = did not pass',
      'sender-unauthenticated',
    ],
    [
      "550 5.7.26 Unauthenticated email from acme.test is not accepted due to domain's DMARC policy. Please contact the administrator",
      'dmarc-failed',
    ],
    [
      '550 5.7.26 The MAIL FROM domain [acme.test] has an SPF record with a hard fail policy (-all) but it fails to pass SPF checks with the ip: [192.0.2.1]',
      'spf-failed',
    ],
    [
      "451 4.7.26 Unauthenticated email from acme.test is not accepted due to domain's DMARC policy, but temporary DNS failures prevent authentication.",
      'deferred',
    ],
    [
      "421 4.7.27 Your email has been rate limited because SPF authentication didn't pass for this message.",
      'spf-failed',
    ],
    ["550 5.7.30 This message was blocked because it didn't pass DKIM authentication.", 'dkim-failed'],
    [
      "421 5.7.32 Your email was blocked because the From: header (RFC5322) in this message isn't aligned with either the authenticated SPF or DKIM organizational domain.",
      'sender-unauthenticated',
    ],
    ["550 5.7.25 This message was blocked because the sending IP address doesn't have a PTR record", 'ptr-missing'],
    [
      "451 4.7.23 The sending IP address for this message doesn't have a PTR record, or the PTR record's forward DNS entry doesn't match the sending IP address.",
      'ptr-missing',
    ],
    ["550 5.7.29 This message was blocked because it wasn't sent over a TLS connection.", 'tls-required'],
    ["550 5.7.40 Your message was blocked because the sending domain doesn't have a DMARC record", 'dmarc-failed'],
    ['550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits', 'daily-quota'],
    ['550 5.4.5 Daily SMTP relay limit exceeded for user.', 'daily-quota'],
    ['450 4.2.1 Peak SMTP relay limit exceeded for this customer. This is a temporary error.', 'account-rate'],
    [
      '535 5.7.8 Username and Password not accepted. For more information, go to https://support.google.com/mail/?p=BadCredentials',
      'auth-failed',
      'auth',
    ],
    ['534 5.7.9 Application-specific password required.', 'auth-failed', 'auth'],
    ['454 4.7.0 Too many login attempts, please try again later.', 'too-many-logins', 'auth'],
    ['454 4.7.0 Cannot authenticate due to a temporary system problem. Try again later.', 'auth-unavailable', 'auth'],
    [
      '530 5.7.0 Authentication Required. For more information, go to https://support.google.com/accounts/troubleshooter/2402620',
      'auth-required',
      'mail-from',
    ],
    ['530 5.7.0 Must issue a STARTTLS command first.', 'starttls-required', 'mail-from'],
    [
      '550 5.7.0 Email relay denied [192.0.2.1]. The sending email account has been temporarily suspended due to abuse.',
      'account-suspended',
    ],
    [
      "550 5.7.1 Invalid credentials for relay [192.0.2.1]. The IP address you've registered doesn't match the domain of the account",
      'relay-denied',
      'mail-from',
    ],
    [
      '550 5.7.1 This message is likely unsolicited email. To reduce the amount of spam sent to Gmail, this message has been blocked.',
      'spam-refused',
      'final-dot',
    ],
    [
      '550 5.7.1 This message is likely suspicious due to the very low reputation of the sending domain.',
      'low-reputation',
      'final-dot',
    ],
    [
      '550 5.7.1 This message is not RFC 5322 compliant because it has duplicate headers.',
      'message-malformed',
      'final-dot',
    ],
    [
      '552 5.7.0 This message was blocked because its content presents a potential security issue.',
      'content-forbidden',
      'final-dot',
    ],
    ["552 5.3.4 Your message exceeded Google's message size limits.", 'message-too-large', 'final-dot'],
    [
      '550 5.7.1 The user or domain that you are sending to (or from) has a policy that prohibits the email that you sent.',
      'recipient-restricted',
    ],
    ['452 4.5.3 Your message has too many recipients.', 'too-many-recipients'],
    ['421 4.7.0 Connection expired, try reconnecting.', 'session-limit'],
    ['421 4.4.5 Server busy, try again later.', 'destination-overloaded'],
    ['451 4.4.2 Timeout - closing connection.', 'server-closing'],
    ['421 4.3.0 Temporary System Problem. Try again later.', 'destination-trouble'],
    ['554 5.4.6 Message exceeded 50 hops, this may indicate an email loop.', 'mail-loop', 'final-dot'],
    ['503 5.5.1 Bad sequence of commands.', 'command-refused'],
  ],
  Microsoft: [
    [
      '550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). [DB3EUR04FT003.eop-eur04.prod.protection.outlook.com]',
      'mailbox-unknown',
    ],
    [
      '550 5.4.1 Recipient address rejected: Access denied. [DB5EUR01FT036.eop-EUR01.prod.protection.outlook.com]',
      'mailbox-unknown',
    ],
    ['550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup', 'mailbox-unknown'],
    [
      "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).",
      'blocklisted',
      'mail-from',
    ],
    [
      '550 5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal from this list please visit https://sender.office.com/',
      'blocklisted',
    ],
    [
      '550 5.7.515 Access denied, sending domain ACME.TEST does not meet the required authentication level.',
      'sender-unauthenticated',
      'final-dot',
    ],
    [
      '550 5.7.509 Access denied, sending domain acme.test does not pass DMARC verification and has a DMARC policy of reject.',
      'dmarc-failed',
      'final-dot',
    ],
    ['451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)', 'rate-limited'],
    ['451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.', 'rate-limited'],
    ['550 5.1.8 Access denied, bad outbound sender AS(42003)', 'account-suspended'],
    ['550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.', 'account-suspended'],
    [
      '432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information.',
      'too-many-connections',
      'final-dot',
    ],
    ['550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required', 'auth-required'],
    [
      '550 5.7.124 RESOLVER.RST.RestrictedToRecipientsPermission; not authorized to send to recipient because the sender is not on the allowed list',
      'recipient-restricted',
    ],
    ['554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException', 'mailbox-full'],
    ['535 5.7.139 Authentication unsuccessful, basic authentication is disabled.', 'auth-failed', 'auth'],
    ['452 4.3.1 Insufficient system resources', 'destination-overloaded'],
  ],
  Yahoo: [
    [
      '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes',
      'rate-limited',
      'mail-from',
    ],
    ['421 Max message per connection reached, closing transmission channel', 'session-limit', 'mail-from'],
    [
      "554 delivery error: dd This user doesn't have a yahoo.com account (somebody@yahoo.com) [-5] - mta123.mail.yahoo.com",
      'mailbox-unknown',
      'final-dot',
    ],
    ['552 1 Requested mail action aborted, mailbox not found', 'mailbox-unknown'],
    [
      '554 30 Sorry, your message to somebody@yahoo.com cannot be delivered. This mailbox is disabled (554.30).',
      'mailbox-disabled',
      'final-dot',
    ],
    [
      '554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes',
      'policy-refused',
      'final-dot',
    ],
    ['450 User is receiving mail too quickly', 'receiving-too-fast'],
    [
      '451 mta1.mail.yahoo.com Resources temporarily unavailable. Please try again later [#4.16.1].',
      'destination-overloaded',
      'mail-from',
    ],
    [
      "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list",
      'blocklisted',
      'greeting',
    ],
  ],
  'SES, SendGrid, Mailgun': [
    ['454 Throttling failure: Maximum sending rate exceeded.', 'account-rate', 'final-dot'],
    ['454 Throttling failure: Daily message quota exceeded.', 'daily-quota', 'final-dot'],
    [
      '554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: news@acme.test',
      'sender-not-allowed',
      'final-dot',
    ],
    [
      '554 Message rejected: Sending paused for this account. For more information, please check the inbox of the email address',
      'account-suspended',
      'final-dot',
    ],
    ['535 Authentication Credentials Invalid', 'auth-failed', 'auth'],
    ['451 Authentication failed: Maximum credits exceeded', 'credits-exhausted', 'auth'],
    [
      '550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.',
      'sender-not-allowed',
      'final-dot',
    ],
    [
      '550 Domain sandbox123.mailgun.org is not allowed to send: Sandbox subdomains are for test purposes only.',
      'account-restricted',
      'final-dot',
    ],
    ['550 5.7.1 Recipient is on our suppression list: previously hard bounced', 'provider-suppressed'],
  ],
  'everyday servers': [
    [
      '450 4.2.0 <bob@example.com>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.com.html',
      'greylisted',
    ],
    ['451 4.7.1 Greylisting in action, please come back later', 'greylisted'],
    [
      '550 5.1.1 <bob@example.com>: Recipient address rejected: User unknown in virtual mailbox table',
      'mailbox-unknown',
    ],
    [
      '550 5.1.1 <spam@example.com>: Recipient address rejected: User unknown in local recipient table',
      'mailbox-unknown',
    ],
    ['550 No such user here', 'mailbox-unknown'],
    [
      '450 4.1.1 <bob@example.com>: Recipient address rejected: unverified address: connect to mx[192.0.2.9]:25: Connection timed out',
      'recipient-unverified',
    ],
    ['451 4.3.0 <bob@example.com>: Temporary lookup failure', 'destination-trouble'],
    ['554 5.7.1 <bob@example.com>: Relay access denied', 'relay-denied'],
    ['454 4.7.1 <bob@example.com>: Relay access denied', 'relay-denied'],
    [
      '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1',
      'blocklisted',
    ],
    ['550 5.1.8 <news@acme.test>: Sender address rejected: Domain not found', 'sender-domain-invalid', 'mail-from'],
    ['450 4.1.8 <news@acme.test>: Sender address rejected: Domain not found', 'sender-domain-unresolved', 'mail-from'],
    ['553 5.7.1 <news@acme.test>: Sender address rejected: not owned by user bob', 'sender-not-allowed'],
    ['421 4.7.0 mx.example.com Error: too many connections from 192.0.2.1', 'too-many-connections', 'greeting'],
    ['421 4.4.2 mx.example.com Error: timeout exceeded', 'server-closing', 'mail-from'],
    ['421 4.3.2 Service shutting down', 'server-closing', 'mail-from'],
    ['421 4.7.0 mx.example.com Error: too many errors', 'server-closing'],
    ['452 4.3.1 Insufficient system storage', 'destination-overloaded', 'mail-from'],
    ['552 5.3.4 Message size exceeds fixed limit', 'message-too-large', 'mail-from'],
    ['552 5.2.2 Mailbox is over quota', 'mailbox-full'],
    ['550 5.7.1 Message content rejected, id=1-2 - SPAM', 'spam-refused', 'final-dot'],
    [
      '550 Domain acme.test has exceeded the max emails per hour (150/100 (150%)) allowed. Message discarded.',
      'hourly-quota',
      'rcpt-to',
    ],
    [
      '556 5.1.10 <bob@example.com>: Recipient address rejected: Domain example.com does not accept mail (nullMX)',
      'null-mx',
    ],
    ['551 5.1.6 User has moved', 'mailbox-moved'],
    ['550 5.6.7 Non-ASCII address not permitted for that sender/recipient', 'smtputf8-not-offered', 'mail-from'],
    ['554 5.6.0 Corrupt message', 'message-malformed', 'final-dot'],
  ],
  'no reason at all': [
    ['421 Service not available, closing transmission channel', 'server-closing', 'rcpt-to'],
    ['450 Requested mail action not taken: mailbox unavailable', 'deferred'],
    ['451 Requested action aborted: error in processing', 'deferred', 'final-dot'],
    ['550 Requested action not taken: mailbox unavailable', 'refused'],
    ['550 Invalid recipient: <bob@example.com>', 'refused'],
    ['554 Transaction failed', 'refused', 'final-dot'],
    ['550 No', 'sender-refused', 'mail-from'],
    ['550 No', 'auth-failed', 'auth'],
    ['450 Not now', 'auth-unavailable', 'auth'],
    ['554 No SMTP service here', 'server-not-ready', 'greeting'],
    ['454 TLS not available due to temporary reason', 'tls-failed', 'tls'],
    ['250 Ok', 'protocol-error', 'rcpt-to'],
  ],
};

describe('classifyReply', () => {
  for (const [family, examples] of Object.entries(EXAMPLES)) {
    describe(family, () => {
      it.each(examples)('%s → %s', (...[line, name, stage = 'rcpt-to']: Example) => {
        expect(classifyReply(reply(line), stage).name).toBe(name);
      });
    });
  }

  it('answers with the subject, action and suppression of the table', () => {
    expect(classifyReply(reply('550 5.1.1 User unknown'), 'rcpt-to')).toEqual({
      subject: 'recipient',
      action: 'fail',
      name: 'mailbox-unknown',
      suppress: true,
    });
    expect(classifyReply(reply('550 5.4.5 Daily user sending limit exceeded.'), 'rcpt-to')).toMatchObject({
      subject: 'account',
      action: 'pause-account',
    });
    expect(classifyReply(reply('450 later'), 'rcpt-to')).toMatchObject({
      subject: 'recipient',
      action: 'retry',
      suppress: false,
    });
    expect(classifyReply(reply('550 never'), 'rcpt-to')).toMatchObject({
      subject: 'recipient',
      action: 'fail',
      suppress: false,
    });
  });

  it('never suppresses on what is said before the recipient is named', () => {
    for (const examples of Object.values(EXAMPLES)) {
      for (const [line] of examples) {
        for (const stage of ['greeting', 'tls', 'hello', 'auth', 'mail-from'] as const) {
          expect(classifyReply(reply(line), stage).suppress, `${stage}: ${line}`).toBe(false);
        }
      }
    }
  });

  it('takes the same decision on a passing and a permanent refusal only where the words do not depend on it', () => {
    expect(classifyReply(reply('450 4.1.1 user unknown'), 'rcpt-to').name).toBe('deferred');
    expect(classifyReply(reply('550 5.1.1 user unknown'), 'rcpt-to').name).toBe('mailbox-unknown');
  });

  it('stays fast on hostile text', () => {
    const started = performance.now();
    for (const unit of [
      'a',
      'a ',
      '<',
      'message ',
      'address ',
      'user is ',
      '(',
      '@',
      'too many ',
      'sender domain not ',
    ]) {
      classifyReply({ code: 550, text: unit.repeat(100_000) }, 'rcpt-to');
      classifyReply({ code: 450, text: unit.repeat(100_000) }, 'rcpt-to');
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('the table of classes', () => {
  it('only suppresses for a permanent failure of the recipient', () => {
    for (const [name, info] of Object.entries(REPLY_CLASSES)) {
      expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(info.explanation).toMatch(/\.$/);
      if (info.suppress) expect([info.subject, info.action]).toEqual(['recipient', 'fail']);
      expect(replyClass(name as ReplyClassName)).toEqual({
        subject: info.subject,
        action: info.action,
        suppress: info.suppress,
        name,
      });
    }
  });
});

describe('classifyConnectionError', () => {
  it.each([
    ['ECONNREFUSED', 'connection-refused'],
    ['ENOTFOUND', 'host-not-found'],
    ['ETIMEDOUT', 'connection-timed-out'],
    ['ECONNRESET', 'connection-lost'],
    ['EHOSTUNREACH', 'network-unreachable'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate-rejected'],
    ['CERT_HAS_EXPIRED', 'certificate-rejected'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate-rejected'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-failed'],
    ['SOMETHING_NEW', 'connection-lost'],
  ])('%s → %s, never charged to the recipient', (code, name) => {
    expect(classifyConnectionError(Object.assign(new Error('x'), { code }))).toMatchObject({
      subject: 'connection',
      action: 'retry',
      name,
    });
  });

  it('looks inside the error of a happy-eyeballs connect, and survives anything thrown', () => {
    const inner = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    expect(classifyConnectionError(new AggregateError([inner])).name).toBe('connection-refused');
    for (const thrown of [null, undefined, 'text', 42, {}])
      expect(classifyConnectionError(thrown).name).toBe('connection-lost');
  });
});
