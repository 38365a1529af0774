import { sql } from 'kysely';
import type { ContactRow } from './contacts.ts';
import type { Executor } from './database.ts';

export type MemberRow = Pick<ContactRow, 'id' | 'email' | 'firstName' | 'lastName' | 'name' | 'attributes'> & {
  readonly status: string;
};

/** Contacts of a list in id order, which is that of its primary key: a page costs the same wherever it is. */
export async function listMembers(
  db: Executor,
  filter: { listId: string; after: string | null; limit: number },
): Promise<MemberRow[]> {
  let query = db
    .selectFrom('listSubscriptions as s')
    .innerJoin('contacts as c', 'c.id', 's.contactId')
    .select(['c.id', 'c.email', 'c.firstName', 'c.lastName', 'c.name', 'c.attributes', 's.status'])
    .where('s.listId', '=', filter.listId);
  if (filter.after !== null) query = query.where('s.contactId', '>', filter.after);
  return query.orderBy('s.contactId').limit(filter.limit).execute();
}

/** The attributes that any contact of a list has. Reads all of them. */
export async function listAttributeNames(db: Executor, listId: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct k.name from list_subscriptions s join contacts c on c.id = s.contact_id
    cross join lateral jsonb_object_keys(c.attributes) as k(name)
    where s.list_id = ${listId} order by 1`.execute(db);
  return rows.map((row) => row.name);
}
