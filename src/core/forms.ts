import { randomBytes } from 'node:crypto';
import type { Page, PageQuery } from '../contract/common.ts';
import type { Form, FormChange, FormSettings, NewForm } from '../contract/forms.ts';
import {
  deleteForm,
  type FormRow,
  findForm,
  insertForm,
  listForms,
  listOffered,
  type OfferedList,
  updateForm,
} from '../db/forms.ts';
import { jsonbText } from '../db/jsonb.ts';
import { notFound } from '../errors.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { rowsOfPage, toPage } from './cursor.ts';
import { embedHtml } from './form-embed.ts';
import { checkLists } from './lists.ts';

type FormCore = Pick<Core, 'db' | 'baseUrl'>;

export async function createForm(core: FormCore, caller: Caller, body: NewForm): Promise<Form> {
  const { workspaceId } = caller;
  const { listIds, settings = {} } = body;
  await check(core, caller, listIds, settings);
  const row = await insertForm(core.db.sql, {
    workspaceId,
    name: readName(body.name),
    listIds,
    settings: jsonbText(settings),
    publicId: randomBytes(16).toString('base64url'),
  });
  return show(core, row);
}

export async function getForm(core: FormCore, caller: Caller, id: string): Promise<Form> {
  return show(core, await findOwn(core, caller, id));
}

export async function listFormPage(core: FormCore, caller: Caller, query: PageQuery): Promise<Page<Form>> {
  const { limit = 50 } = query;
  const rows = await listForms(core.db.sql, { workspaceId: caller.workspaceId, ...rowsOfPage(query, limit) });
  const { items, nextCursor } = toPage(
    rows,
    limit,
    (row) => row.id,
    (row) => row,
  );
  return { items: await Promise.all(items.map((row) => show(core, row))), nextCursor };
}

export async function changeForm(core: FormCore, caller: Caller, id: string, change: FormChange): Promise<Form> {
  const before = await findOwn(core, caller, id);
  const merged = { ...(before.settings as object), ...change.settings };
  const settings = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)) as FormSettings;
  const listIds = change.listIds ?? before.listIds;
  await check(core, caller, change.listIds ?? [], settings, listIds);
  const row = await updateForm(core.db.sql, caller.workspaceId, id, {
    settings: jsonbText(settings),
    listIds,
    ...(change.name === undefined ? {} : { name: readName(change.name) }),
  });
  if (!row) throw notFound('form', id);
  return show(core, row);
}

/** Its page is gone from then on; who subscribed by it stays. */
export async function removeForm(core: FormCore, caller: Caller, id: string): Promise<void> {
  if (!(await deleteForm(core.db.sql, caller.workspaceId, id))) throw notFound('form', id);
}

async function check(
  core: FormCore,
  caller: Caller,
  newLists: readonly string[],
  settings: FormSettings,
  listIds: readonly string[] = newLists,
): Promise<void> {
  await checkLists(core, caller, newLists, 'listIds');
  const { redirectUrl, fields = [], chooseLists = false } = settings;
  if (redirectUrl !== undefined && !/^https?:$/.test(protocolOf(redirectUrl)))
    throw invalid('settings/redirectUrl', 'is not an http or https address');
  const names = fields.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i || RESERVED.has(name));
  if (twice !== undefined)
    throw invalid('settings/fields', `"${twice}" is there twice, or is a name the form needs itself`);
  if (!chooseLists) return;
  const hidden = (await listOffered(core.db.sql, caller.workspaceId, listIds)).find(
    (list) => list.visibility !== 'public',
  );
  if (hidden)
    throw invalid(
      'listIds',
      `list "${hidden.name}" is private, and chooseLists would show its name: make it public first`,
    );
}

/** Fields of the page itself. */
const RESERVED = new Set(['email', 'list', 'consent', 'website', 'begun']);

function protocolOf(address: string): string {
  try {
    return new URL(address).protocol;
  } catch {
    return '';
  }
}

function readName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || /\p{Cc}/u.test(trimmed)) throw invalid('name', 'is empty, or holds a control character');
  return trimmed;
}

async function findOwn(core: FormCore, caller: Caller, id: string): Promise<FormRow> {
  const row = await findForm(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('form', id);
  return row;
}

async function show(core: FormCore, row: FormRow): Promise<Form> {
  const lists: OfferedList[] = await listOffered(core.db.sql, row.workspaceId, row.listIds);
  const settings = row.settings as FormSettings;
  const url = `${core.baseUrl}/f/${row.publicId}`;
  return {
    id: row.id,
    name: row.name,
    listIds: row.listIds,
    settings,
    url,
    embedHtml: embedHtml({ url, name: row.name, settings, lists }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
