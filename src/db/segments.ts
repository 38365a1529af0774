import { type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { jsonbText } from './jsonb.ts';
import { escapeLike } from './like.ts';
import type { Segments } from './schema.generated.ts';

export type SegmentRow = Selectable<Segments>;

/** Null when the workspace has a segment of this name. */
export async function insertSegment(
  db: Executor,
  segment: { id: string; workspaceId: string; name: string; filter: object },
): Promise<SegmentRow | null> {
  const row = await db
    .insertInto('segments')
    .values({ ...segment, filter: jsonbText(segment.filter) })
    .onConflict((conflict) => conflict.columns(['workspaceId', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function findSegment(db: Executor, workspaceId: string, id: string): Promise<SegmentRow | null> {
  const [row] = await findSegments(db, workspaceId, [id]);
  return row ?? null;
}

/** Those of them that are segments of the workspace. */
export async function findSegments(db: Executor, workspaceId: string, ids: readonly string[]): Promise<SegmentRow[]> {
  if (ids.length === 0) return [];
  return db
    .selectFrom('segments')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .where('id', 'in', [...ids])
    .execute();
}

export interface SegmentListFilter {
  readonly workspaceId: string;
  readonly search?: string;
  readonly before?: string;
  readonly limit: number;
}

/** Newest first. */
export async function listSegments(db: Executor, filter: SegmentListFilter): Promise<SegmentRow[]> {
  let query = db.selectFrom('segments').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.search) query = query.where('name', 'ilike', `%${escapeLike(filter.search)}%`);
  if (filter.before) query = query.where('id', '<', filter.before);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

/** A changed filter takes its count with it. Throws the unique violation when the name is taken. */
export async function updateSegment(
  db: Executor,
  workspaceId: string,
  id: string,
  change: { readonly name?: string; readonly filter?: object },
): Promise<SegmentRow | null> {
  const { name, filter } = change;
  const row = await db
    .updateTable('segments')
    .set({
      updatedAt: sql<Date>`now()`,
      ...(name === undefined ? {} : { name }),
      ...(filter === undefined ? {} : { filter: jsonbText(filter), counted: null, countedAt: null }),
    })
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Notes an exact count, if the filter is still the one that was counted. */
export async function noteCount(db: Executor, segment: SegmentRow, counted: number, countedAt: Date): Promise<void> {
  await db
    .updateTable('segments')
    .set({ counted, countedAt })
    .where('id', '=', segment.id)
    .where('filter', '=', sql<string>`${jsonbText(segment.filter)}::jsonb`)
    .execute();
}

export async function deleteSegment(db: Executor, workspaceId: string, id: string): Promise<boolean> {
  const row = await db
    .deleteFrom('segments')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Holds a segment until the transaction ends, so that nobody deletes it meanwhile; which of them are there. */
export async function lockSegments(tx: Executor, workspaceId: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx
    .selectFrom('segments')
    .select('id')
    .where('workspaceId', '=', workspaceId)
    .where('id', 'in', [...ids])
    .orderBy('id')
    .forShare()
    .execute();
  return new Set(rows.map((row) => row.id));
}

/** Campaigns that are not launched yet, or wait for their time, and name the segment. */
export async function listCampaignsUsing(
  db: Executor,
  workspaceId: string,
  segmentId: string,
): Promise<Array<{ id: string; name: string; state: string }>> {
  const named = (field: string) => sql<boolean>`audience -> ${field} @> ${JSON.stringify([segmentId])}::jsonb`;
  return db
    .selectFrom('campaigns')
    .select(['id', 'name', 'state'])
    .where('workspaceId', '=', workspaceId)
    .where('kind', '=', 'campaign')
    .where('state', 'in', ['draft', 'delayed'])
    .where((eb) => eb.or([named('segmentIds'), named('excludeSegmentIds')]))
    .orderBy('id')
    .limit(20)
    .execute();
}
