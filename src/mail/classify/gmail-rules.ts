import type { ProviderRule } from './provider-rule.ts';

/**
 * Gmail API (developers.google.com/gmail/api/guides/handle-errors), by the `reason` of the first error. Every limit is one user's:
 * the others go on.
 */
export const GMAIL_RULES: readonly ProviderRule[] = [
  { text: /mail sending|sending limit|reached a limit for sending/i, name: 'daily-quota' },
  { code: 'dailyLimitExceeded', name: 'daily-quota' },
  { code: 'quotaExceeded', name: 'daily-quota' },
  { code: 'userRateLimitExceeded', name: 'account-rate' },
  { code: 'rateLimitExceeded', name: 'account-rate' },
  { text: /mail service not enabled|delegation denied/i, name: 'user-unavailable' },
  { code: 'failedPrecondition', name: 'user-unavailable' },
  // With a token that was just given: the user's session was ended, or the user is.
  { code: 'authError', name: 'user-unavailable' },
  { code: 'domainPolicy', name: 'delegation-missing' },
  { code: 'insufficientPermissions', name: 'delegation-missing' },
  { code: 'accessNotConfigured', name: 'delegation-missing' },
  { code: 'invalidArgument', text: /invalid to|recipient|address/i, name: 'address-invalid' },
  { code: 'invalidArgument', text: /too large|size/i, name: 'message-too-large' },
  { code: 'uploadTooLarge', name: 'message-too-large' },
  { code: 'invalidArgument', name: 'message-malformed' },
];
