import { describe, expect, it } from 'vitest';
import { MAILGUN_RULES } from './mailgun-rules.ts';
import { POSTMARK_RULES } from './postmark-rules.ts';
import { classifyRefusal, type ProviderRule } from './provider-rule.ts';
import type { ReplyClassName } from './reply-classes.ts';
import { RESEND_RULES } from './resend-rules.ts';
import { SENDGRID_RULES } from './sendgrid-rules.ts';
import { SES_RULES } from './ses-rules.ts';

type Example = readonly [status: number, code: string | number | null, text: string, name: ReplyClassName];

/** Refusals in the providers' own words, from the pages that each table names. */
const EXAMPLES: Readonly<Record<string, { rules: readonly ProviderRule[]; said: readonly Example[] }>> = {
  Resend: {
    rules: RESEND_RULES,
    said: [
      [401, 'missing_api_key', 'Missing API key in the authorization header.', 'auth-failed'],
      [403, 'invalid_api_key', 'API key is invalid.', 'auth-failed'],
      [
        403,
        'validation_error',
        'You can only send testing emails to your own email address (a@b.c).',
        'account-restricted',
      ],
      [
        403,
        'validation_error',
        'The acme.test domain is not verified. Please, add and verify your domain',
        'sender-not-allowed',
      ],
      [422, 'invalid_from_address', 'Invalid from field.', 'sender-not-allowed'],
      [422, 'validation_error', 'Invalid `to` field. The email address needs to follow the format.', 'address-invalid'],
      [422, 'invalid_attachment', 'Attachment must have either a `content` or `path`.', 'content-forbidden'],
      [422, 'missing_required_field', 'The request body is missing one or more fields.', 'message-malformed'],
      [429, 'rate_limit_exceeded', 'Too many requests.', 'account-rate'],
      [429, 'daily_quota_exceeded', 'You have reached your daily email sending quota.', 'daily-quota'],
      [429, 'monthly_quota_exceeded', 'You have reached your monthly email sending quota.', 'credits-exhausted'],
    ],
  },
  'Amazon SES': {
    rules: SES_RULES,
    said: [
      [429, 'TooManyRequests', 'Maximum sending rate exceeded.', 'account-rate'],
      [429, 'TooManyRequests', 'Daily message quota exceeded.', 'daily-quota'],
      [400, 'LimitExceeded', 'The limit was exceeded.', 'daily-quota'],
      [400, 'AccountSuspended', 'Your account has been suspended.', 'account-suspended'],
      [400, 'SendingPaused', 'Email sending is disabled.', 'account-suspended'],
      [400, 'MailFromDomainNotVerified', 'The domain is not verified.', 'sender-not-allowed'],
      [
        400,
        'MessageRejected',
        'Email address is not verified. The following identities failed the check in region EU-WEST-1: a@b.c',
        'sender-not-allowed',
      ],
      [400, 'MessageRejected', 'The message contains a virus.', 'content-forbidden'],
      [403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match.', 'auth-failed'],
      [403, 'AccessDenied', 'User is not authorized to perform ses:SendEmail', 'auth-failed'],
      [400, 'BadRequest', "Missing final '@domain'", 'address-invalid'],
      [400, 'BadRequest', 'Message length is more than 41943040 bytes long', 'message-too-large'],
    ],
  },
  SendGrid: {
    rules: SENDGRID_RULES,
    said: [
      [401, null, 'The provided authorization grant is invalid, expired, or revoked', 'auth-failed'],
      [401, null, 'Maximum credits exceeded', 'credits-exhausted'],
      [403, null, 'The from address does not match a verified Sender Identity. [from]', 'sender-not-allowed'],
      [403, null, 'access forbidden', 'auth-failed'],
      [403, null, 'Your account is temporarily under review', 'account-suspended'],
      [400, null, 'Does not contain a valid address. [personalizations.0.to.0.email]', 'address-invalid'],
      [400, null, 'The from object must be provided. [from.email]', 'sender-not-allowed'],
      [400, null, 'Unescaped quotation marks are not allowed. [reply_to]', 'message-malformed'],
      [413, null, 'The JSON payload you have included in your request is too large.', 'message-too-large'],
      [429, null, 'too many requests', 'account-rate'],
    ],
  },
  Mailgun: {
    rules: MAILGUN_RULES,
    said: [
      [401, null, 'Forbidden', 'auth-failed'],
      [400, null, 'to parameter is not a valid address. please check documentation', 'address-invalid'],
      [400, null, 'from parameter is not a valid address. please check documentation', 'sender-not-allowed'],
      [
        403,
        null,
        'Domain sandbox1.mailgun.org is not allowed to send: Sandbox subdomains are for test purposes only.',
        'account-restricted',
      ],
      [403, null, 'Domain a.test is not allowed to send: recipient limit exceeded', 'credits-exhausted'],
      [403, null, 'Domain a.test is not allowed to send: Account is disabled', 'account-suspended'],
      [403, null, 'exceeded 100 messages per hour', 'hourly-quota'],
      [404, null, 'Domain not found: a.test', 'sender-not-allowed'],
      [413, null, 'message is too large', 'message-too-large'],
      [429, null, 'Too many requests', 'account-rate'],
    ],
  },
  Postmark: {
    rules: POSTMARK_RULES,
    said: [
      [401, 10, 'Request does not contain a valid Server token.', 'auth-failed'],
      [422, 300, "Error parsing 'To': Illegal email address 'x'.", 'address-invalid'],
      [422, 300, "Invalid 'From' address: 'x'.", 'sender-not-allowed'],
      [422, 400, 'Sender Signature not found.', 'sender-not-allowed'],
      [422, 405, 'Not allowed to send.', 'credits-exhausted'],
      [422, 406, 'You tried to send to a recipient that has been marked as inactive.', 'provider-suppressed'],
      [422, 411, 'Forbidden attachment type.', 'content-forbidden'],
      [422, 412, 'Account is Pending.', 'account-restricted'],
      [422, 413, 'Account May Not Send.', 'account-suspended'],
      [429, 429, 'Rate Limit Exceeded.', 'account-rate'],
      [413, null, 'too large', 'message-too-large'],
    ],
  },
};

describe.each(Object.entries(EXAMPLES))('refusals of %s', (_, { rules, said }) => {
  it.each(said)('%i %s "%s" → %s', (...[status, code, text, name]) => {
    expect(classifyRefusal(rules, { status, code, text }).name).toBe(name);
  });

  it('suppress nobody for words that no table knows', () => {
    const refusal = classifyRefusal(rules, { status: 451, code: null, text: 'something new' });
    expect(refusal).toMatchObject({ name: 'refused', suppress: false });
  });

  it('are read in time that does not grow with their length', () => {
    const started = performance.now();
    for (const unit of ['a', 'exceeds the ', 'to ', '[to'])
      classifyRefusal(rules, { status: 400, code: 'BadRequest', text: unit.repeat(100_000) });
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
