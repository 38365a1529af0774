import { type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import type { Workspaces } from './schema.generated.ts';

export type WorkspaceRow = Selectable<Workspaces>;

/** `isSetUp`: nobody is asked to finish the set-up of the first start. */
export async function insertWorkspace(db: Executor, name: string, isSetUp = false): Promise<WorkspaceRow> {
  const values = isSetUp ? { name, setUpAt: sql<Date>`now()` } : { name };
  return db.insertInto('workspaces').values(values).returningAll().executeTakeFirstOrThrow();
}

/** False when it was done before. */
export async function markSetUp(db: Executor, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('workspaces')
    .set({ setUpAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('setUpAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0;
}

export async function getWorkspace(db: Executor, id: string): Promise<WorkspaceRow> {
  return db.selectFrom('workspaces').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** The workspace that was made at the first start; null before. */
export async function findFirstWorkspace(db: Executor): Promise<WorkspaceRow | null> {
  const row = await db.selectFrom('workspaces').selectAll().orderBy('createdAt').limit(1).executeTakeFirst();
  return row ?? null;
}

/** The same, and nobody else changes it until the transaction ends. */
export async function lockWorkspace(tx: Executor, id: string): Promise<WorkspaceRow> {
  return tx.selectFrom('workspaces').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirstOrThrow();
}

export async function updateWorkspace(
  db: Executor,
  id: string,
  change: { name?: string; settings: object },
): Promise<void> {
  await db
    .updateTable('workspaces')
    .set({ ...change, settings: JSON.stringify(change.settings) })
    .where('id', '=', id)
    .execute();
}
