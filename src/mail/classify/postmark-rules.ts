import type { ProviderRule } from './provider-rule.ts';

/**
 * Postmark's error codes (postmarkapp.com/developer/api/overview, "API error codes"; 300 also
 * postmarkapp.com/support/article/1180-what-does-errorcode-300-mean). In a batch each message has its own.
 */
export const POSTMARK_RULES: readonly ProviderRule[] = [
  { code: 10, name: 'auth-failed' },
  { code: 100, name: 'destination-trouble' }, // maintenance
  { code: 300, text: /'From'|from address|sender/i, name: 'sender-not-allowed' },
  { code: 300, text: /'To'|illegal email|recipient|email address/i, name: 'address-invalid' },
  { code: 300, text: /too (?:large|big|long)|size|maximum/i, name: 'message-too-large' },
  { code: 300, name: 'message-malformed' },
  { code: 400, name: 'sender-not-allowed' }, // sender signature not found
  { code: 401, name: 'sender-not-allowed' }, // not confirmed
  { code: 402, name: 'message-malformed' },
  { code: 403, name: 'message-malformed' },
  { code: 405, name: 'credits-exhausted' }, // not allowed to send: no credits left
  { code: 406, name: 'provider-suppressed' }, // inactive recipient
  { code: 409, name: 'message-malformed' },
  { code: 410, name: 'message-malformed' },
  { code: 411, name: 'content-forbidden' }, // attachment type
  { code: 412, name: 'account-restricted' }, // pending approval: own domain only
  { code: 413, name: 'account-suspended' }, // may not send
  { code: 429, name: 'account-rate' },
  { code: 1235, name: 'sender-refused' }, // the message stream does not exist
];
