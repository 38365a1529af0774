import { parseEmailAddress } from '../domain/email-address.ts';
import { invalid } from './content.ts';

/** An address to deliver to and the key it is compared by, or a VALIDATION error that names the field. */
export function readEmail(text: string, field: string): { email: string; emailKey: string } {
  const parsed = parseEmailAddress(text);
  if (!parsed.ok) throw invalid(field, `"${text.slice(0, 80)}" is not an email address: ${parsed.reason}`);
  return { email: parsed.address, emailKey: parsed.key };
}
