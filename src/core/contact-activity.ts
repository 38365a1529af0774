import type { Page } from '../contract/common.ts';
import type { ContactActivityItem } from '../contract/contact-activity.ts';
import { listConsents } from '../db/consents.ts';
import { listEventsOf, listSentTo, listSubscriptionTimes, type SentRow } from '../db/contact-activity.ts';
import type { ContactRow } from '../db/contacts.ts';
import { stateFromCode } from '../domain/recipient-state.ts';
import { getContactRow } from './contacts.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { eventWords } from './event-words.ts';

const MOST_CONSENT = 100;

/**
 * What happened with a contact, newest first: messages page by page, a page being the messages of some hundreds of sends at
 * most; on the first one also where they are subscribed and what they agreed to.
 */
export async function listContactActivity(
  core: Pick<Core, 'db'>,
  caller: Caller,
  id: string,
  query: { readonly limit?: number; readonly cursor?: string },
): Promise<Page<ContactActivityItem>> {
  const row = await getContactRow(core, caller, id);
  const before = query.cursor === undefined ? null : decodeCursor(query.cursor, 'string');
  const place = { workspaceId: caller.workspaceId, emailKey: row.emailKey, before, limit: query.limit ?? 50 };
  const { rows, next } = await listSentTo(core.db.sql, place);
  const messages = await describeMessages(core, rows);
  const others = before === null ? await listOthers(core, row) : [];
  const items = [...messages, ...others].sort((a, b) => (b.at ?? '').localeCompare(a.at ?? ''));
  return { items, nextCursor: next === null ? null : encodeCursor(next) };
}

/** Each with its state and the events that came of it. */
export async function describeMessages(
  core: Pick<Core, 'db'>,
  rows: readonly SentRow[],
): Promise<ContactActivityItem[]> {
  const events = await listEventsOf(core.db.sql, rows);
  return rows.map(({ sendId, seq, campaignId, campaignName, isEmail, state, reason, sentAt, launchedAt }) => ({
    kind: 'message',
    at: (sentAt ?? launchedAt).toISOString(),
    ...(isEmail ? { emailId: campaignId, subject: campaignName } : { campaignId, campaignName }),
    state: stateFromCode(state),
    ...(reason === null ? {} : { reason }),
    events: events
      .filter((event) => event.sendId === sendId && event.seq === seq)
      .map(({ type, occurredAt, data }) => {
        const note = eventWords(type, data);
        return { type, at: occurredAt.toISOString(), ...(note === null ? {} : { note }) };
      }),
  }));
}

async function listOthers(core: Pick<Core, 'db'>, row: ContactRow): Promise<ContactActivityItem[]> {
  const [subscriptions, consent] = await Promise.all([
    listSubscriptionTimes(core.db.sql, row.id),
    listConsents(core.db.sql, { workspaceId: row.workspaceId, emailKey: row.emailKey, limit: MOST_CONSENT }),
  ]);
  return [
    ...subscriptions.map(({ listId, listName, status, changedAt }) => ({
      kind: 'subscription',
      at: changedAt.toISOString(),
      listId,
      listName,
      action: status,
    })),
    ...consent.map(({ listId, listName, action, source, occurredAt }) => ({
      kind: 'consent',
      at: occurredAt.toISOString(),
      listId,
      listName,
      action,
      source,
    })),
  ];
}
