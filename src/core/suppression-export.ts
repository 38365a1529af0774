import { listSuppressionsAfter } from '../db/suppressions.ts';
import { csvLine } from '../lib/csv.ts';
import type { Caller, Core } from './context.ts';
import { EXPORT_COLUMNS } from './suppression-source.ts';

const EXPORT_ROWS = 5000;

/** The whole suppression list as CSV, oldest first, page by page; an import takes it as it is. */
export async function* exportSuppressions(core: Pick<Core, 'db'>, caller: Caller): AsyncGenerator<string> {
  yield csvLine(EXPORT_COLUMNS);
  for (let after: string | null = null; ; ) {
    const rows = await listSuppressionsAfter(core.db.sql, {
      workspaceId: caller.workspaceId,
      after,
      limit: EXPORT_ROWS,
    });
    yield rows
      .map((row) =>
        csvLine([
          row.kind === 'domain' ? row.email.slice(1) : row.email, // spreadsheets take a leading @ for a formula
          row.kind,
          row.reason,
          row.source,
          row.expiresAt?.toISOString() ?? null,
          row.createdAt.toISOString(),
        ]),
      )
      .join('');
    if (rows.length < EXPORT_ROWS) return;
    after = rows.at(-1)?.id ?? null;
  }
}
