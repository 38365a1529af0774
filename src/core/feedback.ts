import { inTransaction, type Tx } from '../db/database.ts';
import {
  type Evidence,
  findByRemoteId,
  findLastSends,
  insertEvents,
  keepEvidence,
  type LedgerRef,
  lockToldRows,
  type NewEvent,
  type ToldRow,
} from '../db/feedback.ts';
import { withoutNul } from '../db/jsonb.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import type { RecipientRef } from '../domain/tokens.ts';
import type { Core } from './context.ts';
import { excludeReported } from './exclusion.ts';
import { actOnFeedback } from './feedback-consequences.ts';
import { settleEvidence } from './feedback-evidence.ts';

export type FeedbackCore = Pick<Core, 'db' | 'events' | 'tokens'>;

export type FeedbackType =
  | 'delivered'
  | 'bounced'
  | 'delayed'
  | 'complained'
  | 'opened'
  | 'clicked'
  | 'unsubscribed'
  | 'auto-reply'
  /** By a provider that had taken it: it was never sent on. */
  | 'rejected';

/** Something that was told of a message after its hand-over, by whichever way. */
export interface FeedbackEvent {
  readonly type: FeedbackType;
  /** Who tells: `listener`, `mailbox`, `ses`, … With `eventId` it names the event: told again, it counts once. */
  readonly source: string;
  readonly eventId: string;
  readonly occurredAt: Date;
  /** The row, where a token of ours named it: it was verified by whoever read it. */
  readonly ref: RecipientRef | null;
  /** Message-ID of the copy, with or without angle brackets. It counts when its MAC is ours. */
  readonly messageId: string | null;
  /** The provider's name for the message, as it was answered at the hand-over. Only of who is trusted. */
  readonly remoteId?: string | null;
  /** Who it was about, as the report says. */
  readonly recipient: string | null;
  /**
   * The source proved who it is (a signed webhook): a bare address is enough for it. Whatever comes by mail may be anybody's
   * and needs a token or Message-ID of ours.
   */
  readonly trusted: boolean;
  /** Of a bounce: no later message will reach the address either. */
  readonly hard: boolean;
  readonly class: string | null;
  readonly status: string | null;
  readonly reply: number | null;
  readonly response: string | null;
  /** Whatever else is to be shown with the event: a link, a user agent. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Of an opening or a click: a scanner or a prefetching program did it. */
  readonly machine?: boolean;
  /** Of a click on a link of ours. */
  readonly linkNo?: number;
}

/** What became of each event, in the order they were given. `repeated`: known already, or the like of it. */
export type FeedbackResult = 'recorded' | 'repeated' | 'unmatched';

/** An event and the row it is about. */
export interface MatchedEvent {
  readonly event: FeedbackEvent;
  readonly row: ToldRow;
  /** The message was named, not its recipient alone. */
  readonly isCertain: boolean;
}

/**
 * Takes what was told of messages: writes the events, proves what was `unknown`, suppresses and unsubscribes. Everything of
 * one call is one transaction, and an event told again changes nothing: killed at any point and called again, it ends the
 * same. `workspaceId`: whose webhook or mailbox it came by; rows of other workspaces are not touched. Null where only rows
 * named by tokens are taken. `alongside` runs in the same transaction, with the results.
 */
export async function takeFeedback(
  core: FeedbackCore,
  workspaceId: string | null,
  events: readonly FeedbackEvent[],
  alongside?: (tx: Tx, results: readonly FeedbackResult[]) => Promise<void>,
): Promise<FeedbackResult[]> {
  const done = await inTransaction(core.db.sql, async (tx) => {
    const refs = await findRefs(core, tx, workspaceId, events);
    const rows = await lockToldRows(
      tx,
      refs.filter((found) => found !== null).map(({ ref }) => ref),
      workspaceId,
    );
    const byRef = new Map(rows.map((row) => [keyOf(row), row]));
    const matched = events.map((event, at) => {
      const found = refs[at] ?? null;
      const row = found === null ? undefined : byRef.get(keyOf(found.ref));
      return row === undefined || found === null ? null : { event, row, isCertain: found.isCertain };
    });
    const isNew = await writeEvents(
      tx,
      matched.filter((one) => one !== null),
    );
    const fresh = matched.filter((one) => one !== null).filter(isNew);
    await keepEvidence(tx, fresh.flatMap(evidenceOf));
    const suppressed = await actOnFeedback(tx, fresh);
    const seen = new Set<MatchedEvent>(fresh);
    const results = matched.map((one) => (one === null ? 'unmatched' : seen.has(one) ? 'recorded' : 'repeated'));
    await alongside?.(tx, results);
    return { results, fresh, suppressed };
  });
  await settleEvidence(core);
  for (const [workspace, keys] of done.suppressed) await excludeReported(core, workspace, keys);
  for (const id of new Set(done.fresh.map(({ row }) => row.campaignId))) core.events.publish({ kind: 'campaign', id });
  return done.results;
}

const keyOf = ({ sendId, seq }: LedgerRef) => `${sendId} ${seq}`;

interface FoundRef {
  readonly ref: LedgerRef;
  readonly isCertain: boolean;
}

/**
 * The row of each event: by token, by Message-ID, and for who proved themselves by the provider's name for the message, or by
 * the last message to the address.
 */
async function findRefs(
  { tokens }: FeedbackCore,
  tx: Tx,
  workspaceId: string | null,
  events: readonly FeedbackEvent[],
): Promise<Array<FoundRef | null>> {
  const named = events.map(({ ref, messageId }) => {
    const found = ref ?? (messageId === null ? null : tokens.readMessageId(messageId.trim()));
    return found && { ref: found, isCertain: true };
  });
  if (workspaceId === null) return named;
  const open = events.map((event, at) => (named[at] === null && event.trusted ? event : null));
  const remote = await findByRemoteId(tx, workspaceId, open.flatMap(remoteOf));
  const byRemote = new Map(remote.map((row) => [`${row.emailKey} ${row.remoteId}`, row]));
  const addresses = open.flatMap((event) => (event !== null && isOfAddress(event) ? keyOfAddress(event) : []));
  const last = await findLastSends(tx, workspaceId, [...new Set(addresses)]);
  const byAddress = new Map(last.map((row) => [row.emailKey, row]));
  return named.map((ref, at) => {
    const event = open[at] ?? null;
    if (ref !== null || event === null) return ref;
    const [address = ''] = keyOfAddress(event);
    const told = byRemote.get(`${address} ${event.remoteId}`);
    if (told !== undefined) return { ref: told, isCertain: true };
    const row = isOfAddress(event) ? byAddress.get(address) : undefined;
    return row === undefined ? null : { ref: row, isCertain: !event.remoteId };
  });
}

const keyOfAddress = ({ recipient }: FeedbackEvent) => (recipient === null ? [] : [recipient.toLowerCase()]);

function remoteOf(event: FeedbackEvent | null): Array<{ emailKey: string; remoteId: string }> {
  if (!event?.remoteId) return [];
  return keyOfAddress(event).map((emailKey) => ({ emailKey, remoteId: event.remoteId ?? '' }));
}

/** Of a message that is named and not ours (others send over the same account), only what concerns the address counts. */
function isOfAddress({ remoteId, type }: FeedbackEvent): boolean {
  return !remoteId || type === 'bounced' || type === 'complained' || type === 'unsubscribed';
}

/** Writes the events; answers whether one was new. The first of several with one name counts. */
async function writeEvents(tx: Tx, matched: readonly MatchedEvent[]): Promise<(one: MatchedEvent) => boolean> {
  const first = new Map<string, MatchedEvent>();
  for (const one of matched) if (!first.has(nameOf(one))) first.set(nameOf(one), one);
  const written = await insertEvents(tx, [...first.values()].map(toRow));
  const names = new Set(written.map(({ workspaceId, source, eventId }) => `${workspaceId} ${source} ${eventId}`));
  return (one) => names.has(nameOf(one)) && first.get(nameOf(one)) === one;
}

const nameOf = ({ event, row }: MatchedEvent) => `${row.workspaceId} ${event.source} ${eventIdOf(event)}`;

/** Names of events come from outside; beyond this they would not fit into an index. */
const LONGEST_EVENT_ID = 500;

function eventIdOf({ eventId }: FeedbackEvent): string {
  return withoutNul(eventId).slice(0, LONGEST_EVENT_ID);
}

function toRow({ event, row }: MatchedEvent): NewEvent {
  const { type, source, occurredAt, class: name, status, reply, response, hard, recipient, data } = event;
  const told = { class: name, status, reply, response, ...(type === 'bounced' ? { hard } : {}) };
  const known = Object.entries(told).filter(([, value]) => value !== null);
  const about = recipient !== null && recipient.toLowerCase() !== row.emailKey ? { recipient } : {};
  return {
    workspaceId: row.workspaceId,
    sendId: row.sendId,
    seq: row.seq,
    type,
    source,
    eventId: eventIdOf(event),
    occurredAt: occurredAt.getTime() > Date.now() ? new Date() : occurredAt, // a clock that is ahead
    data: { ...data, ...Object.fromEntries(known), ...about },
    machine: event.machine ?? false,
    linkNo: event.linkNo ?? null,
  };
}

const PROOF: Readonly<Record<FeedbackType, string>> = {
  delivered: 'its delivery was reported',
  bounced: 'it came back',
  delayed: 'its delay was reported',
  complained: 'its recipient complained about it',
  opened: 'it was opened',
  clicked: 'a link in it was followed',
  unsubscribed: 'its recipient unsubscribed',
  'auto-reply': 'it was answered automatically',
  rejected: 'the provider said that it did not send it on',
};

/**
 * Every report of a message proves that it was sent, and a provider's rejection that it was not: what is not known, or not yet,
 * is to be put right.
 */
function evidenceOf({ event, row, isCertain }: MatchedEvent): Evidence[] {
  if (!isCertain || (row.state !== STATE_CODE.unknown && row.state !== STATE_CODE.sending)) return [];
  const { sendId, seq } = row;
  const isRejected = event.type === 'rejected';
  const said = event.response === null ? '' : ` It says: ${withoutNul(event.response).slice(0, 500)}`;
  const words = isRejected
    ? `The reply was lost, but ${PROOF.rejected}.${said}`
    : `The reply was lost, but ${PROOF[event.type]}: so it was sent.`;
  return [{ sendId, seq, at: event.occurredAt, words, state: isRejected ? STATE_CODE.failed : STATE_CODE.sent }];
}
