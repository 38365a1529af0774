import type { EmailSummary } from '../../../../../src/contract/emails.ts';
import { useRows } from '../../../lib/use-rows.ts';

export interface EmailFilter {
  /** Of a recipient; empty: any. */
  readonly state: string;
  /** A whole address. */
  readonly recipient: string;
  /** ISO time; empty: any. */
  readonly since: string;
}

/** Single emails, newest first. */
export function useEmails({ state, recipient, since }: EmailFilter) {
  const query = { state, recipient: recipient.trim(), since };
  return useRows<EmailSummary>({ queryKey: ['emails', 'list', query], path: '/api/emails', query, limit: 100 });
}
