import type { SendCampaignBody } from '../contract/campaigns.ts';
import { deleteDraft, findCampaign } from '../db/campaigns.ts';
import { type Executor, inTransaction, isDatabaseAway, isRetryableConflict } from '../db/database.ts';
import { findSeries, lockSeries, type SeriesRow, updateSeries } from '../db/series.ts';
import {
  deleteSeenItems,
  holdOccurrence,
  insertOccurrences,
  insertSeenItems,
  noteFeedUse,
  noteStored,
  type OccurrenceRow,
  postponeOccurrence,
  settleOccurrence,
  takeOccurrence,
} from '../db/series-occurrences.ts';
import { occurrencesBetween } from '../domain/recurrence.ts';
import { dayAt } from '../domain/segment-days.ts';
import { AppError } from '../errors.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { type CampaignOrigin, createCampaign, launchCampaign } from './campaigns.ts';
import type { Caller, Core } from './context.ts';
import { contentPart, feedValues, fillContent } from './series-content.ts';
import { type FeedNews, readFeedNews } from './series-feed.ts';
import { campaignOf, feedOf, nextOf, recurrenceOf } from './series-settings.ts';

type RunCore = Pick<Core, 'db' | 'queues' | 'events' | 'log'>;

const HOUR_MS = 3_600_000;
/** What a series that makes up for nothing still counts as its time: watches go round every two seconds. */
const PUNCTUAL_MS = 300_000;
/** More than a year of days; what was missed before is not written down. */
const MOST_MISSED = 400;
/** Far longer than it takes. Whoever is slower loses the occurrence to another, and finds that out before it stores anything. */
const HOLD_MS = 120_000;
/** A feed that cannot be read is asked for again after these; then the occurrence has failed. */
const FEED_RETRY_MS = [60_000, 300_000, 900_000];
const FAULT_RETRY_MS = 30_000;
const MOST_FAULTS = 5;
/** Occurrences in a row that cannot be launched. */
const MOST_FAILURES = 3;

/**
 * Writes down that a series' time has come. After a while in which nothing ran the latest occurrence is made up for, if it
 * is not too late; those before it are missed. Safe to run by several processes at once: the series is locked meanwhile.
 */
export async function planSeries(core: Pick<Core, 'db'>, workspaceId: string, id: string): Promise<void> {
  await inTransaction(core.db.sql, async (tx) => {
    const series = await lockSeries(tx, workspaceId, id);
    const now = Date.now();
    if (series?.state !== 'active' || series.nextAt === null || series.nextAt.getTime() > now) return;
    const until = Math.min(now, series.endsAt?.getTime() ?? now);
    const times = occurrencesBetween(recurrenceOf(series), series.nextAt.getTime(), until, MOST_MISSED);
    const due = [series.nextAt.getTime(), ...times];
    const rows = due.map((at, i) => {
      const isMadeUp = i === due.length - 1 && !isTooLate(series, at, now);
      const isOver = { state: 'missed', reason: 'Nothing ran at its time.', finishedAt: new Date(now) };
      const occurrence = { id: uuid7(at), seriesId: id, occursAt: new Date(at), campaignId: uuid7() };
      return isMadeUp ? occurrence : { ...occurrence, ...isOver };
    });
    await insertOccurrences(tx, rows);
    await updateSeries(tx, id, { nextAt: nextOf(series, now) });
  });
}

function isTooLate({ catchUpHours }: SeriesRow, at: number, now: number): boolean {
  return now - at > Math.max(catchUpHours * HOUR_MS, PUNCTUAL_MS);
}

/** Begun in time, and tried again meanwhile. */
const LONGEST_TRIES_MS = 2 * FEED_RETRY_MS.reduce((sum, ms) => sum + ms, 0);

/**
 * Launches the campaign of an occurrence that is due. Its id is known before there is a campaign, and each step leaves what
 * the next one finds: killed anywhere, whoever takes it up next goes on, and it stays one campaign. Safe to run anywhere and
 * any number of times at once.
 */
export async function runOccurrence(core: RunCore, id: string): Promise<void> {
  const occurrence = await takeOccurrence(core.db.sql, id, HOLD_MS);
  if (!occurrence) return;
  const series = await core.db.sql
    .selectFrom('series')
    .selectAll()
    .where('id', '=', occurrence.seriesId)
    .executeTakeFirst();
  if (!series) return;
  try {
    await launch(core, series, occurrence);
  } catch (error) {
    await settleFault(core, series, occurrence, error);
  }
}

async function launch(core: RunCore, series: SeriesRow, occurrence: OccurrenceRow): Promise<void> {
  const caller = callerFor(series);
  const { campaignId, occursAt } = occurrence;
  const known = await findCampaign(core.db.sql, series.workspaceId, campaignId);
  if (known && known.state !== 'draft') return settle(core, series, occurrence, { state: 'launched', reason: null });
  // Whoever deletes a campaign does not want another one in its place.
  if (!known && occurrence.storedAt)
    return settle(core, series, occurrence, { state: 'launched', reason: 'Its campaign was deleted.' });
  if (isTooLate(series, occursAt.getTime(), Date.now() - LONGEST_TRIES_MS)) {
    const reason = 'It was begun in time, but nothing ran that could have ended it.';
    return settle(core, series, occurrence, { state: 'missed', reason });
  }
  if (!known && !(await store(core, caller, series, occurrence))) return;
  await launchCampaign(core, caller, campaignId);
  await settle(core, series, occurrence, { state: 'launched', reason: null });
}

/** Stores the campaign as a draft; false when there is nothing to send. */
async function store(core: RunCore, caller: Caller, series: SeriesRow, occurrence: OccurrenceRow): Promise<boolean> {
  const { audience, ...campaign } = campaignOf(series);
  const recurrence = recurrenceOf(series);
  const name = `${series.name}, ${dayAt(occurrence.occursAt.getTime(), recurrence.timezone)}`.slice(-200);
  const body = { ...campaign, audience: audience ?? {}, name, timezone: recurrence.timezone } as SendCampaignBody;
  const feed = feedOf(series);
  const news = feed && (await readFeedNews(core, series, feed));
  if (news && news.items.length === 0) {
    await settleNothingNew(core, series, occurrence, news);
    return false;
  }
  const origin: CampaignOrigin = {
    seriesId: series.id,
    content: news
      ? await fillContent(core.db.sql, series.workspaceId, contentPart(campaign), feedValues(news.feed, news.items))
      : null,
    before: async (tx) => {
      await hold(tx, series, occurrence);
      await noteStored(tx, occurrence.id);
      if (news) await noteNews(tx, series, occurrence, news);
    },
  };
  await createCampaign(core, caller, body, occurrence.campaignId, origin);
  return true;
}

/** Throws when somebody else has the occurrence by now. */
async function hold(tx: Executor, { workspaceId, id }: SeriesRow, occurrence: OccurrenceRow): Promise<void> {
  const isMine = (await lockSeries(tx, workspaceId, id)) && (await holdOccurrence(tx, occurrence));
  if (!isMine) throw new LostError();
}

/** Somebody else has the occurrence, or it is over: whatever is to be said of it, they say. */
class LostError extends Error {}

/** The news are none any more, in the transaction that stores the campaign they are in. */
async function noteNews(tx: Executor, series: SeriesRow, occurrence: OccurrenceRow, news: FeedNews): Promise<void> {
  const noted = await insertSeenItems(tx, series.id, occurrence.id, news.unseen);
  if (noted !== news.unseen.length) throw new Error('another occurrence of the series used the feed meanwhile');
  await noteFeedUse(tx, occurrence.id, { items: news.items.length, passedOver: news.passedOver });
  await updateSeries(tx, series.id, { feedEtag: news.state.etag, feedModified: news.state.modified });
}

async function settleNothingNew(
  core: RunCore,
  series: SeriesRow,
  occurrence: OccurrenceRow,
  news: FeedNews,
): Promise<void> {
  await inTransaction(core.db.sql, async (tx) => {
    await hold(tx, series, occurrence);
    await insertSeenItems(tx, series.id, occurrence.id, news.unseen);
    const reason = feedOf(series)?.onlyNew ? 'Nothing is new in the feed.' : 'The feed has no items.';
    await settleOccurrence(tx, occurrence, { state: 'skipped', reason });
    await updateSeries(tx, series.id, { failures: 0, feedEtag: news.state.etag, feedModified: news.state.modified });
  });
}

async function settle(
  core: RunCore,
  series: SeriesRow,
  occurrence: OccurrenceRow,
  outcome: { state: 'launched' | 'missed'; reason: string | null },
): Promise<void> {
  await inTransaction(core.db.sql, async (tx) => {
    await hold(tx, series, occurrence);
    if (outcome.state === 'missed') await undo(tx, series, occurrence);
    await settleOccurrence(tx, occurrence, outcome);
    if (outcome.state === 'launched' && series.failures > 0) await updateSeries(tx, series.id, { failures: 0 });
  });
}

async function settleFault(core: RunCore, series: SeriesRow, occurrence: OccurrenceRow, error: unknown): Promise<void> {
  if (error instanceof LostError) return;
  const campaign = await findCampaign(core.db.sql, series.workspaceId, occurrence.campaignId);
  // Another process launched it at the same moment: whoever holds the occurrence says so.
  if (campaign && campaign.state !== 'draft')
    return settle(core, series, occurrence, { state: 'launched', reason: null }).catch(passOverLost);
  const pause = retryMs(occurrence, error);
  if (pause !== null) {
    const reason = error instanceof AppError ? error.message : null;
    core.log.warn({ err: error, seriesId: series.id }, 'an occurrence of a series waits for another try');
    return postponeOccurrence(core.db.sql, occurrence, reason, pause);
  }
  const reason =
    error instanceof AppError
      ? error.message
      : `It could not be launched, in ${MOST_FAULTS} tries; the log has the details.`;
  core.log.error({ err: error, seriesId: series.id, occurrenceId: occurrence.id }, 'an occurrence of a series failed');
  await fail(core, series, occurrence, reason).catch(passOverLost);
}

function passOverLost(error: unknown): void {
  if (!(error instanceof LostError)) throw error;
}

/** How long to wait for another try; null: another one would end the same way. */
function retryMs({ attempts }: OccurrenceRow, error: unknown): number | null {
  if (isDatabaseAway(error) || isRetryableConflict(error)) return FAULT_RETRY_MS;
  if (!(error instanceof AppError)) return attempts < MOST_FAULTS ? FAULT_RETRY_MS : null;
  return error.code === 'FEED_UNREADABLE' ? (FEED_RETRY_MS[attempts - 1] ?? null) : null;
}

async function fail(core: RunCore, series: SeriesRow, occurrence: OccurrenceRow, reason: string): Promise<void> {
  await inTransaction(core.db.sql, async (tx) => {
    await hold(tx, series, occurrence);
    await undo(tx, series, occurrence);
    await settleOccurrence(tx, occurrence, { state: 'failed', reason });
    if (occurrence.manual) return;
    const failures = ((await findSeries(tx, series.workspaceId, series.id))?.failures ?? 0) + 1;
    const words = `It could not be launched ${failures} times in a row. The last time: ${reason}`;
    const isEnough = failures >= MOST_FAILURES;
    await updateSeries(tx, series.id, {
      failures,
      ...(isEnough ? { state: 'paused', stateReason: words, nextAt: null } : {}),
    });
  });
}

/** As if it had not been begun: no draft is left, and what it had of the feed is new again. */
async function undo(tx: Executor, series: SeriesRow, { id, campaignId }: OccurrenceRow): Promise<void> {
  const isDeleted = await deleteDraft(tx, series.workspaceId, campaignId);
  if (!isDeleted && (await findCampaign(tx, series.workspaceId, campaignId)))
    throw new Error('the campaign of the occurrence was launched meanwhile');
  await deleteSeenItems(tx, id);
  if (series.feed) await updateSeries(tx, series.id, { feedEtag: null, feedModified: null });
}

/** Nobody in person. */
function callerFor({ workspaceId }: SeriesRow): Caller {
  return { workspaceId, role: 'editor', userId: null };
}
