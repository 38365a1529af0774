import { insertConsent } from '../db/consents.ts';
import type { Tx } from '../db/database.ts';
import { type FeedbackSuppression, findWornOut, suppressByFeedback } from '../db/feedback.ts';
import { withoutNul } from '../db/jsonb.ts';
import { leaveLists } from '../db/subscriptions.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { REPLY_CLASSES, type ReplyClassName } from '../mail/classify/reply-classes.ts';
import type { MatchedEvent } from './feedback.ts';
import { softBounceDaysOf } from './settings.ts';

/** Soft bounces that speak of the mailbox; those about us, the message or the link say nothing of the address. */
const OF_THE_MAILBOX = (Object.keys(REPLY_CLASSES) as ReplyClassName[]).filter(
  (name) => REPLY_CLASSES[name].subject === 'recipient',
);
/** As good as hard: nobody will read there, and providers hold it against who goes on. */
const FINAL: ReadonlySet<string> = new Set<ReplyClassName>(['provider-suppressed', 'mailbox-abandoned']);
const LONGEST_SOURCE = 500;

/**
 * What new events mean for their recipients: hard bounces and complaints suppress, complaints also unsubscribe, soft
 * bounces suppress when they come on too many days. Returns what is suppressed only now, by workspace.
 */
export async function actOnFeedback(tx: Tx, events: readonly MatchedEvent[]): Promise<Map<string, string[]>> {
  const suppressed = new Map<string, string[]>();
  const workspaces = [...new Set(events.map(({ row }) => row.workspaceId))].sort();
  for (const workspaceId of workspaces) {
    const own = events.filter(({ row }) => row.workspaceId === workspaceId);
    const entries = [...own.flatMap(entryOf), ...(await wornOut(tx, workspaceId, own))];
    const keys = await suppressByFeedback(tx, workspaceId, entries);
    if (keys.length > 0) suppressed.set(workspaceId, keys);
    for (const one of own) if (isComplaint(one) || one.event.type === 'unsubscribed') await unsubscribe(tx, one);
  }
  return suppressed;
}

function isComplaint({ event }: MatchedEvent): boolean {
  return event.type === 'complained' && event.data?.feedback !== 'auth-failure' && event.data?.feedback !== 'not-spam';
}

function entryOf(one: MatchedEvent): FeedbackSuppression[] {
  const { event, row } = one;
  const reason = reasonOf(one);
  if (reason === null) return [];
  const said = withoutNul(event.response ?? event.class ?? event.type);
  const source = `${event.source}: ${said}`.slice(0, LONGEST_SOURCE);
  return [{ email: row.email, emailKey: row.emailKey, reason, source }];
}

function reasonOf(one: MatchedEvent): FeedbackSuppression['reason'] | null {
  if (isComplaint(one)) return 'complaint';
  if (isPermanent(one)) return 'hard-bounce';
  // From the lists they are on; who is on none is left alone altogether.
  return one.event.type === 'unsubscribed' && one.row.listIds.length === 0 ? 'unsubscribed' : null;
}

/** A report about another address than ours (forwarded, expanded) says nothing for certain of ours. */
function isPermanent({ event, row }: MatchedEvent): boolean {
  if (event.type === 'rejected') return event.class === 'provider-suppressed';
  if (event.type !== 'bounced') return false;
  const isOurs = event.recipient === null || event.recipient.toLowerCase() === row.emailKey;
  return isOurs && (event.hard || FINAL.has(event.class ?? ''));
}

async function wornOut(tx: Tx, workspaceId: string, events: readonly MatchedEvent[]): Promise<FeedbackSuppression[]> {
  const soft = events.filter((one) => one.event.type === 'bounced' && !isPermanent(one));
  const days = softBounceDaysOf((await getWorkspace(tx, workspaceId)).settings);
  if (days === 0 || soft.length === 0) return [];
  const keys = soft.map(({ row }) => row.emailKey);
  const worn = new Set(await findWornOut(tx, workspaceId, keys, { days, classes: OF_THE_MAILBOX }));
  return soft
    .filter(({ row }) => worn.has(row.emailKey))
    .map(({ event, row }) => {
      const last = withoutNul(event.response ?? event.class ?? '');
      const source = `soft bounces on ${days} days within 30, the last: ${last}`.slice(0, LONGEST_SOURCE);
      return { email: row.email, emailKey: row.emailKey, reason: 'hard-bounce', source };
    });
}

/** These are few: a statement each is no burden. */
async function unsubscribe(tx: Tx, { event, row }: MatchedEvent): Promise<void> {
  const { workspaceId, contactId, emailKey, campaignId, listIds } = row;
  if (contactId === null || listIds.length === 0) return;
  const { left } = await leaveLists(tx, contactId, listIds);
  if (left.length === 0) return;
  const source = `${event.type} campaign ${campaignId}, told by ${event.source}`;
  const origin = { method: 'mail', source, detail: null, textHash: null, ip: null, userAgent: null } as const;
  await insertConsent(tx, { workspaceId, contactId, emailKey }, { action: 'unsubscribed', listIds: left }, origin);
}
