import type { Page } from '../contract/common.ts';
import type { Contact, ContactChange, ContactDetail, ContactsQuery, NewContact } from '../contract/contacts.ts';
import { searchContacts } from '../db/contact-search.ts';
import { listSuppressionReasons } from '../db/contact-status.ts';
import {
  type ContactFields,
  type ContactRow,
  deleteContact,
  findContact,
  insertContact,
  type TagChange,
  updateContact,
} from '../db/contacts.ts';
import { inTransaction, violatedConstraint } from '../db/database.ts';
import { listSubscriptionsOf, subscribeContacts } from '../db/subscriptions.ts';
import { localeNamed } from '../domain/locale.ts';
import { MOST_TAGS, readTags } from '../domain/tags.ts';
import { timeZoneNamed } from '../domain/time-zone.ts';
import { AppError, notFound } from '../errors.ts';
import { readEmail } from './addresses.ts';
import { checkAttributes } from './contact-attributes.ts';
import { readContactFilter } from './contact-filter.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { checkLists } from './lists.ts';

type ContactCore = Pick<Core, 'db'>;

export async function createContact(core: ContactCore, caller: Caller, body: NewContact): Promise<ContactDetail> {
  const { workspaceId } = caller;
  const { listIds = [], attributes = {}, tags = [], email, ...rest } = body;
  const address = readEmail(email, 'email');
  const fields = readFields(rest);
  await checkAttributes(core, caller, attributes);
  await checkLists(core, caller, listIds, 'listIds');
  const kept = { attributes: withoutNull(attributes), tags: checkTags(tags, 'tags') };
  const row = await inTransaction(core.db.sql, async (tx) => {
    const contact = await insertContact(tx, { ...fields, ...address, ...kept, workspaceId });
    if (!contact) throw taken(address.email);
    for (const listId of listIds)
      await subscribeContacts(tx, { workspaceId, listId, resubscribe: false }, [contact.id]);
    return contact;
  });
  return describe(core, row);
}

export async function getContact(core: ContactCore, caller: Caller, id: string): Promise<ContactDetail> {
  return describe(core, await getContactRow(core, caller, id));
}

export async function getContactRow(core: ContactCore, caller: Caller, id: string): Promise<ContactRow> {
  const row = await findContact(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('contact', id);
  return row;
}

/** Newest first. A page may hold fewer than asked for and still have a next one: no page reads more than it is worth. */
export async function listContactPage(core: ContactCore, caller: Caller, query: ContactsQuery): Promise<Page<Contact>> {
  const { limit = 50, cursor, ...filter } = query;
  const before = cursor === undefined ? null : decodeCursor(cursor, 'string');
  const { rows, next } = await searchContacts(core.db.sql, readContactFilter(caller, filter), { before, limit });
  const items = await describeContacts(core, caller.workspaceId, rows);
  return { items, nextCursor: next === null ? null : encodeCursor(next) };
}

/** With the status of each. */
export async function describeContacts(
  core: ContactCore,
  workspaceId: string,
  rows: readonly ContactRow[],
): Promise<Contact[]> {
  const keys = rows.map((row) => row.emailKey);
  const reasons = await listSuppressionReasons(core.db.sql, workspaceId, keys);
  return rows.map((row) => show(row, reasons.get(row.emailKey) ?? null));
}

export async function changeContact(
  core: ContactCore,
  caller: Caller,
  id: string,
  body: ContactChange,
): Promise<ContactDetail> {
  const { attributes, email, tags, addTags, removeTags, ...rest } = body;
  if (attributes) await checkAttributes(core, caller, attributes);
  const change: ContactFields = {
    ...readFields(rest),
    ...(email === undefined ? {} : readEmail(email, 'email')),
  };
  const tagChange = readTagChange({ tags, addTags, removeTags });
  const row = await inTransaction(core.db.sql, async (tx) => {
    const changed = await updateContact(tx, caller.workspaceId, id, change, { attributes, tags: tagChange });
    if (changed && changed.tags.length > MOST_TAGS)
      throw invalid('addTags', `a contact has ${MOST_TAGS} tags at most, it would have ${changed.tags.length}`);
    return changed;
  }).catch((error: unknown) => {
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
  const [lists, [contact]] = await Promise.all([
    listSubscriptionsOf(core.db.sql, row.id),
    describeContacts(core, row.workspaceId, [row]),
  ]);
  if (!contact) throw notFound('contact', row.id);
  return { ...contact, lists };
}

function show(row: ContactRow, suppressed: string | null): Contact {
  return {
    id: row.id,
    email: row.email,
    firstName: row.firstName,
    lastName: row.lastName,
    name: row.name,
    attributes: row.attributes as Contact['attributes'],
    tags: row.tags,
    notes: row.notes,
    timeZone: row.timeZone,
    locale: row.locale,
    status: suppressed === null ? 'active' : 'suppressed',
    suppressed,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

type FieldsBody = Omit<ContactChange, 'email' | 'attributes' | 'tags' | 'addTags' | 'removeTags'>;

/** Time zone and locale as they are spelled by those who keep them. An empty text means that there is none. */
function readFields({ timeZone, locale, ...rest }: FieldsBody): ContactFields {
  const texts = Object.entries(rest).map(([name, value]) => [name, value === '' ? null : value]);
  const zone = timeZone ? timeZoneNamed(timeZone.trim()) : null;
  const language = locale ? localeNamed(locale) : null;
  if (timeZone && zone === null)
    throw invalid('timeZone', `"${timeZone}" is not a time zone: use an IANA name such as Europe/Berlin`);
  if (locale && language === null)
    throw invalid('locale', `"${locale}" is not a locale: use a BCP 47 tag such as pt-BR`);
  return {
    ...Object.fromEntries(texts),
    ...(timeZone === undefined ? {} : { timeZone: zone }),
    ...(locale === undefined ? {} : { locale: language }),
  };
}

function readTagChange({
  tags,
  addTags,
  removeTags,
}: {
  tags: string[] | undefined;
  addTags: string[] | undefined;
  removeTags: string[] | undefined;
}): TagChange | undefined {
  if (tags === undefined && addTags === undefined && removeTags === undefined) return undefined;
  return {
    ...(tags === undefined ? {} : { replace: checkTags(tags, 'tags') }),
    add: checkTags(addTags ?? [], 'addTags'),
    remove: checkTags(removeTags ?? [], 'removeTags'),
  };
}

/** Throws VALIDATION that names the first tag that is none. */
export function checkTags(given: readonly string[], field: string): string[] {
  const read = readTags(given);
  if (!read.ok) throw invalid(`${field}/${read.index}`, read.reason);
  return read.tags;
}

function withoutNull(attributes: object): object {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
}

function taken(email: string): AppError {
  return new AppError('NAME_TAKEN', `There is a contact with the address ${email} already. Nothing was changed.`, {
    details: [{ path: 'email', message: 'is taken' }],
  });
}
