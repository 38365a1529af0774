import { type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { jsonbText } from './jsonb.ts';
import type { ContactOperations } from './schema.generated.ts';

export type ContactOperationRow = Selectable<ContactOperations>;

export interface NewContactOperation {
  readonly id: string;
  readonly workspaceId: string;
  readonly action: string;
  readonly selection: object;
  readonly change: object;
  readonly requestedBy: string | null;
}

/** Null when there is one of this id already. */
export async function insertContactOperation(
  db: Executor,
  { selection, change, ...operation }: NewContactOperation,
): Promise<ContactOperationRow | null> {
  const row = await db
    .insertInto('contactOperations')
    .values({ ...operation, selection: jsonbText(selection), change: jsonbText(change) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function findContactOperation(db: Executor, id: string): Promise<ContactOperationRow | null> {
  const row = await db.selectFrom('contactOperations').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Those that somebody has still to work on, of every workspace, the oldest first. */
export async function listOpenContactOperations(db: Executor): Promise<string[]> {
  const rows = await db
    .selectFrom('contactOperations')
    .select('id')
    .where('state', 'in', ['waiting', 'active'])
    .where(sql<boolean>`coalesce(lease_until < now(), true)`)
    .orderBy('id')
    .limit(20)
    .execute();
  return rows.map(({ id }) => id);
}

/** A chunk takes about a second. Whoever is silent for longer than this is taken to be gone. */
const LEASE = sql<Date>`now() + interval '60 seconds'`;

/** Null: it has ended, or somebody else works on it. Each chunk prolongs the lease. */
export async function beginContactOperation(db: Executor, id: string): Promise<ContactOperationRow | null> {
  const row = await db
    .updateTable('contactOperations')
    .set({ state: 'active', startedAt: sql<Date>`coalesce(started_at, now())`, leaseUntil: LEASE })
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'active'])
    .where(sql<boolean>`coalesce(lease_until < now(), true)`)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function setOperationTotal(db: Executor, id: string, total: number): Promise<void> {
  await db.updateTable('contactOperations').set({ total, leaseUntil: LEASE }).where('id', '=', id).execute();
}

/** It is to go on, by whoever comes first. */
export async function leaveContactOperation(db: Executor, id: string): Promise<void> {
  await db.updateTable('contactOperations').set({ leaseUntil: null }).where('id', '=', id).execute();
}

/** In the transaction of its chunk, or after it: then the chunk is done again after a crash, and changes nothing. */
export async function advanceContactOperation(
  db: Executor,
  id: string,
  chunk: { readonly cursor: string | null; readonly processed: number; readonly changed: number },
): Promise<void> {
  await db
    .updateTable('contactOperations')
    .set({
      cursor: sql<string>`coalesce(${chunk.cursor}::uuid, cursor)`,
      processed: sql<number>`processed + ${chunk.processed}::int`,
      changed: sql<number>`changed + ${chunk.changed}::int`,
      leaseUntil: LEASE,
    })
    .where('id', '=', id)
    .execute();
}

export async function endContactOperation(
  db: Executor,
  id: string,
  state: 'completed' | 'failed',
  error: string | null = null,
): Promise<void> {
  await db
    .updateTable('contactOperations')
    .set({
      state,
      error,
      finishedAt: sql<Date>`now()`,
      ...(state === 'completed' ? { total: sql<number>`processed` } : {}),
    })
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'active'])
    .execute();
}
