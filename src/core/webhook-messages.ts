import { WEBHOOK_TYPES, type WebhookType } from '../contract/webhooks.ts';
import {
  type AboutEmail,
  bodyText,
  type FeedCampaign,
  type FeedConsent,
  type FeedEvent,
  type FeedRow,
  type NewWebhookDelivery,
} from '../db/webhook-feed.ts';
import { uuid7 } from '../lib/uuid7.ts';

interface Message {
  readonly type: WebhookType | 'webhook.test';
  /** The same for every endpoint, whatever its deliveries are called. */
  readonly eventId: string;
  readonly at: Date;
  readonly data: object;
  readonly emailKey?: string | null;
}

/** As it is posted (Standard Webhooks 1.0.0: type, timestamp, data), and kept so, because it is signed at every attempt. */
export function messageOf({ type, eventId, at, data, emailKey = null }: Message): NewWebhookDelivery {
  return { eventId, type, emailKey, body: bodyText({ type, timestamp: at.toISOString(), data: { eventId, ...data } }) };
}

function aboutEmail({ campaignId, campaign, isEmail, labels, seq, contactId, email, accountId }: AboutEmail): object {
  const recipient = { seq, contactId, email, accountId };
  if (!isEmail) return { campaignId, campaign, ...recipient };
  return { emailId: campaignId, subject: campaign, tags: [], metadata: {}, ...(labels as object | null), ...recipient };
}

const KNOWN: ReadonlySet<string> = new Set(WEBHOOK_TYPES);

/** Null for events that are nobody's business: an account gave way to another. */
export function aboutEvent(event: FeedEvent): NewWebhookDelivery | null {
  const type = `email.${event.type}`;
  if (!KNOWN.has(type)) return null;
  const told = typeof event.data === 'object' && event.data !== null ? event.data : {};
  return messageOf({
    type: type as WebhookType,
    eventId: `event_${event.id}`,
    at: event.occurredAt,
    data: { ...aboutEmail(event), source: event.source, ...told },
    emailKey: event.emailKey,
  });
}

export function aboutRow(row: FeedRow): NewWebhookDelivery {
  const { sendId, seq, isSent, attempts, sentAt, code, response } = row;
  return messageOf({
    type: isSent ? 'email.sent' : 'email.failed',
    // One that was tried again and failed again is told again.
    eventId: isSent ? `sent_${sendId}_${seq}` : `failed_${sendId}_${seq}_${attempts}`,
    at: sentAt ?? new Date(),
    data: { ...aboutEmail(row), attempts, code, class: row.class, response },
    emailKey: row.emailKey,
  });
}

export function aboutConsent(consent: FeedConsent): NewWebhookDelivery {
  const { id, occurredAt, contactId, email, emailKey, listId, listName, method, source } = consent;
  return messageOf({
    type: 'contact.unsubscribed',
    eventId: `consent_${id}`,
    at: occurredAt,
    data: { contactId, email, listId, listName, method, source },
    emailKey,
  });
}

const OF_STATE: Readonly<Record<string, WebhookType>> = {
  paused: 'campaign.paused',
  completed: 'campaign.finished',
  failed: 'campaign.failed',
  cancelled: 'campaign.cancelled',
};
const BEFORE_START: ReadonlySet<string | null> = new Set([null, 'draft', 'delayed', 'waiting']);

/** One that began and went on within a second is told of both. */
export function aboutCampaign(campaign: FeedCampaign): NewWebhookDelivery[] {
  const { id, name, state, stateReason, told, startedAt, finishedAt } = campaign;
  const began = BEFORE_START.has(told) && startedAt !== null;
  const types: WebhookType[] = began ? ['campaign.started'] : [];
  const now = OF_STATE[state];
  if (now !== undefined) types.push(now);
  if (told === 'paused' && (state === 'active' || state === 'waiting')) types.push('campaign.resumed');
  return types.map((type) =>
    messageOf({
      type,
      eventId: `campaign_${id}_${uuid7()}`,
      at: (type === 'campaign.started' ? startedAt : now === type ? finishedAt : null) ?? new Date(),
      data: { campaignId: id, campaign: name, state, stateReason },
    }),
  );
}
