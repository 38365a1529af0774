import type { Page, PageQuery } from '../contract/common.ts';
import type { Confirmation, List, ListChange, NewList, SubscribeBody, SubscribeReply } from '../contract/lists.ts';
import { insertConsent } from '../db/consents.ts';
import { ensureContacts, findContact } from '../db/contacts.ts';
import { inTransaction, violatedConstraint } from '../db/database.ts';
import { jsonbText, withoutNul } from '../db/jsonb.ts';
import {
  countMembers,
  deleteList,
  findList,
  findMissingLists,
  insertList,
  type ListFields,
  type ListRow,
  listLists,
  type MemberCounts,
  updateList,
} from '../db/lists.ts';
import { leaveLists, subscribeContacts } from '../db/subscriptions.ts';
import { AppError, notFound } from '../errors.ts';
import { readEmail } from './addresses.ts';
import { checkConfirmation } from './confirmation-text.ts';
import { nameOfCaller, originOf } from './consents.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { rowsOfPage, toPage } from './cursor.ts';

type ListCore = Pick<Core, 'db'>;

export async function createList(
  core: ListCore,
  caller: Caller,
  name: string,
  settings: Omit<NewList, 'name'> = {},
): Promise<List> {
  const fields = { ...readSettings(settings), name: readName(name) };
  const row = await insertList(core.db.sql, { ...fields, workspaceId: caller.workspaceId });
  if (!row) throw taken(name);
  return show(row, undefined);
}

export async function getList(core: ListCore, caller: Caller, id: string): Promise<List> {
  const row = await findList(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('list', id);
  return show(row, (await countMembers(core.db.sql, [id])).get(id));
}

export async function listListPage(core: ListCore, caller: Caller, query: PageQuery): Promise<Page<List>> {
  const { limit = 50 } = query;
  const rows = await listLists(core.db.sql, { workspaceId: caller.workspaceId, ...rowsOfPage(query, limit) });
  const { items, nextCursor } = toPage(
    rows,
    limit,
    (row) => row.id,
    (row) => row,
  );
  const counts = await countMembers(
    core.db.sql,
    items.map((row) => row.id),
  );
  return { items: items.map((row) => show(row, counts.get(row.id))), nextCursor };
}

/** Members stay what they are: a list that asks first from now on asks those who come. */
export async function changeList(core: ListCore, caller: Caller, id: string, change: ListChange): Promise<List> {
  const { name, ...settings } = change;
  const fields = { ...readSettings(settings), ...(name === undefined ? {} : { name: readName(name) }) };
  if (Object.keys(fields).length === 0) return getList(core, caller, id);
  const row = await updateList(core.db.sql, caller.workspaceId, id, fields).catch((error: unknown) => {
    throw violatedConstraint(error) ? taken(name ?? '') : error;
  });
  if (!row) throw notFound('list', id);
  return getList(core, caller, id);
}

export async function removeList(core: ListCore, caller: Caller, id: string): Promise<void> {
  const removed = await inTransaction(core.db.sql, (tx) => deleteList(tx, caller.workspaceId, id));
  if (!removed) throw notFound('list', id);
}

/** Adds contacts to a list, by id or address. */
export async function subscribe(
  core: ListCore,
  caller: Caller,
  id: string,
  body: SubscribeBody,
): Promise<SubscribeReply> {
  const { workspaceId } = caller;
  const { contactIds = [], emails = [], resubscribe = false, confirmed = false, consent = {} } = body;
  if (contactIds.length + emails.length === 0) throw invalid('contactIds', 'name at least one contact or address');
  const addresses = emails.map((email, i) => readEmail(email, `emails/${i}`));
  await getList(core, caller, id);
  const counts = await inTransaction(core.db.sql, async (tx) => {
    const ensured = await ensureContacts(tx, workspaceId, addresses);
    const ids = [...new Set([...contactIds.map((contactId) => contactId.toLowerCase()), ...ensured])];
    const act = {
      method: 'api',
      source: nameOfCaller(caller),
      detail: consent.source ?? null,
      text: consent.text ?? null,
    } as const;
    const origin = await originOf(tx, workspaceId, act);
    const done = await subscribeContacts(tx, { workspaceId, listId: id, resubscribe, confirmed, origin }, ids);
    if (done.found < ids.length)
      throw invalid('contactIds', `${ids.length - done.found} of them are no contacts of this workspace`);
    return done;
  });
  const { added, unconfirmed, unsubscribed } = counts;
  return { subscribed: added, unconfirmed, unchanged: counts.subscribed - added, unsubscribed };
}

/** From the next hand-over on nothing is sent to them on behalf of this list. */
export async function unsubscribe(core: ListCore, caller: Caller, listId: string, contactId: string): Promise<void> {
  const { workspaceId } = caller;
  await getList(core, caller, listId);
  const found = await inTransaction(core.db.sql, async (tx) => {
    const contact = await findContact(tx, workspaceId, contactId);
    const { known, left } = contact ? await leaveLists(tx, contactId, [listId]) : { known: 0, left: [] };
    if (contact && left.length > 0) {
      const origin = await originOf(tx, workspaceId, { method: 'api', source: nameOfCaller(caller) });
      const person = { workspaceId, contactId, emailKey: contact.emailKey };
      await insertConsent(tx, person, { action: 'unsubscribed', listIds: left }, origin);
    }
    return known > 0;
  });
  if (!found)
    throw new AppError('NOT_FOUND', `There is no contact ${contactId} in a list ${listId} of this workspace.`);
}

/** Throws VALIDATION when one of them is not a list of the workspace. */
export async function checkLists(core: ListCore, caller: Caller, ids: readonly string[], field: string): Promise<void> {
  const missing = await findMissingLists(core.db.sql, caller.workspaceId, ids);
  if (missing.length > 0) throw invalid(field, `there is no list ${missing.join(', ')} in this workspace`);
}

function readSettings({ confirmation, ...settings }: Omit<ListChange, 'name'>): ListFields {
  if (settings.description) settings.description = withoutNul(settings.description);
  if (confirmation === undefined) return settings;
  if (confirmation) checkConfirmation(confirmation);
  return { ...settings, confirmation: confirmation && jsonbText(confirmation) };
}

function readName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || /\p{Cc}/u.test(trimmed)) throw invalid('name', 'is empty, or holds a control character');
  return trimmed;
}

function show(row: ListRow, counts: MemberCounts | undefined): List {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    visibility: row.visibility,
    optIn: row.optIn,
    confirmation: row.confirmation as Confirmation | null,
    contacts: {
      subscribed: counts?.subscribed ?? 0,
      unconfirmed: counts?.unconfirmed ?? 0,
      unsubscribed: counts?.unsubscribed ?? 0,
    },
    createdAt: row.createdAt.toISOString(),
  };
}

function taken(name: string): AppError {
  return new AppError('NAME_TAKEN', `There is a list named "${name}" already. Nothing was changed.`, {
    details: [{ path: 'name', message: 'is taken' }],
  });
}
