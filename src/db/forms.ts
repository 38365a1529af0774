import { type Insertable, type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { Forms } from './schema.generated.ts';

export type FormRow = Selectable<Forms>;

export async function insertForm(db: Executor, form: Insertable<Forms>): Promise<FormRow> {
  return db.insertInto('forms').values(form).returningAll().executeTakeFirstOrThrow();
}

export async function findForm(db: Executor, workspaceId: string, id: string): Promise<FormRow | null> {
  const row = await db
    .selectFrom('forms')
    .selectAll()
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return row ?? null;
}

/** By what stands in the address of its page. */
export async function findPublicForm(db: Executor, publicId: string): Promise<FormRow | null> {
  const row = await db.selectFrom('forms').selectAll().where('publicId', '=', publicId).executeTakeFirst();
  return row ?? null;
}

export async function listForms(
  db: Executor,
  filter: { workspaceId: string; search?: string; before?: string; limit: number },
): Promise<FormRow[]> {
  let query = db.selectFrom('forms').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.search) query = query.where('name', 'ilike', `%${escapeLike(filter.search)}%`);
  if (filter.before) query = query.where('id', '<', filter.before);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

export async function updateForm(
  db: Executor,
  workspaceId: string,
  id: string,
  change: { name?: string; listIds?: string[]; settings?: string },
): Promise<FormRow | null> {
  const row = await db
    .updateTable('forms')
    .set({ ...change, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function deleteForm(db: Executor, workspaceId: string, id: string): Promise<boolean> {
  const row = await db
    .deleteFrom('forms')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export interface OfferedList {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly visibility: string;
  readonly optIn: string;
}

/** Those of a form's lists that still exist, in its order. */
export async function listOffered(
  db: Executor,
  workspaceId: string,
  listIds: readonly string[],
): Promise<OfferedList[]> {
  return db
    .selectFrom('lists')
    .select(['id', 'name', 'description', 'visibility', 'optIn'])
    .where('workspaceId', '=', workspaceId)
    .where('id', '=', sql<string>`any(${listIds}::uuid[])`)
    .orderBy(sql`array_position(${listIds}::uuid[], id)`)
    .execute();
}

/** Locks a contact and tells what it is in these lists; lists without an entry it was never on. */
export async function lockStatuses(
  tx: Executor,
  contactId: string,
  listIds: readonly string[],
): Promise<Map<string, string>> {
  await tx.selectFrom('contacts').select('id').where('id', '=', contactId).forNoKeyUpdate().execute();
  const rows = await tx
    .selectFrom('listSubscriptions')
    .select(['listId', 'status'])
    .where('contactId', '=', contactId)
    .where('listId', 'in', [...listIds])
    .execute();
  return new Map(rows.map(({ listId, status }) => [listId, status]));
}

/** Who was never on these lists is unconfirmed there now; who was, stays what they are. */
export async function addUnconfirmed(tx: Executor, contactId: string, listIds: readonly string[]): Promise<void> {
  await sql`
    insert into list_subscriptions (list_id, contact_id, status)
    select id, ${contactId}::uuid, 'unconfirmed' from lists where id = any(${listIds}::uuid[]) order by id
    on conflict (list_id, contact_id) do nothing`.execute(tx);
}
