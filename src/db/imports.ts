import { type Insertable, type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { LeadImportRejects, LeadImports } from './schema.generated.ts';

export type ImportRow = Selectable<LeadImports>;
export type NewImport = Insertable<LeadImports>;

/** Null when there is one of this id already. */
export async function insertImport(db: Executor, row: NewImport): Promise<ImportRow | null> {
  const inserted = await db
    .insertInto('leadImports')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
  return inserted ?? null;
}

export async function findImport(db: Executor, workspaceId: string, id: string): Promise<ImportRow | null> {
  const row = await db
    .selectFrom('leadImports')
    .selectAll()
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return row ?? null;
}

/** Takes the upload of a dry run away from it; null when somebody has it already. */
export async function takeUpload(db: Executor, id: string): Promise<string | null> {
  const { rows } = await sql<{ file: string }>`
    with found as (select id, spool_file from lead_imports where id = ${id} and spool_file is not null for update)
    update lead_imports i set spool_file = null from found where i.id = found.id returning found.spool_file as file`.execute(
    db,
  );
  return rows[0]?.file ?? null;
}

export async function giveUploadBack(db: Executor, id: string, spoolFile: string): Promise<void> {
  await db.updateTable('leadImports').set({ spoolFile }).where('id', '=', id).execute();
}

export interface ImportFilter {
  readonly workspaceId: string;
  /** Part of the file's name. */
  readonly search?: string;
  readonly before?: string;
  readonly limit: number;
}

export async function listImports(db: Executor, filter: ImportFilter): Promise<ImportRow[]> {
  let query = db.selectFrom('leadImports').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.search) query = query.where('filename', 'ilike', `%${escapeLike(filter.search)}%`);
  if (filter.before) query = query.where('id', '<', filter.before);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

/** Imports that somebody has still to work on, of every workspace. */
export async function listUnfinishedImports(db: Executor): Promise<Array<{ id: string }>> {
  return db
    .selectFrom('leadImports')
    .select('id')
    .where('state', 'in', ['waiting', 'active'])
    .orderBy('id')
    .limit(100)
    .execute();
}

/** Uploads that an import still needs. */
export async function listSpoolFiles(db: Executor): Promise<string[]> {
  const rows = await db
    .selectFrom('leadImports')
    .select('spoolFile')
    .where('state', 'in', ['waiting', 'active'])
    .execute();
  return rows.flatMap((row) => row.spoolFile ?? []);
}

/** An import as a worker takes it up; null when it has ended. */
export async function beginImport(db: Executor, id: string): Promise<ImportRow | null> {
  const row = await db
    .updateTable('leadImports')
    .set({ state: 'active', startedAt: sql<Date>`coalesce(started_at, now())` })
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'active'])
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Ends an import that has not ended yet. */
export async function endImport(
  db: Executor,
  id: string,
  state: 'completed' | 'failed' | 'cancelled',
  error: string | null = null,
): Promise<ImportRow | null> {
  const row = await db
    .updateTable('leadImports')
    .set({
      state,
      error,
      finishedAt: sql<Date>`now()`,
      ...(state === 'completed' ? { rowsTotal: sql<number>`rows_done`, bytesDone: sql<number>`bytes_total` } : {}),
    })
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'active'])
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function listRejects(
  db: Executor,
  filter: { importId: string; afterRow: number; limit: number },
): Promise<Array<Selectable<LeadImportRejects>>> {
  return db
    .selectFrom('leadImportRejects')
    .selectAll()
    .where('importId', '=', filter.importId)
    .where('rowNo', '>', filter.afterRow)
    .orderBy('rowNo')
    .limit(filter.limit)
    .execute();
}
