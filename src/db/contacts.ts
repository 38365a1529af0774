import { type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { jsonbText } from './jsonb.ts';
import { escapeLike } from './like.ts';
import type { Contacts } from './schema.generated.ts';

export type ContactRow = Selectable<Contacts>;

export interface ContactFields {
  readonly email?: string;
  readonly emailKey?: string;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly name?: string | null;
}

/** Null when the workspace has a contact of this address. */
export async function insertContact(
  db: Executor,
  contact: ContactFields & { workspaceId: string; email: string; emailKey: string; attributes: object },
): Promise<ContactRow | null> {
  const row = await db
    .insertInto('contacts')
    .values({ ...contact, attributes: jsonbText(contact.attributes) })
    .onConflict((conflict) => conflict.columns(['workspaceId', 'emailKey']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function findContact(db: Executor, workspaceId: string, id: string): Promise<ContactRow | null> {
  const row = await db
    .selectFrom('contacts')
    .selectAll()
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return row ?? null;
}

export interface ContactFilter {
  readonly workspaceId: string;
  readonly search?: string;
  readonly listId?: string;
  readonly status?: string;
  readonly before?: string;
  readonly limit: number;
}

/** Newest first. */
export async function listContacts(db: Executor, filter: ContactFilter): Promise<ContactRow[]> {
  let query = db.selectFrom('contacts as c').selectAll('c').where('c.workspaceId', '=', filter.workspaceId);
  const { search, listId, status } = filter;
  if (search) {
    const pattern = `%${escapeLike(search)}%`;
    query = query.where((eb) =>
      eb.or(
        (['c.email', 'c.firstName', 'c.lastName', 'c.name'] as const).map((column) => eb(column, 'ilike', pattern)),
      ),
    );
  }
  if (listId) {
    query = query
      .innerJoin('listSubscriptions as s', (join) => join.onRef('s.contactId', '=', 'c.id').on('s.listId', '=', listId))
      .$if(status !== undefined, (joined) => joined.where('s.status', '=', status ?? ''));
  }
  if (filter.before) query = query.where('c.id', '<', filter.before);
  return query.orderBy('c.id', 'desc').limit(filter.limit).execute();
}

/** Merges attributes; null in them takes one out. Throws the unique violation when the address is taken. */
export async function updateContact(
  db: Executor,
  workspaceId: string,
  id: string,
  change: ContactFields,
  attributes: object | undefined,
): Promise<ContactRow | null> {
  const merged =
    attributes === undefined
      ? {}
      : { attributes: sql<string>`jsonb_strip_nulls(attributes || ${jsonbText(attributes)}::jsonb)` };
  const row = await db
    .updateTable('contacts')
    .set({ ...change, ...merged, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Removes a contact with its subscriptions. The contact goes first: an import that holds it is waited for. */
export async function deleteContact(tx: Executor, workspaceId: string, id: string): Promise<boolean> {
  const row = await tx
    .deleteFrom('contacts')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returning('id')
    .executeTakeFirst();
  if (row) await tx.deleteFrom('listSubscriptions').where('contactId', '=', id).execute();
  return row !== undefined;
}

/** Contacts by address, made where there are none. In address order, so that two of these never wait in a circle. */
export async function ensureContacts(
  tx: Executor,
  workspaceId: string,
  addresses: ReadonlyArray<{ email: string; emailKey: string }>,
): Promise<string[]> {
  if (addresses.length === 0) return [];
  const emails = addresses.map((a) => a.email);
  const keys = addresses.map((a) => a.emailKey);
  await sql`
    insert into contacts (workspace_id, email, email_key)
    select ${workspaceId}::uuid, a.email, a.email_key from unnest(${emails}::text[], ${keys}::text[]) as a(email, email_key)
    order by a.email_key on conflict (workspace_id, email_key) do nothing`.execute(tx);
  const rows = await tx
    .selectFrom('contacts')
    .select('id')
    .where('workspaceId', '=', workspaceId)
    .where('emailKey', '=', sql<string>`any(${keys}::text[])`)
    .execute();
  return rows.map((row) => row.id);
}
