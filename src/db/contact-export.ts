import { sql } from 'kysely';
import type { ContactFilter } from './contact-filter.ts';
import { searchContacts } from './contact-search.ts';
import { listSuppressionReasons } from './contact-status.ts';
import type { ContactRow } from './contacts.ts';
import type { Executor } from './database.ts';

/** A contact with everything that a file tells of it. */
export type ExportRow = ContactRow & {
  /** Why nothing is sent to them; null: they are. */
  readonly suppressed: string | null;
  readonly lists: ReadonlyArray<{ readonly id: string; readonly name: string; readonly status: string }>;
  /** In the list of the filter. */
  readonly statusInList: string | null;
};

/** A page of them, newest first. `next` null: it was the last one. */
export async function listForExport(
  db: Executor,
  filter: ContactFilter,
  place: { readonly before: string | null; readonly limit: number },
): Promise<{ rows: ExportRow[]; next: string | null }> {
  const { rows, next } = await searchContacts(db, filter, place);
  const lists = await listMemberships(db, rows);
  const keys = rows.map((row) => row.emailKey);
  const reasons = await listSuppressionReasons(db, filter.workspaceId, keys);
  const described = rows.map((row) => {
    const own = lists.get(row.id) ?? [];
    const statusInList = own.find(({ id }) => id === filter.listId)?.status ?? null;
    return { ...row, suppressed: reasons.get(row.emailKey) ?? null, lists: own, statusInList };
  });
  return { rows: described, next };
}

async function listMemberships(
  db: Executor,
  rows: readonly ContactRow[],
): Promise<Map<string, Array<{ id: string; name: string; status: string }>>> {
  const found = new Map<string, Array<{ id: string; name: string; status: string }>>();
  if (rows.length === 0) return found;
  const result = await sql<{ contactId: string; id: string; name: string; status: string }>`
    select s.contact_id, l.id, l.name, s.status from unnest(${rows.map((row) => row.id)}::uuid[]) as i(id)
    cross join lateral (select s.* from list_subscriptions s where s.contact_id = i.id offset 0) s
    join lists l on l.id = s.list_id order by l.name`.execute(db);
  for (const { contactId, ...list } of result.rows) found.set(contactId, [...(found.get(contactId) ?? []), list]);
  return found;
}
