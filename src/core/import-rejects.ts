import type { Page } from '../contract/common.ts';
import type { ImportReject } from '../contract/imports.ts';
import { listRejects } from '../db/imports.ts';
import { csvLine } from '../lib/csv.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { getImport } from './imports.ts';

const EXPORT_ROWS = 1000;

/** The rows of an import that were refused, in the order of the file. */
export async function listImportRejects(
  core: Pick<Core, 'db'>,
  caller: Caller,
  importId: string,
  page: { limit?: number; cursor?: string },
): Promise<Page<ImportReject>> {
  await getImport(core, caller, importId);
  const { limit = 50, cursor } = page;
  const afterRow = cursor === undefined ? 0 : decodeCursor(cursor, 'number');
  const rows = await listRejects(core.db.sql, { importId, afterRow, limit: limit + 1 });
  return toPage(
    rows,
    limit,
    (row) => row.rowNo,
    ({ rowNo, field, value, reason }) => ({ row: rowNo, field, value, reason }),
  );
}

/** The same as CSV, page by page. */
export async function exportRejects(
  core: Pick<Core, 'db'>,
  caller: Caller,
  importId: string,
): Promise<AsyncIterable<string>> {
  await getImport(core, caller, importId);
  return writeCsv(core, importId);
}

async function* writeCsv(core: Pick<Core, 'db'>, importId: string): AsyncGenerator<string> {
  yield csvLine(['row', 'field', 'value', 'reason']);
  for (let afterRow = 0; ; ) {
    const rows = await listRejects(core.db.sql, { importId, afterRow, limit: EXPORT_ROWS });
    yield rows.map(({ rowNo, field, value, reason }) => csvLine([rowNo, field, value, reason])).join('');
    if (rows.length < EXPORT_ROWS) return;
    afterRow = rows.at(-1)?.rowNo ?? afterRow;
  }
}
