import type { Selectable } from 'kysely';
import type { Executor } from './database.ts';
import type { Workspaces } from './schema.generated.ts';

export type WorkspaceRow = Selectable<Workspaces>;

export async function insertWorkspace(db: Executor, name: string): Promise<WorkspaceRow> {
  return db.insertInto('workspaces').values({ name }).returningAll().executeTakeFirstOrThrow();
}

export async function getWorkspace(db: Executor, id: string): Promise<WorkspaceRow> {
  return db.selectFrom('workspaces').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** The workspace that was made at the first start; null before. */
export async function findFirstWorkspace(db: Executor): Promise<WorkspaceRow | null> {
  const row = await db.selectFrom('workspaces').selectAll().orderBy('createdAt').limit(1).executeTakeFirst();
  return row ?? null;
}

export async function updateWorkspaceSettings(db: Executor, id: string, settings: object): Promise<void> {
  await db
    .updateTable('workspaces')
    .set({ settings: JSON.stringify(settings) })
    .where('id', '=', id)
    .execute();
}
