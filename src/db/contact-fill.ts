import { sql } from 'kysely';
import type { Executor } from './database.ts';
import { jsonbText } from './jsonb.ts';

const COLUMNS = ['firstName', 'lastName', 'name'] as const;

/**
 * Writes what somebody filled in into their contact: names to their columns, the rest to attributes. `missing`: only what the
 * contact does not have yet, as long as nobody knows whether it was them.
 */
export async function fillContact(
  tx: Executor,
  contactId: string,
  fields: Readonly<Record<string, string>>,
  how: 'replace' | 'missing',
): Promise<void> {
  const given = Object.entries(fields).filter(([, value]) => value !== '');
  if (given.length === 0) return;
  const isColumn = (name: string) => COLUMNS.some((column) => column === name);
  const attributes = jsonbText(Object.fromEntries(given.filter(([name]) => !isColumn(name))));
  const [first, last, name] = COLUMNS.map((column) => fields[column] || null);
  const merge =
    how === 'replace'
      ? sql`first_name = coalesce(${first}, first_name), last_name = coalesce(${last}, last_name), name = coalesce(${name}, name),
          attributes = attributes || ${attributes}::jsonb`
      : sql`first_name = coalesce(first_name, ${first}), last_name = coalesce(last_name, ${last}), name = coalesce(name, ${name}),
          attributes = ${attributes}::jsonb || attributes`;
  await sql`update contacts set ${merge}, updated_at = now() where id = ${contactId}`.execute(tx);
}
