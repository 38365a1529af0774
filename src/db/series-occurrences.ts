import { type Insertable, type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import type { SeriesOccurrences } from './schema.generated.ts';

export type OccurrenceRow = Selectable<SeriesOccurrences>;

/** Writes occurrences down; those that are there already stay as they are. Returns what is new. */
export async function insertOccurrences(
  tx: Executor,
  rows: ReadonlyArray<Insertable<SeriesOccurrences>>,
): Promise<OccurrenceRow[]> {
  if (rows.length === 0) return [];
  return tx
    .insertInto('seriesOccurrences')
    .values([...rows])
    .onConflict((conflict) => conflict.columns(['seriesId', 'occursAt']).doNothing())
    .returningAll()
    .execute();
}

/** With the state of its campaign; null where there is none. */
export type ShownOccurrence = OccurrenceRow & { readonly campaignState: string | null };

function selectShown(db: Executor) {
  return db
    .selectFrom('seriesOccurrences as o')
    .leftJoin('campaigns as c', 'c.id', 'o.campaignId')
    .selectAll('o')
    .select('c.state as campaignState');
}

export async function listOccurrences(
  db: Executor,
  filter: { seriesId: string; limit: number; before?: string },
): Promise<ShownOccurrence[]> {
  let query = selectShown(db).where('o.seriesId', '=', filter.seriesId);
  if (filter.before !== undefined) query = query.where('o.id', '<', filter.before);
  return query.orderBy('o.id', 'desc').limit(filter.limit).execute();
}

/** The newest occurrence of each series that is over. */
export async function findLastOccurrences(
  db: Executor,
  seriesIds: readonly string[],
): Promise<Map<string, ShownOccurrence>> {
  if (seriesIds.length === 0) return new Map();
  const rows = await selectShown(db)
    .distinctOn('o.seriesId')
    .where('o.seriesId', 'in', [...seriesIds])
    .where('o.state', '<>', 'due')
    .orderBy('o.seriesId')
    .orderBy('o.id', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.seriesId, row]));
}

export async function listDueOccurrences(db: Executor, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('seriesOccurrences')
    .select('id')
    .where('state', '=', 'due')
    .where('nextTryAt', '<=', sql<Date>`now()`)
    .orderBy('nextTryAt')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/**
 * Takes one up for `forMs`, unless somebody else has it or it is over. The attempts of the answer are the fence: whoever
 * takes it up after that has a higher one.
 */
export async function takeOccurrence(db: Executor, id: string, forMs: number): Promise<OccurrenceRow | null> {
  const row = await db
    .updateTable('seriesOccurrences')
    .set({
      attempts: sql<number>`attempts + 1`,
      nextTryAt: sql<Date>`now() + make_interval(secs => ${forMs} / 1000.0)`,
    })
    .where('id', '=', id)
    .where('state', '=', 'due')
    .where('nextTryAt', '<=', sql<Date>`now()`)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

type Fence = Pick<OccurrenceRow, 'id' | 'attempts'>;

/** Until the transaction ends nobody takes it up; false when somebody has, or it is over. */
export async function holdOccurrence(tx: Executor, { id, attempts }: Fence): Promise<boolean> {
  const row = await tx
    .selectFrom('seriesOccurrences')
    .select('id')
    .where('id', '=', id)
    .where('state', '=', 'due')
    .where('attempts', '=', attempts)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

/** Says what became of it; false when that is said already, or somebody else has it. */
export async function settleOccurrence(
  tx: Executor,
  { id, attempts }: Fence,
  outcome: { state: 'launched' | 'skipped' | 'missed' | 'failed'; reason?: string | null },
): Promise<boolean> {
  const row = await tx
    .updateTable('seriesOccurrences')
    .set({ ...outcome, finishedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('state', '=', 'due')
    .where('attempts', '=', attempts)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** To be tried again later, with the reason so far. */
export async function postponeOccurrence(
  db: Executor,
  { id, attempts }: Fence,
  reason: string | null,
  afterMs: number,
): Promise<void> {
  await db
    .updateTable('seriesOccurrences')
    .set({ reason, nextTryAt: sql<Date>`now() + make_interval(secs => ${afterMs} / 1000.0)` })
    .where('id', '=', id)
    .where('state', '=', 'due')
    .where('attempts', '=', attempts)
    .execute();
}

/** Notes that its campaign is stored, in the same transaction. */
export async function noteStored(tx: Executor, id: string): Promise<void> {
  await tx.updateTable('seriesOccurrences').set({ storedAt: sql<Date>`now()` }).where('id', '=', id).execute();
}

/** Notes what of the feed is in the campaign, in the transaction that stores it. */
export async function noteFeedUse(
  tx: Executor,
  id: string,
  use: { readonly items: number; readonly passedOver: number },
): Promise<void> {
  await tx.updateTable('seriesOccurrences').set(use).where('id', '=', id).execute();
}

/** Those that wait and have no campaign yet do not come. */
export async function dropDueOccurrences(tx: Executor, seriesId: string, reason: string): Promise<void> {
  await tx
    .updateTable('seriesOccurrences as o')
    .set({ state: 'missed', reason, finishedAt: sql<Date>`now()` })
    .where('o.seriesId', '=', seriesId)
    .where('o.state', '=', 'due')
    .where('o.manual', '=', false)
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('campaigns as c').select('c.id').whereRef('c.id', '=', 'o.campaignId'))),
    )
    .execute();
}

/** Items of a feed that were there before; the rest is new. */
export async function findSeenItems(db: Executor, seriesId: string, keys: readonly Buffer[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const rows = await db
    .selectFrom('seriesItems')
    .select('itemKey')
    .where('seriesId', '=', seriesId)
    .where('itemKey', 'in', [...keys])
    .execute();
  return new Set(rows.map(({ itemKey }) => itemKey.toString('hex')));
}

/** Items are not new any more. Returns how many were, until now. */
export async function insertSeenItems(
  tx: Executor,
  seriesId: string,
  occurrenceId: string,
  keys: readonly Buffer[],
): Promise<number> {
  if (keys.length === 0) return 0;
  const rows = await tx
    .insertInto('seriesItems')
    .values(keys.map((itemKey) => ({ seriesId, occurrenceId, itemKey })))
    .onConflict((conflict) => conflict.columns(['seriesId', 'itemKey']).doNothing())
    .returning('itemKey')
    .execute();
  return rows.length;
}

/** What an occurrence used is new again: it was not sent. */
export async function deleteSeenItems(tx: Executor, occurrenceId: string): Promise<void> {
  await tx.deleteFrom('seriesItems').where('occurrenceId', '=', occurrenceId).execute();
}

/** Whether an occurrence has looked through the feed since then. */
export async function hasUsedFeed(db: Executor, seriesId: string, since: Date): Promise<boolean> {
  const row = await db
    .selectFrom('seriesOccurrences')
    .select('id')
    .where('seriesId', '=', seriesId)
    .where('state', 'in', ['launched', 'skipped'])
    .where('finishedAt', '>', since)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
