import type { AudienceRow } from '../db/audience.ts';
import { parseEmailAddress } from '../domain/email-address.ts';

/** Checks every address once; rows that cannot be sent to are kept with the reason, so that counts add up to the audience. */
export function readAudience(
  recipients: ReadonlyArray<Readonly<Record<string, unknown>> & { readonly email: string }>,
): AudienceRow[] {
  const seen = new Set<string>();
  return recipients.map((recipient, i) => {
    const parsed = parseEmailAddress(recipient.email);
    const row = { rowNo: i + 1, data: withName(recipient) };
    if (!parsed.ok) return { ...row, email: recipient.email.slice(0, 320), emailKey: null, reason: 'invalid' };
    if (seen.has(parsed.key)) return { ...row, email: parsed.address, emailKey: null, reason: 'duplicate' };
    seen.add(parsed.key);
    return { ...row, email: parsed.address, emailKey: parsed.key, reason: null };
  });
}

function withName(recipient: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (recipient.name !== undefined) return { ...recipient };
  const name = [recipient.firstName, recipient.lastName]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(' ');
  return name === '' ? { ...recipient } : { ...recipient, name };
}
