import type { ProviderRule } from './provider-rule.ts';

/**
 * Amazon SES v2 (docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html, "Errors", and CommonErrors.html; the words are
 * those of docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html). Codes without their "Exception".
 */
export const SES_RULES: readonly ProviderRule[] = [
  { text: /daily message quota exceeded/i, name: 'daily-quota' },
  { code: 'TooManyRequests', name: 'account-rate' },
  { code: 'Throttling', name: 'account-rate' },
  { code: 'LimitExceeded', name: 'daily-quota' },
  { code: 'AccountSuspended', name: 'account-suspended' },
  { code: 'SendingPaused', name: 'account-suspended' },
  { code: 'MailFromDomainNotVerified', name: 'sender-not-allowed' },
  { code: 'MessageRejected', text: /not verified/i, name: 'sender-not-allowed' },
  { code: 'MessageRejected', text: /suspended|shut down|paused/i, name: 'account-suspended' },
  { code: 'MessageRejected', text: /suppress/i, name: 'provider-suppressed' },
  { code: 'MessageRejected', name: 'content-forbidden' },
  { code: 'InvalidClientTokenId', name: 'auth-failed' },
  { code: 'UnrecognizedClient', name: 'auth-failed' },
  { code: 'SignatureDoesNotMatch', name: 'auth-failed' },
  { code: 'InvalidSignature', name: 'auth-failed' },
  { code: 'IncompleteSignature', name: 'auth-failed' },
  { code: 'MissingAuthenticationToken', name: 'auth-failed' },
  { code: 'ExpiredToken', name: 'auth-failed' },
  { code: 'AccessDenied', name: 'auth-failed' },
  { code: 'OptInRequired', name: 'auth-failed' },
  { code: 'NotFound', name: 'relay-denied' }, // a configuration set or identity that does not exist
  { code: 'BadRequest', text: /length is more than|too large|size/i, name: 'message-too-large' },
  {
    code: 'BadRequest',
    text: /(?:local address|domain|address) (?:contains|starts|ends|is|does)|missing final '@domain'|illegal address|invalid (?:\w+ )?address/i,
    name: 'address-invalid',
  },
  { code: 'BadRequest', name: 'message-malformed' },
];
