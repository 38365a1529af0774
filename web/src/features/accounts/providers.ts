import type { NewAccount } from '../../../../src/contract/accounts.ts';

/**
 * Servers as their operators name them (October 2026): support.google.com/a/answer/176600, learn.microsoft.com
 * "Exchange Online limits", docs.aws.amazon.com/ses "SMTP endpoints", and the SMTP pages of SendGrid, Mailgun, Postmark,
 * Resend and Brevo. Limits only where everybody has the same ones; Google's come with the API's presets.
 */
export const PROVIDERS = [
  { id: 'gmail', host: 'smtp.gmail.com', port: 465, secure: 'tls', preset: 'gmail-personal', perDay: 500 },
  { id: 'workspace', host: 'smtp.gmail.com', port: 465, secure: 'tls', preset: 'gmail-workspace', perDay: 2000 },
  { id: 'microsoft', host: 'smtp.office365.com', port: 587, secure: 'starttls', perMinute: 30, perDay: 10_000 },
  { id: 'ses', host: 'email-smtp.eu-west-1.amazonaws.com', port: 587, secure: 'starttls' },
  { id: 'sendgrid', host: 'smtp.sendgrid.net', port: 587, secure: 'starttls', username: 'apikey' },
  { id: 'mailgun', host: 'smtp.mailgun.org', port: 587, secure: 'starttls' },
  { id: 'postmark', host: 'smtp-broadcasts.postmarkapp.com', port: 587, secure: 'starttls' },
  { id: 'resend', host: 'smtp.resend.com', port: 465, secure: 'tls', username: 'resend' },
  { id: 'brevo', host: 'smtp-relay.brevo.com', port: 587, secure: 'starttls' },
  { id: 'own', host: '', port: 587, secure: 'starttls', preset: 'dedicated' },
] as const satisfies readonly Provider[];

export interface Provider {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly secure: 'starttls' | 'tls' | 'none';
  /** What the API fills in: batches, and Google's limits. */
  readonly preset?: NonNullable<NewAccount['preset']>;
  readonly username?: string;
  readonly perMinute?: number;
  readonly perDay?: number;
}

export type ProviderId = (typeof PROVIDERS)[number]['id'];

export function providerOf(id: string | null): (Provider & { readonly id: ProviderId }) | undefined {
  return PROVIDERS.find((provider) => provider.id === id);
}
