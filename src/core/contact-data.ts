import type { ContactData } from '../contract/contact-erasure.ts';
import { listConsents } from '../db/consents.ts';
import { listSentTo, listSubscriptionTimes } from '../db/contact-activity.ts';
import { notFound } from '../errors.ts';
import { describeMessages } from './contact-activity.ts';
import { describeContacts, getContactRow } from './contacts.ts';
import type { Caller, Core } from './context.ts';

const AT_ONCE = 1000;
/** Of consent: more than anybody ever gives or takes. */
const MOST_CONSENT = 10_000;

/** All that is known of a person, for them (GDPR article 15 and 20). */
export async function getContactData(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<ContactData> {
  const { sql } = core.db;
  const row = await getContactRow(core, caller, id);
  const { workspaceId, emailKey } = row;
  const [contact] = await describeContacts(core, workspaceId, [row]);
  if (!contact) throw notFound('contact', id);
  const lists = await listSubscriptionTimes(sql, id);
  const consent = await listConsents(sql, { workspaceId, emailKey, limit: MOST_CONSENT });
  return {
    madeAt: new Date().toISOString(),
    contact,
    lists: lists.map(({ listName, status, subscribedAt, changedAt }) => ({
      name: listName,
      status,
      subscribedAt: subscribedAt.toISOString(),
      changedAt: changedAt.toISOString(),
    })),
    consent: consent.map(({ listName, action, method, source, detail, ip, userAgent, occurredAt }) => ({
      list: listName,
      action,
      method,
      source,
      detail,
      ip,
      userAgent,
      at: occurredAt.toISOString(),
    })),
    messages: await listMessages(core, workspaceId, emailKey),
  };
}

async function listMessages(core: Pick<Core, 'db'>, workspaceId: string, emailKey: string) {
  const messages: ContactData['messages'] = [];
  for (let before: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof listSentTo>> = await listSentTo(core.db.sql, {
      workspaceId,
      emailKey,
      before,
      limit: AT_ONCE,
    });
    messages.push(...(await describeMessages(core, page.rows)));
    if (page.next === null) return messages;
    before = page.next;
  }
}
