import type { FormSettings } from '../contract/forms.ts';
import { insertConfirmation } from '../db/confirmations.ts';
import { insertConsent } from '../db/consents.ts';
import { fillContact } from '../db/contact-fill.ts';
import { ensureContacts } from '../db/contacts.ts';
import { type Executor, inTransaction } from '../db/database.ts';
import {
  addUnconfirmed,
  type FormRow,
  findPublicForm,
  listOffered,
  lockStatuses,
  type OfferedList,
} from '../db/forms.ts';
import { joinLists } from '../db/subscriptions.ts';
import { listBinding } from '../db/suppressions.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { AppError } from '../errors.ts';
import { brandOf } from './brand.ts';
import { type Act, originOf } from './consents.ts';
import type { Core } from './context.ts';
import { type Fault, type FormAnswers, readAnswers } from './form-answers.ts';
import type { FormView } from './form-embed.ts';
import type { FormLimits } from './form-limits.ts';

type SubmitCore = Pick<Core, 'db' | 'pageTokens' | 'baseUrl'>;

/** What the page of a form is made of. */
export interface ShownForm extends FormView {
  /** Whose form it is, as people know them. */
  readonly brand: string;
}

export interface PublicForm extends ShownForm {
  readonly row: FormRow;
}

/** Nobody reads and fills in a form faster; a program does. */
const LEAST_MS = 2000;
/** A page that lies open for longer is sent again. */
const GOOD_FOR_MS = 24 * 3_600_000;

/** The form behind the address of a page. Throws NOT_FOUND. */
export async function readForm(core: SubmitCore, publicId: string): Promise<PublicForm> {
  const row = /^[\w-]{22}$/.test(publicId) ? await findPublicForm(core.db.sql, publicId) : null;
  if (!row)
    throw new AppError('NOT_FOUND', 'This form is gone, or its address is cut short. Ask whoever gave it to you.');
  const workspace = await getWorkspace(core.db.sql, row.workspaceId);
  const lists = await listOffered(core.db.sql, row.workspaceId, row.listIds);
  if (lists.length === 0) throw new AppError('NOT_FOUND', 'There is nothing left to subscribe to by this form.');
  return {
    row,
    lists,
    name: row.name,
    settings: row.settings as FormSettings,
    url: `${core.baseUrl}/f/${publicId}`,
    brand: brandOf(workspace.name, (workspace.settings as { from?: string }).from),
  };
}

/** Put into the page when it is shown: proves when that was. */
export function beginForm(core: Pick<Core, 'pageTokens'>, form: PublicForm, now = Date.now()): string {
  // Whole seconds, rounded up, so that nobody is taken for faster than they are.
  return core.pageTokens.make('form', { id: form.row.id, expiresAt: Math.ceil(now / 1000) * 1000 + GOOD_FOR_MS });
}

export type FormOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'faulty'; readonly faults: readonly Fault[] }
  /** Shown once more, filled in: it came too fast, or without proof of when the page was opened. */
  | { readonly kind: 'again' };

/**
 * Takes in a form. Whoever asks is told the same, whether the address is known, subscribed, suppressed or none of these:
 * what follows is seen by the owner of the mailbox alone.
 */
export async function submitForm(
  core: SubmitCore,
  form: PublicForm,
  given: URLSearchParams,
  act: Act,
  limits: FormLimits | null,
): Promise<FormOutcome> {
  const read = readAnswers(form, given);
  if ('faults' in read) return { kind: 'faulty', faults: read.faults };
  const { answers } = read;
  if (given.get('website')) return { kind: 'done' }; // only a program fills in what nobody sees
  if (!isTimely(core, form, given.get('begun'), answers)) return { kind: 'again' };
  await limits?.count(act.ip ?? '', answers.emailKey);
  await inTransaction(core.db.sql, (tx) => subscribe(tx, form, answers, act));
  return { kind: 'done' };
}

/**
 * A form on somebody's own page cannot prove when it was opened. That is enough where everybody is asked by mail before
 * anything is sent; otherwise our page is shown in between.
 */
function isTimely(
  { pageTokens }: SubmitCore,
  { row, lists }: PublicForm,
  begun: string | null,
  { listIds }: FormAnswers,
): boolean {
  const asksAll = lists.every((list) => list.optIn === 'double' || !listIds.includes(list.id));
  if (begun === null) return asksAll;
  const token = pageTokens.read('form', begun);
  if (!token || token.id !== row.id) return false;
  const openFor = Date.now() - (token.expiresAt - GOOD_FOR_MS);
  return openFor >= LEAST_MS && openFor < GOOD_FOR_MS;
}

async function subscribe(tx: Executor, form: PublicForm, answers: FormAnswers, act: Act): Promise<void> {
  const { workspaceId } = form.row;
  const { email, emailKey, fields } = answers;
  const binding = await listBinding(tx, workspaceId, emailKey);
  const own = binding.every(({ reason }) => reason === 'unsubscribed' || reason === 'paused');
  if (!own) return; // not to be written to, whoever asks
  const [contactId] = await ensureContacts(tx, workspaceId, [{ email, emailKey }]);
  if (contactId === undefined) return;
  const statuses = await lockStatuses(tx, contactId, answers.listIds);
  const wanted = form.lists.filter(({ id }) => answers.listIds.includes(id) && statuses.get(id) !== 'subscribed');
  // Anybody can type an address: who had left is asked first, also by a list that does not ask.
  const asked = wanted.filter(
    (l) => l.optIn === 'double' || statuses.get(l.id) === 'unsubscribed' || binding.length > 0,
  );
  const direct = wanted.filter((list) => !asked.includes(list));
  const origin = await originOf(tx, workspaceId, { ...act, source: `form ${form.row.id}`, text: textOf(form, wanted) });
  const person = { workspaceId, contactId, emailKey };
  if (direct.length > 0) {
    const joined = await joinLists(tx, person, idsOf(direct));
    await fillContact(tx, contactId, fields, 'missing');
    await insertConsent(tx, person, { action: 'subscribed', listIds: joined }, origin);
  }
  if (asked.length === 0) return;
  const listIds = idsOf(asked);
  await addUnconfirmed(tx, contactId, listIds);
  const source = origin.source;
  if (await insertConfirmation(tx, { workspaceId, contactId, listIds, fields, method: 'form', source }))
    await insertConsent(tx, person, { action: 'requested', listIds }, origin);
}

const idsOf = (lists: readonly OfferedList[]) => lists.map(({ id }) => id);

/** What they were shown and agreed to. */
function textOf({ name, settings }: PublicForm, lists: readonly OfferedList[]): string {
  const named = settings.chooseLists ? lists.map((list) => `[x] ${list.name}`) : [];
  const agreed = settings.consentText ? [`[x] ${settings.consentText}`] : [];
  return [settings.title ?? name, settings.intro ?? '', ...named, ...agreed].filter((line) => line !== '').join('\n');
}
