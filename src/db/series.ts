import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { Series } from './schema.generated.ts';

export type SeriesRow = Selectable<Series>;
export type SeriesUpdate = Updateable<Series>;

export async function insertSeries(tx: Executor, values: Insertable<Series>): Promise<SeriesRow> {
  return tx.insertInto('series').values(values).returningAll().executeTakeFirstOrThrow();
}

export async function findSeries(db: Executor, workspaceId: string, id: string): Promise<SeriesRow | null> {
  const query = db.selectFrom('series').selectAll().where('id', '=', id).where('workspaceId', '=', workspaceId);
  return (await query.executeTakeFirst()) ?? null;
}

/** Until the transaction ends, nobody else changes it; campaigns that name it may still be stored. */
export async function lockSeries(tx: Executor, workspaceId: string, id: string): Promise<SeriesRow | null> {
  const query = tx.selectFrom('series').selectAll().where('id', '=', id).where('workspaceId', '=', workspaceId);
  return (await query.forNoKeyUpdate().executeTakeFirst()) ?? null;
}

export async function updateSeries(tx: Executor, id: string, change: SeriesUpdate): Promise<SeriesRow> {
  return tx
    .updateTable('series')
    .set({ ...change, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteSeries(db: Executor, workspaceId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('series')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return numDeletedRows > 0;
}

export async function listSeries(
  db: Executor,
  filter: { workspaceId: string; limit: number; before?: string; search?: string },
): Promise<SeriesRow[]> {
  let query = db.selectFrom('series').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.before !== undefined) query = query.where('id', '<', filter.before);
  if (filter.search !== undefined) query = query.where('name', 'ilike', `%${escapeLike(filter.search)}%`);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

/** Series whose time has come. */
export async function listDueSeries(db: Executor, limit: number): Promise<Array<{ id: string; workspaceId: string }>> {
  return db
    .selectFrom('series')
    .select(['id', 'workspaceId'])
    .where('state', '=', 'active')
    .where('nextAt', '<=', sql<Date>`now()`)
    .orderBy('nextAt')
    .limit(limit)
    .execute();
}

/** Names by id, for campaigns that came from them. */
export async function findSeriesNames(db: Executor, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('series')
    .select(['id', 'name'])
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Series whose campaigns are sent to a segment, or leave it out. */
export async function listSeriesUsing(
  db: Executor,
  workspaceId: string,
  segmentId: string,
): Promise<Array<{ id: string; name: string }>> {
  const named = (field: string) =>
    sql<boolean>`campaign -> 'audience' -> ${field} @> ${JSON.stringify([segmentId])}::jsonb`;
  return db
    .selectFrom('series')
    .select(['id', 'name'])
    .where('workspaceId', '=', workspaceId)
    .where((eb) => eb.or([named('segmentIds'), named('excludeSegmentIds')]))
    .orderBy('id')
    .limit(20)
    .execute();
}

/** Series whose last occurrence could not be launched, with the reason; for alerts. */
export async function listFailingSeries(
  db: Executor,
): Promise<Array<{ id: string; workspaceId: string; name: string; state: string; reason: string | null }>> {
  return db
    .selectFrom('series as s')
    .select((eb) => [
      's.id',
      's.workspaceId',
      's.name',
      's.state',
      eb
        .selectFrom('seriesOccurrences as o')
        .select('o.reason')
        .whereRef('o.seriesId', '=', 's.id')
        .where('o.state', '=', 'failed')
        .orderBy('o.id', 'desc')
        .limit(1)
        .as('reason'),
    ])
    .where('s.failures', '>', 0)
    .execute();
}
