import type { NewAccount } from '../../../../src/contract/accounts.ts';
import type { AccountKind } from './account-kinds.ts';

/**
 * Servers as their operators name them (October 2026): support.google.com/a/answer/176600, learn.microsoft.com
 * "Exchange Online limits", and the SMTP page of Brevo; providers with an API of their own are reached over that. Limits only
 * where everybody has the same ones; Google's come with the API's presets.
 */
export const PROVIDERS = [
  { id: 'resend', type: 'resend' },
  { id: 'ses', type: 'ses' },
  { id: 'sendgrid', type: 'sendgrid' },
  { id: 'mailgun', type: 'mailgun' },
  { id: 'postmark', type: 'postmark' },
  { id: 'directory', type: 'gmail' },
  { id: 'gmail', host: 'smtp.gmail.com', port: 465, secure: 'tls', preset: 'gmail-personal', perDay: 500 },
  { id: 'workspace', host: 'smtp.gmail.com', port: 465, secure: 'tls', preset: 'gmail-workspace', perDay: 2000 },
  { id: 'microsoft', host: 'smtp.office365.com', port: 587, secure: 'starttls', perMinute: 30, perDay: 10_000 },
  { id: 'brevo', host: 'smtp-relay.brevo.com', port: 587, secure: 'starttls' },
  { id: 'own', host: '', port: 587, secure: 'starttls', preset: 'dedicated' },
] as const satisfies readonly Provider[];

export interface Provider {
  readonly id: string;
  /** By default smtp. */
  readonly type?: AccountKind;
  readonly host?: string;
  readonly port?: number;
  readonly secure?: 'starttls' | 'tls' | 'none';
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
