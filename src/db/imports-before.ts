import type { Executor } from './database.ts';

/** How many imports of contacts that began before a moment have not ended. */
export async function countImportsBefore(db: Executor, workspaceId: string, moment: Date): Promise<number> {
  const rows = await db
    .selectFrom('leadImports')
    .select('id')
    .where('workspaceId', '=', workspaceId)
    .where('state', 'in', ['waiting', 'active'])
    .where('createdAt', '<=', moment)
    .execute();
  return rows.length;
}
