import type { ProviderRule } from './provider-rule.ts';

/**
 * SendGrid's v3 Mail Send (twilio.com/docs/sendgrid/api-reference/mail-send/errors, support.sendgrid.com "4XX API Errors and
 * Troubleshooting Suggestions"): statuses, and messages with the field they speak of in brackets.
 */
export const SENDGRID_RULES: readonly ProviderRule[] = [
  { text: /maximum credits exceeded|exceeded your (?:messaging|sending) limits/i, name: 'credits-exhausted' },
  { text: /verified sender identity|not authorized to send from/i, name: 'sender-not-allowed' },
  { text: /(?:under review|suspended|deactivated|banned|disabled|frozen)/i, name: 'account-suspended' },
  { status: 401, name: 'auth-failed' },
  { status: 403, text: /too many bad requests|temporary block/i, name: 'account-rate' },
  { status: 403, name: 'auth-failed' }, // the key lacks the scope mail.send
  { status: 413, name: 'message-too-large' },
  { status: 400, text: /too (?:large|big)|exceeds? .{0,40}(?:size|limit|maximum)/i, name: 'message-too-large' },
  { status: 400, text: /\[(?:personalizations[^\]]*\.)?to\b/i, name: 'address-invalid' },
  { status: 400, text: /\[from\b/i, name: 'sender-not-allowed' },
  { status: 400, text: /attachment/i, name: 'content-forbidden' },
  { status: 400, name: 'message-malformed' },
];
