import { deleteOpenConfirmations } from '../db/confirmations.ts';
import { insertConsent } from '../db/consents.ts';
import { ensureContacts } from '../db/contacts.ts';
import { type Executor, inTransaction } from '../db/database.ts';
import { joinLists, leaveLists } from '../db/subscriptions.ts';
import { endPause, findSuppression, insertSuppression, liftOwnSuppression } from '../db/suppressions.ts';
import { listTopics, type Topic } from '../db/topics.ts';
import { deleteRefusal, hasRefused, insertRefusal } from '../db/tracking-refusals.ts';
import { insertUnsubscribeEvent, type LinkOwner } from '../db/unsubscribes.ts';
import { AppError } from '../errors.ts';
import { type Act, originOf } from './consents.ts';
import { excludeRefused } from './exclusion.ts';
import { type Link, type LinkCore, readLink } from './unsubscribe.ts';

/** What somebody receives, as their page shows it. */
export interface Preferences {
  readonly owner: LinkOwner;
  readonly topics: readonly Topic[];
  /** They asked for a pause. */
  readonly pausedUntil: Date | null;
  /** They do not want it noted what they open and follow. */
  readonly untracked: boolean;
  /** Nothing is sent: `own` they stopped everything themselves, `other` the sender keeps them from being sent to. */
  readonly stopped: 'own' | 'other' | null;
}

export const PAUSE_MONTHS = [1, 3, 6] as const;
export type PauseMonths = (typeof PAUSE_MONTHS)[number];

export async function readPreferences(core: LinkCore, token: string): Promise<Preferences> {
  return preferencesOf(core, await readLink(core, token));
}

async function preferencesOf(core: LinkCore, { owner }: Link): Promise<Preferences> {
  const { workspaceId, contactId, emailKey } = owner;
  const topics = await listTopics(core.db.sql, workspaceId, contactId);
  const untracked = await hasRefused(core.db.sql, { workspaceId, emailKey });
  const binding = await findSuppression(core.db.sql, workspaceId, emailKey);
  const known = { owner, topics, untracked };
  if (!binding) return { ...known, pausedUntil: null, stopped: null };
  if (binding.reason === 'paused') return { ...known, pausedUntil: binding.expiresAt, stopped: null };
  return { ...known, pausedUntil: null, stopped: binding.reason === 'unsubscribed' ? 'own' : 'other' };
}

export interface TopicChoice {
  /** Topics that were on the page: others stay as they are. */
  readonly shown: readonly string[];
  readonly wanted: readonly string[];
}

/** Joins and leaves topics. Who had stopped everything and wants a topic now is sent to again: it is their own act. */
export async function saveTopics(core: LinkCore, token: string, choice: TopicChoice, act: Act): Promise<Preferences> {
  return change(core, token, act, async (tx, { owner }, origin) => {
    const known = new Set((await listTopics(tx, owner.workspaceId, owner.contactId)).map(({ id }) => id));
    const shown = choice.shown.filter((id) => known.has(id));
    const wanted = shown.filter((id) => choice.wanted.includes(id));
    const left = shown.filter((id) => !wanted.includes(id));
    const person = {
      workspaceId: owner.workspaceId,
      emailKey: owner.emailKey,
      contactId: await contactOf(tx, owner, wanted),
    };
    const { contactId } = person;
    if (contactId === null) return;
    const joined = await joinLists(tx, { ...person, contactId }, wanted);
    await insertConsent(tx, person, { action: 'subscribed', listIds: joined }, origin);
    const { left: gone } = await leaveLists(tx, contactId, left);
    await insertConsent(tx, person, { action: 'unsubscribed', listIds: gone }, origin);
    if (wanted.length > 0 && (await liftOwnSuppression(tx, owner.workspaceId, owner.emailKey)).length > 0)
      await insertConsent(tx, person, { action: 'resumed' }, origin);
  });
}

/** Somebody of an inline audience becomes a contact when they want something. */
async function contactOf(tx: Executor, owner: LinkOwner, wanted: readonly string[]): Promise<string | null> {
  if (owner.contactId !== null || wanted.length === 0) return owner.contactId;
  return (await ensureContacts(tx, owner.workspaceId, [owner]))[0] ?? null;
}

/** Nothing is sent for so many months; then everything goes on as before. */
export async function pause(core: LinkCore, token: string, months: PauseMonths, act: Act): Promise<Preferences> {
  const until = inMonths(new Date(), months);
  const detail = `until ${until.toISOString()}`;
  return change(core, token, { ...act, detail }, async (tx, { owner }, origin) => {
    const { workspaceId, contactId, email, emailKey, campaignId } = owner;
    await endPause(tx, workspaceId, emailKey);
    const entry = {
      workspaceId,
      email,
      emailKey,
      reason: 'paused',
      expiresAt: until,
      source: `preferences, campaign ${campaignId}`,
    };
    if (await insertSuppression(tx, entry))
      await insertConsent(tx, { workspaceId, contactId, emailKey }, { action: 'paused' }, origin);
  });
}

export async function resume(core: LinkCore, token: string, act: Act): Promise<Preferences> {
  return change(core, token, act, async (tx, { owner }, origin) => {
    const { workspaceId, contactId, emailKey } = owner;
    if (await endPause(tx, workspaceId, emailKey))
      await insertConsent(tx, { workspaceId, contactId, emailKey }, { action: 'resumed' }, origin);
  });
}

/** From now on nothing is noted of what they open and follow; or, when they want that again, it is. */
export async function setTracking(core: LinkCore, token: string, wanted: boolean, act: Act): Promise<Preferences> {
  return change(core, token, act, async (tx, { owner }, origin) => {
    const { workspaceId, contactId, emailKey } = owner;
    const refusal = { workspaceId, emailKey };
    if (wanted ? await deleteRefusal(tx, refusal) : await insertRefusal(tx, refusal))
      await insertConsent(
        tx,
        { ...refusal, contactId },
        { action: wanted ? 'tracking-allowed' : 'tracking-refused' },
        origin,
      );
  });
}

/** From all lists, also those nobody can see, and from whatever is sent without a list. */
export async function unsubscribeFromAll(core: LinkCore, token: string, act: Act): Promise<Preferences> {
  return change(core, token, act, async (tx, { ref, owner }, origin) => {
    const { workspaceId, contactId, email, emailKey, campaignId } = owner;
    const person = { workspaceId, contactId, emailKey };
    await insertUnsubscribeEvent(tx, { workspaceId, ...ref });
    if (contactId !== null) {
      const { left } = await leaveLists(tx, contactId, 'all');
      await insertConsent(tx, person, { action: 'unsubscribed', listIds: left }, origin);
      await deleteOpenConfirmations(tx, contactId);
    }
    const entry = {
      workspaceId,
      email,
      emailKey,
      reason: 'unsubscribed',
      source: `preferences, campaign ${campaignId}`,
    };
    if (await insertSuppression(tx, entry)) await insertConsent(tx, person, { action: 'unsubscribed' }, origin);
  });
}

type Change = (tx: Executor, link: Link, origin: Awaited<ReturnType<typeof originOf>>) => Promise<void>;

/** Changes something with its record, and then lets campaigns under way know before it answers. */
async function change(core: LinkCore, token: string, act: Act, apply: Change): Promise<Preferences> {
  const link = await readLink(core, token);
  const { workspaceId, campaignId, emailKey } = link.owner;
  await inTransaction(core.db.sql, async (tx) => {
    const origin = await originOf(tx, workspaceId, { ...act, source: `campaign ${campaignId}` });
    await apply(tx, link, origin);
  });
  await excludeRefused(core, workspaceId, emailKey);
  core.events.publish({ kind: 'campaign', id: campaignId });
  return readPreferences(core, token);
}

/** The same day so many months on, or the last one of that month. */
function inMonths(from: Date, months: number): Date {
  const at = new Date(from);
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + months);
  const days = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  at.setUTCDate(Math.min(from.getUTCDate(), days));
  return at;
}

/** Throws VALIDATION for anything but 1, 3 or 6. */
export function readMonths(text: string | null): PauseMonths {
  const months = PAUSE_MONTHS.find((known) => String(known) === text);
  if (months) return months;
  throw new AppError('VALIDATION', 'A pause is 1, 3 or 6 months long: choose one of them. Nothing was changed.');
}
