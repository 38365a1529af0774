import { Readable } from 'node:stream';
import { findListByName } from '../db/lists.ts';
import { listAttributeNames, listMembers, type MemberRow } from '../db/members.ts';
import { AppError } from '../errors.ts';
import { csvLine } from '../lib/csv.ts';
import type { Caller, Core } from './context.ts';

const PAGE_ROWS = 2000;

/**
 * The contacts of a list as CSV, page by page: email, names, status, and a column for every attribute that any of them
 * has. The stream fails with NOT_FOUND when there is no list of this name.
 */
export function exportList(core: Pick<Core, 'db'>, caller: Caller, list: { listName: string }): Readable {
  return Readable.from(writeCsv(core, caller, list.listName));
}

async function* writeCsv(core: Pick<Core, 'db'>, caller: Caller, listName: string): AsyncGenerator<string> {
  const list = await findListByName(core.db.sql, caller.workspaceId, listName);
  if (!list) throw new AppError('NOT_FOUND', `There is no list named "${listName}" in this workspace.`);
  const attributes = await listAttributeNames(core.db.sql, list.id);
  yield csvLine(['email', 'firstName', 'lastName', 'name', 'subscriptionStatus', ...attributes]);
  for (let after: string | null = null; ; ) {
    const rows: MemberRow[] = await listMembers(core.db.sql, { listId: list.id, after, limit: PAGE_ROWS });
    yield rows
      .map((row) =>
        csvLine([row.email, row.firstName, row.lastName, row.name, row.status, ...cellsOf(row, attributes)]),
      )
      .join('');
    if (rows.length < PAGE_ROWS) return;
    after = rows.at(-1)?.id ?? null;
  }
}

function cellsOf(row: MemberRow, names: readonly string[]): Array<string | number | null> {
  const attributes = row.attributes as Record<string, unknown>;
  return names.map((name) => {
    const value = attributes[name];
    if (value === undefined || value === null) return null;
    return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
  });
}
