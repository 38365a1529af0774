import type { Page } from '../contract/common.ts';
import type { Contact, ContactChange, ContactDetail, ContactsQuery, NewContact } from '../contract/contacts.ts';
import {
  type ContactFields,
  type ContactRow,
  deleteContact,
  findContact,
  insertContact,
  listContacts,
  updateContact,
} from '../db/contacts.ts';
import { inTransaction, violatedConstraint } from '../db/database.ts';
import { listSubscriptionsOf, subscribeContacts } from '../db/subscriptions.ts';
import { findSuppression } from '../db/suppressions.ts';
import { AppError, notFound } from '../errors.ts';
import { readEmail } from './addresses.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { checkLists } from './lists.ts';

type ContactCore = Pick<Core, 'db'>;

/** As text; more than this is a file, not merge fields. */
const MOST_ATTRIBUTES_LENGTH = 64 * 1024;

export async function createContact(core: ContactCore, caller: Caller, body: NewContact): Promise<ContactDetail> {
  const { workspaceId } = caller;
  const { listIds = [], attributes = {}, email, ...names } = body;
  const address = readEmail(email, 'email');
  checkAttributes(attributes);
  await checkLists(core, caller, listIds, 'listIds');
  const row = await inTransaction(core.db.sql, async (tx) => {
    const contact = await insertContact(tx, { ...names, ...address, workspaceId, attributes: withoutNull(attributes) });
    if (!contact) throw taken(address.email);
    for (const listId of listIds)
      await subscribeContacts(tx, { workspaceId, listId, resubscribe: false }, [contact.id]);
    return contact;
  });
  return describe(core, row);
}

export async function getContact(core: ContactCore, caller: Caller, id: string): Promise<ContactDetail> {
  const row = await findContact(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('contact', id);
  return describe(core, row);
}

export async function listContactPage(core: ContactCore, caller: Caller, query: ContactsQuery): Promise<Page<Contact>> {
  const { limit = 50, cursor, search, listId, status } = query;
  if (status !== undefined && listId === undefined)
    throw invalid('status', 'needs a listId: it is the status in a list');
  const rows = await listContacts(core.db.sql, {
    workspaceId: caller.workspaceId,
    limit: limit + 1,
    ...(search ? { search } : {}),
    ...(listId === undefined ? {} : { listId }),
    ...(status === undefined ? {} : { status }),
    ...(cursor === undefined ? {} : { before: decodeCursor(cursor, 'string') }),
  });
  return toPage(rows, limit, (row) => row.id, show);
}

export async function changeContact(
  core: ContactCore,
  caller: Caller,
  id: string,
  body: ContactChange,
): Promise<ContactDetail> {
  const { attributes, email, ...names } = body;
  if (attributes) checkAttributes(attributes);
  const change: ContactFields = { ...names, ...(email === undefined ? {} : readEmail(email, 'email')) };
  const row = await updateContact(core.db.sql, caller.workspaceId, id, change, attributes).catch((error: unknown) => {
    throw violatedConstraint(error) ? taken(email ?? '') : error;
  });
  if (!row) throw notFound('contact', id);
  return describe(core, row);
}

/** The ledger keeps what was sent to them. */
export async function removeContact(core: ContactCore, caller: Caller, id: string): Promise<void> {
  const removed = await inTransaction(core.db.sql, (tx) => deleteContact(tx, caller.workspaceId, id));
  if (!removed) throw notFound('contact', id);
}

async function describe(core: ContactCore, row: ContactRow): Promise<ContactDetail> {
  const [lists, suppression] = await Promise.all([
    listSubscriptionsOf(core.db.sql, row.id),
    findSuppression(core.db.sql, row.workspaceId, row.emailKey),
  ]);
  return { ...show(row), lists, suppressed: suppression?.reason ?? null };
}

function show(row: ContactRow): Contact {
  return {
    id: row.id,
    email: row.email,
    firstName: row.firstName,
    lastName: row.lastName,
    name: row.name,
    attributes: row.attributes as Contact['attributes'],
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function checkAttributes(attributes: object): void {
  if (JSON.stringify(attributes).length > MOST_ATTRIBUTES_LENGTH) throw invalid('attributes', 'are over 64 KB');
}

function withoutNull(attributes: object): object {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
}

function taken(email: string): AppError {
  return new AppError('NAME_TAKEN', `There is a contact with the address ${email} already. Nothing was changed.`, {
    details: [{ path: 'email', message: 'is taken' }],
  });
}
