import { type Insertable, type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { Lists } from './schema.generated.ts';

export type ListRow = Selectable<Lists>;
/** What people set of a list; `confirmation` as JSON text. */
export type ListFields = Partial<
  Pick<Insertable<Lists>, 'name' | 'description' | 'visibility' | 'optIn' | 'confirmation'>
>;

/** Null when the workspace has a list of this name. */
export async function insertList(db: Executor, list: Insertable<Lists>): Promise<ListRow | null> {
  const row = await db
    .insertInto('lists')
    .values(list)
    .onConflict((conflict) => conflict.columns(['workspaceId', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function findList(db: Executor, workspaceId: string, id: string): Promise<ListRow | null> {
  const row = await db
    .selectFrom('lists')
    .selectAll()
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return row ?? null;
}

export async function findListByName(db: Executor, workspaceId: string, name: string): Promise<ListRow | null> {
  const row = await db
    .selectFrom('lists')
    .selectAll()
    .where('name', '=', name)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return row ?? null;
}

export interface ListFilter {
  readonly workspaceId: string;
  readonly search?: string;
  readonly before?: string;
  readonly limit: number;
}

export async function listLists(db: Executor, filter: ListFilter): Promise<ListRow[]> {
  let query = db.selectFrom('lists').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.search) query = query.where('name', 'ilike', `%${escapeLike(filter.search)}%`);
  if (filter.before) query = query.where('id', '<', filter.before);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

export interface MemberCounts {
  readonly subscribed: number;
  readonly unconfirmed: number;
  readonly unsubscribed: number;
}

/** How many contacts each list has; a list without any is not in the answer. */
export async function countMembers(db: Executor, listIds: readonly string[]): Promise<Map<string, MemberCounts>> {
  if (listIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('listSubscriptions')
    .select([
      'listId',
      sql<number>`count(*) filter (where status = 'subscribed')::int`.as('subscribed'),
      sql<number>`count(*) filter (where status = 'unconfirmed')::int`.as('unconfirmed'),
      sql<number>`count(*) filter (where status = 'unsubscribed')::int`.as('unsubscribed'),
    ])
    .where('listId', 'in', [...listIds])
    .groupBy('listId')
    .execute();
  return new Map(rows.map(({ listId, ...counts }) => [listId, counts]));
}

/** Null when there is no such list; throws the unique violation when the name is taken. */
export async function updateList(
  db: Executor,
  workspaceId: string,
  id: string,
  change: ListFields,
): Promise<ListRow | null> {
  const row = await db
    .updateTable('lists')
    .set(change)
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Removes a list with its subscriptions; the contacts stay. The list goes first: an import into it is waited for. */
export async function deleteList(tx: Executor, workspaceId: string, id: string): Promise<boolean> {
  const row = await tx
    .deleteFrom('lists')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returning('id')
    .executeTakeFirst();
  if (row) await tx.deleteFrom('listSubscriptions').where('listId', '=', id).execute();
  return row !== undefined;
}

/** Which of these ids are not lists of the workspace. */
export async function findMissingLists(db: Executor, workspaceId: string, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('lists')
    .select('id')
    .where('workspaceId', '=', workspaceId)
    .where('id', 'in', [...ids])
    .execute();
  const known = new Set(rows.map((row) => row.id));
  return ids.filter((id) => !known.has(id));
}
