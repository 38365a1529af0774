import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { jsonbText } from './jsonb.ts';
import type { Contacts } from './schema.generated.ts';

export type ContactRow = Selectable<Contacts>;

export interface ContactFields {
  readonly email?: string;
  readonly emailKey?: string;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly name?: string | null;
  readonly notes?: string | null;
  readonly timeZone?: string | null;
  readonly locale?: string | null;
}

/** What becomes of the tags: others instead of them, or some more and some fewer. */
export interface TagChange {
  readonly replace?: readonly string[];
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/** Null when the workspace has a contact of this address. */
export async function insertContact(
  db: Executor,
  contact: ContactFields & {
    workspaceId: string;
    email: string;
    emailKey: string;
    attributes: object;
    tags?: string[];
  },
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

/** Those of these ids that there are, in any order. */
export async function findContacts(db: Executor, workspaceId: string, ids: readonly string[]): Promise<ContactRow[]> {
  if (ids.length === 0) return [];
  return db
    .selectFrom('contacts')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .execute();
}

/** Merges attributes; null in them takes one out. Throws the unique violation when the address is taken. */
export async function updateContact(
  db: Executor,
  workspaceId: string,
  id: string,
  change: ContactFields,
  { attributes, tags }: { attributes?: object | undefined; tags?: TagChange | undefined } = {},
): Promise<ContactRow | null> {
  const merged =
    attributes === undefined
      ? {}
      : { attributes: sql<string>`jsonb_strip_nulls(attributes || ${jsonbText(attributes)}::jsonb)` };
  const row = await db
    .updateTable('contacts')
    .set({ ...change, ...merged, ...(tags ? { tags: changedTags(tags) } : {}), updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Sorted, each once. */
export function changedTags({ replace, add = [], remove = [] }: TagChange): RawBuilder<string[]> {
  const before = replace === undefined ? sql`tags` : sql`${replace}::text[]`;
  return sql<string[]>`array(select distinct t from unnest(${before} || ${add}::text[]) as t
    where not t = any(${remove}::text[]) order by t)`;
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
