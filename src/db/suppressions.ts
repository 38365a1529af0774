import type { Insertable, Selectable } from 'kysely';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { Suppressions } from './schema.generated.ts';

export type SuppressionRow = Selectable<Suppressions>;

/** Null when the address is suppressed already: the first reason stays. */
export async function insertSuppression(
  db: Executor,
  suppression: Insertable<Suppressions>,
): Promise<SuppressionRow | null> {
  const row = await db
    .insertInto('suppressions')
    .values(suppression)
    .onConflict((conflict) => conflict.columns(['workspaceId', 'emailKey']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function findSuppression(
  db: Executor,
  workspaceId: string,
  emailKey: string,
): Promise<SuppressionRow | null> {
  const row = await db
    .selectFrom('suppressions')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .where('emailKey', '=', emailKey)
    .executeTakeFirst();
  return row ?? null;
}

export async function listSuppressions(
  db: Executor,
  filter: { workspaceId: string; search?: string; before?: string; limit: number },
): Promise<SuppressionRow[]> {
  let query = db.selectFrom('suppressions').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.search) query = query.where('email', 'ilike', `%${escapeLike(filter.search)}%`);
  if (filter.before) query = query.where('id', '<', filter.before);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

export async function deleteSuppression(db: Executor, workspaceId: string, id: string): Promise<boolean> {
  const row = await db
    .deleteFrom('suppressions')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
