import type { ProviderRule } from './provider-rule.ts';

/** Resend's errors (resend.com/docs/api-reference/errors), by their names; messages tell the two uses of some apart. */
export const RESEND_RULES: readonly ProviderRule[] = [
  { code: 'missing_api_key', name: 'auth-failed' },
  { code: 'invalid_api_key', name: 'auth-failed' },
  { code: 'restricted_api_key', name: 'auth-failed' },
  { code: 'suspended_api_key', name: 'account-suspended' },
  { code: 'daily_quota_exceeded', name: 'daily-quota' },
  { code: 'monthly_quota_exceeded', name: 'credits-exhausted' },
  { code: 'rate_limit_exceeded', name: 'account-rate' },
  { text: /only send testing emails/i, name: 'account-restricted' },
  { text: /account (?:is |has been )?(?:suspended|disabled)/i, name: 'account-suspended' },
  { text: /domain is not verified|not authori[sz]ed to send|`?from`? (?:field|address)/i, name: 'sender-not-allowed' },
  { code: 'invalid_from_address', name: 'sender-not-allowed' },
  { text: /suppress/i, name: 'provider-suppressed' },
  { text: /`?to`? field|recipient|invalid email/i, name: 'address-invalid' },
  { text: /too (?:large|big|long)|exceeds? (?:the )?\S{0,40} ?(?:size|limit)/i, name: 'message-too-large' },
  { code: 'invalid_attachment', name: 'content-forbidden' },
  { code: 'security_error', name: 'policy-refused' },
  { code: 'validation_error', name: 'message-malformed' },
  { code: 'missing_required_field', name: 'message-malformed' },
  { code: 'invalid_parameter', name: 'message-malformed' },
  { code: 'invalid_idempotency_key', name: 'message-malformed' },
];
