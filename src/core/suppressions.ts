import type { Page, PageQuery } from '../contract/common.ts';
import type { NewSuppression, Suppression } from '../contract/suppressions.ts';
import {
  deleteSuppression,
  findSuppression,
  insertSuppression,
  listSuppressions,
  type SuppressionRow,
} from '../db/suppressions.ts';
import { notFound } from '../errors.ts';
import { readEmail } from './addresses.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { excludeRefused } from './exclusion.ts';

/** Nothing is handed over to this address any more, whoever asks. Suppressing it again changes nothing. */
export async function suppress(
  core: Pick<Core, 'db' | 'events'>,
  caller: Caller,
  body: NewSuppression,
): Promise<{ created: boolean; suppression: Suppression }> {
  const { workspaceId } = caller;
  const address = readEmail(body.email, 'email');
  const made = await insertSuppression(core.db.sql, {
    ...address,
    workspaceId,
    reason: 'manual',
    source: body.source ?? null,
  });
  const row = made ?? (await findSuppression(core.db.sql, workspaceId, address.emailKey));
  if (!row) throw notFound('suppression', address.email);
  await excludeRefused(core, workspaceId, address.emailKey); // again too: the first request may not have come so far
  return { created: made !== null, suppression: show(row) };
}

export async function listSuppressionPage(
  core: Pick<Core, 'db'>,
  caller: Caller,
  query: PageQuery,
): Promise<Page<Suppression>> {
  const { limit = 50, cursor, search } = query;
  const rows = await listSuppressions(core.db.sql, {
    workspaceId: caller.workspaceId,
    limit: limit + 1,
    ...(search ? { search } : {}),
    ...(cursor === undefined ? {} : { before: decodeCursor(cursor, 'string') }),
  });
  return toPage(rows, limit, (row) => row.id, show);
}

export async function removeSuppression(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<void> {
  if (!(await deleteSuppression(core.db.sql, caller.workspaceId, id))) throw notFound('suppression', id);
}

function show(row: SuppressionRow): Suppression {
  return {
    id: row.id,
    email: row.email,
    reason: row.reason,
    source: row.source,
    createdAt: row.createdAt.toISOString(),
  };
}
