import type { WebhookType } from '../contract/webhooks.ts';
import { inTransaction, type Tx } from '../db/database.ts';
import {
  findHorizon,
  findUntoldBatches,
  findUntoldEmails,
  insertWebhookDeliveries,
  listActiveWebhookIds,
  listToldRows,
  listToldRowsOf,
  markBatchesTold,
  moveEmailCursor,
  moveWebhookCursors,
  type NewWebhookDelivery,
  takeChangedCampaigns,
  takeWebhookToFeed,
  walkConsents,
  walkEmailEvents,
} from '../db/webhook-feed.ts';
import type { WebhookRow } from '../db/webhooks.ts';
import type { Core } from './context.ts';
import { aboutCampaign, aboutConsent, aboutEvent, aboutRow } from './webhook-messages.ts';

const EVENTS_AT_ONCE = 500;
const BATCHES_AT_ONCE = 4;
const EMAILS_AT_ONCE = 200;
const CAMPAIGNS_AT_ONCE = 200;
/** Others want to be told as well. */
const ROUNDS_AT_MOST = 20;

/**
 * Writes down what each webhook is to be told since the last time, in one transaction with how far that is: killed anywhere,
 * nothing is left out and nothing doubled. One process at a time looks after a webhook. Without webhooks this is one
 * question, and the send path never knows of any of it. Returns how many messages are new.
 */
export async function feedWebhooks({ db }: Pick<Core, 'db'>): Promise<number> {
  let told = 0;
  for (const id of await listActiveWebhookIds(db.sql)) {
    for (let round = 0; round < ROUNDS_AT_MOST; round++) {
      const fed = await inTransaction(db.sql, (tx) => feedOne(tx, id));
      told += fed.told;
      if (!fed.hasMore) break;
    }
  }
  return told;
}

interface Fed {
  readonly told: number;
  readonly hasMore: boolean;
}

async function feedOne(tx: Tx, id: string): Promise<Fed> {
  const webhook = await takeWebhookToFeed(tx, id);
  if (!webhook) return { told: 0, hasMore: false };
  const before = await findHorizon(tx);
  const parts = [
    await tellEvents(tx, webhook, before),
    await tellCampaigns(tx, webhook),
    await tellLedger(tx, webhook),
    await tellEmails(tx, webhook),
  ];
  return { told: parts.reduce((sum, { told }) => sum + told, 0), hasMore: parts.some(({ hasMore }) => hasMore) };
}

function wanted(webhook: WebhookRow, messages: ReadonlyArray<NewWebhookDelivery | null>): NewWebhookDelivery[] {
  return messages.filter((one) => one !== null).filter(({ type }) => webhook.types.includes(type));
}

/** Events of emails and records of consent: both are only ever added to. */
async function tellEvents(tx: Tx, webhook: WebhookRow, before: string): Promise<Fed> {
  const walk = { workspaceId: webhook.workspaceId, before, limit: EVENTS_AT_ONCE };
  const events = await walkEmailEvents(tx, { ...walk, after: webhook.eventCursor });
  const consents = await walkConsents(tx, { ...walk, after: webhook.consentCursor });
  const messages = [...events.map(aboutEvent), ...consents.map(aboutConsent)];
  const told = await insertWebhookDeliveries(tx, webhook.id, wanted(webhook, messages));
  const eventCursor = cursorAfter(events, webhook.eventCursor, before);
  const consentCursor = cursorAfter(consents, webhook.consentCursor, before);
  if (eventCursor !== webhook.eventCursor || consentCursor !== webhook.consentCursor)
    await moveWebhookCursors(tx, webhook.id, { eventCursor, consentCursor });
  return { told, hasMore: events.length === EVENTS_AT_ONCE || consents.length === EVENTS_AT_ONCE };
}

/** Half a minute of nothing is no reason to write. */
const STEP_MS = 30_000;

/**
 * The last that was read; when that was all, up to the horizon, now and then, so that a quiet workspace does not walk over the
 * events of others.
 */
function cursorAfter(rows: ReadonlyArray<{ readonly id: string }>, cursor: string, before: string): string {
  const last = rows.at(-1)?.id;
  if (rows.length === EVENTS_AT_ONCE && last !== undefined) return last;
  if (last !== undefined) return last > cursor ? last : cursor;
  return msOf(before) - msOf(cursor) > STEP_MS ? before : cursor;
}

function msOf(id: string): number {
  return Number.parseInt(id.slice(0, 13).replace('-', ''), 16);
}

async function tellCampaigns(tx: Tx, webhook: WebhookRow): Promise<Fed> {
  if (!webhook.types.some((type) => type.startsWith('campaign.'))) return { told: 0, hasMore: false };
  const changed = await takeChangedCampaigns(tx, webhook, CAMPAIGNS_AT_ONCE);
  const told = await insertWebhookDeliveries(tx, webhook.id, wanted(webhook, changed.flatMap(aboutCampaign)));
  return { told, hasMore: changed.length === CAMPAIGNS_AT_ONCE };
}

const OF_LEDGER: readonly WebhookType[] = ['email.sent', 'email.failed'];

/** Rows of batches that came to rest. A batch that goes on later is looked at again, and what is known by then is passed over. */
async function tellLedger(tx: Tx, webhook: WebhookRow): Promise<Fed> {
  if (!OF_LEDGER.some((type) => webhook.types.includes(type))) return { told: 0, hasMore: false };
  const batches = await findUntoldBatches(tx, webhook, BATCHES_AT_ONCE);
  let told = 0;
  for (const batch of batches) {
    const rows = await listToldRows(tx, batch);
    told += await insertWebhookDeliveries(tx, webhook.id, wanted(webhook, rows.map(aboutRow)));
    await markBatchesTold(tx, webhook.id, [batch]);
  }
  return { told, hasMore: batches.length === BATCHES_AT_ONCE };
}

/** The same of single emails, of which there may be hundreds a second: found by when their counts were taken. */
async function tellEmails(tx: Tx, webhook: WebhookRow): Promise<Fed> {
  if (!OF_LEDGER.some((type) => webhook.types.includes(type))) return { told: 0, hasMore: false };
  const lookedAt = new Date();
  const emails = await findUntoldEmails(tx, webhook, EMAILS_AT_ONCE);
  const rows = await listToldRowsOf(tx, emails);
  const told = await insertWebhookDeliveries(tx, webhook.id, wanted(webhook, rows.map(aboutRow)));
  await markBatchesTold(tx, webhook.id, emails);
  const hasMore = emails.length === EMAILS_AT_ONCE;
  const upTo = (hasMore ? emails.at(-1)?.countedAt : undefined) ?? lookedAt;
  const cursor = new Date(upTo.getTime() - CLOCK_MS);
  if (cursor.getTime() - webhook.emailCursor.getTime() > STEP_MS) await moveEmailCursor(tx, webhook.id, cursor);
  return { told, hasMore };
}

/** By how much the clocks of this machine and the database's may differ. */
const CLOCK_MS = 60_000;
