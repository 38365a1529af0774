import type { ContactAction, ContactBulkBody, ContactBulkReply } from '../contract/contact-bulk.ts';
import type { ContactFilter } from '../db/contact-filter.ts';
import { type ContactOperationRow, findContactOperation, insertContactOperation } from '../db/contact-operations.ts';
import { countContacts } from '../db/contact-search.ts';
import { notFound } from '../errors.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { checkAttributes } from './contact-attributes.ts';
import { type OperationCore, runContactOperation } from './contact-bulk-run.ts';
import { readContactFilter } from './contact-filter.ts';
import { checkTags } from './contacts.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { checkLists } from './lists.ts';

/** What an action needs beside its contacts, as it is stored. */
export interface BulkChange {
  readonly tags?: readonly string[];
  readonly listId?: string;
  readonly attribute?: { readonly name: string; readonly value: unknown };
}

/**
 * One thing done to many contacts. The first chunk is done at once, so that what fits in it is over when the answer comes;
 * the rest is left to a worker. The same `id` again is the same operation.
 */
export async function startBulkAction(
  core: OperationCore,
  caller: Caller,
  body: ContactBulkBody,
  id: string = uuid7(),
): Promise<ContactBulkReply> {
  const filter = readSelection(caller, body);
  const change = await readChange(core, caller, body);
  if (body.dryRun) {
    const total = await countContacts(core.db.sql, filter);
    return { operationId: null, state: 'counted', total, processed: 0, changed: 0, error: null };
  }
  const { workspaceId: _, ...selection } = filter;
  await insertContactOperation(core.db.sql, {
    id,
    workspaceId: caller.workspaceId,
    action: body.action,
    selection,
    change,
    requestedBy: caller.userId,
  });
  await runContactOperation(core, id, { atOnce: true });
  return getBulkAction(core, caller, id);
}

export async function getBulkAction(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<ContactBulkReply> {
  const row = await findContactOperation(core.db.sql, id);
  if (!row || row.workspaceId !== caller.workspaceId) throw notFound('operation', id);
  return describeOperation(row);
}

function describeOperation(row: ContactOperationRow): ContactBulkReply {
  const { id, state, total, processed, changed, error } = row;
  return { operationId: id, state, total, processed, changed, error };
}

function readSelection(caller: Caller, { ids, filter }: ContactBulkBody): ContactFilter {
  if ((ids === undefined) === (filter === undefined))
    throw invalid('filter', 'send either ids or a filter; {} is every contact of the workspace');
  return ids ? { workspaceId: caller.workspaceId, ids } : readContactFilter(caller, filter ?? {});
}

/** Which fields an action takes; others are refused, because whoever sent them meant something else. */
const FIELDS: Readonly<Record<ContactAction, ReadonlyArray<'tags' | 'listId' | 'attribute'>>> = {
  'add-tags': ['tags'],
  'remove-tags': ['tags'],
  'add-to-list': ['listId'],
  'remove-from-list': ['listId'],
  'set-attribute': ['attribute'],
  delete: [],
  suppress: [],
  unsubscribe: ['listId'],
};

async function readChange(core: OperationCore, caller: Caller, body: ContactBulkBody): Promise<BulkChange> {
  const action = body.action as ContactAction;
  const { tags, listId, attribute } = body;
  const given = Object.entries({ tags, listId, attribute }).flatMap(([name, value]) =>
    value === undefined ? [] : name,
  );
  const taken: readonly string[] = FIELDS[action];
  for (const name of given) if (!taken.includes(name)) throw invalid(name, `is not for ${action}`);
  for (const name of taken)
    if (!given.includes(name) && action !== 'unsubscribe') throw invalid(name, `${action} needs it`);
  if (listId !== undefined) await checkLists(core, caller, [listId], 'listId');
  if (attribute) await checkAttributes(core, caller, { [attribute.name]: attribute.value });
  return {
    ...(tags === undefined ? {} : { tags: checkTags(tags, 'tags') }),
    ...(listId === undefined ? {} : { listId }),
    ...(attribute === undefined ? {} : { attribute: { name: attribute.name, value: attribute.value } }),
  };
}
