import type { ProviderRule } from './provider-rule.ts';

/**
 * Mailgun's statuses (documentation.mailgun.com/docs/mailgun/quickstart-guide/responses) and the words of its messages, which
 * are all it has: as its users quote them (mailgun/mailgun-php#369, theoomoregbee/US-visa-appointment-notifier#5).
 */
export const MAILGUN_RULES: readonly ProviderRule[] = [
  { status: 401, name: 'auth-failed' },
  { text: /test purposes only|authorized recipients|activate your mailgun account/i, name: 'account-restricted' },
  { text: /(?:messages? )?per hour|hourly/i, name: 'hourly-quota' },
  { text: /per day|daily/i, name: 'daily-quota' },
  { text: /(?:recipient|message|sending|monthly|plan)s? limit|limit (?:exceeded|reached)/i, name: 'credits-exhausted' },
  { text: /disabled|suspended|blocked|closed|business verification|probation/i, name: 'account-suspended' },
  { text: /domain not found|unverified|not verified|from parameter|'from'/i, name: 'sender-not-allowed' },
  { text: /suppress|bounce list/i, name: 'provider-suppressed' },
  { text: /to parameter|'to'|not a valid address/i, name: 'address-invalid' },
  { text: /too (?:large|big)|exceeds? .{0,40}(?:size|limit|maximum)/i, name: 'message-too-large' },
  { status: 403, text: /not allowed to send/i, name: 'account-suspended' },
  { status: 403, name: 'auth-failed' },
  { status: 400, name: 'message-malformed' },
];
