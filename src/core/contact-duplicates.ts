import type { DuplicatesPage, DuplicatesQuery } from '../contract/contact-duplicates.ts';
import { withAdvisoryLock } from '../db/advisory-lock.ts';
import { findLastLook, listDuplicates, replaceDuplicates } from '../db/contact-duplicates.ts';
import { type ContactOperationRow, insertContactOperation } from '../db/contact-operations.ts';
import { type ContactRow, findContacts } from '../db/contacts.ts';
import { type Database, inTransaction } from '../db/database.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { describeContacts } from './contacts.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

/** What the last look at all contacts found, without those who were deleted or merged since. */
export async function listDuplicatePage(
  core: Pick<Core, 'db'>,
  caller: Caller,
  query: DuplicatesQuery,
): Promise<DuplicatesPage> {
  const { workspaceId } = caller;
  const { limit = 50, cursor } = query;
  const after = cursor === undefined ? 0 : decodeCursor(cursor, 'number');
  const look = await findLastLook(core.db.sql, workspaceId);
  const groups = await listDuplicates(core.db.sql, { workspaceId, after, limit: limit + 1 });
  const shown = groups.slice(0, limit);
  const ids = [...new Set(shown.flatMap((group) => group.contactIds))];
  const found = new Map<string, ContactRow>();
  for (const row of await findContacts(core.db.sql, workspaceId, ids)) found.set(row.id, row);
  const items: DuplicatesPage['items'] = [];
  for (const { reason, contactIds } of shown) {
    const rows = contactIds.flatMap((id) => found.get(id) ?? []);
    if (rows.length > 1) items.push({ reason, contacts: await describeContacts(core, workspaceId, rows) });
  }
  const last = shown.at(-1);
  return {
    items,
    nextCursor: groups.length > limit && last ? encodeCursor(last.groupNo) : null,
    lookedAt: look?.finishedAt?.toISOString() ?? null,
    looking: look !== null && ['waiting', 'active'].includes(look.state),
  };
}

/** Has a worker look at all contacts; one look at a time. */
export async function lookForDuplicates(
  core: Pick<Core, 'db' | 'events'>,
  caller: Caller,
  id: string = uuid7(),
): Promise<{ operationId: string; state: string }> {
  const { workspaceId } = caller;
  const look = await findLastLook(core.db.sql, workspaceId);
  if (look && ['waiting', 'active'].includes(look.state)) return { operationId: look.id, state: look.state };
  const operation = {
    id,
    workspaceId,
    action: 'find-duplicates',
    selection: {},
    change: {},
    requestedBy: caller.userId,
  };
  await insertContactOperation(core.db.sql, operation);
  core.events.publish({ kind: 'contacts', id });
  return { operationId: id, state: 'waiting' };
}

/**
 * The look itself. Safe to run again: the groups of an earlier one are replaced. It may take longer than its lease, so a lock
 * keeps others out; false: somebody else is at it.
 */
export function findDuplicates(db: Database, operation: ContactOperationRow): Promise<boolean> {
  return withAdvisoryLock(db.pool, `duplicates ${operation.workspaceId}`, async () => {
    await inTransaction(db.sql, (tx) => replaceDuplicates(tx, operation.workspaceId, operation.id));
  });
}
