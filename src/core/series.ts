import type { CampaignDraftBody } from '../contract/campaigns.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import type {
  NewSeries,
  OccurrencesQuery,
  SeriesCampaign,
  SeriesChange,
  SeriesDetail,
  SeriesFeed,
  SeriesOccurrence,
  SeriesSchedule,
  SeriesSummary,
} from '../contract/series.ts';
import { inTransaction } from '../db/database.ts';
import { jsonbText } from '../db/jsonb.ts';
import {
  deleteSeries,
  findSeries,
  insertSeries,
  listSeries,
  lockSeries,
  type SeriesRow,
  type SeriesUpdate,
  updateSeries,
} from '../db/series.ts';
import {
  dropDueOccurrences,
  findLastOccurrences,
  insertOccurrences,
  listOccurrences,
  type ShownOccurrence,
} from '../db/series-occurrences.ts';
import { comingOccurrences, type Recurrence } from '../domain/recurrence.ts';
import { AppError, notFound } from '../errors.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { holdSegments } from './campaign-segments.ts';
import { readSettings } from './campaign-settings.ts';
import { type Content, invalid, mergeContent, prepareContent } from './content.ts';
import type { Caller, Core } from './context.ts';
import { rowsOfPage, toPage, toPageWith } from './cursor.ts';
import { contentPart, EXAMPLE_FEED, fillContent, ownContent } from './series-content.ts';
import {
  campaignOf,
  feedOf,
  type KeptFeed,
  nextOf,
  readBounds,
  readFeedSettings,
  readSchedule,
  recurrenceOf,
  timesOf,
} from './series-settings.ts';

type SeriesCore = Pick<Core, 'db'>;

const CATCH_UP_HOURS = 12;

/** Makes a series that comes from now on. Whatever a campaign of it could be refused for is refused now. */
export async function createSeries(core: SeriesCore, caller: Caller, body: NewSeries): Promise<SeriesDetail> {
  const { name, schedule, feed, startsAt, endsAt, catchUpHours = CATCH_UP_HOURS, ...campaign } = body;
  const recurrence = await readSchedule(core, caller, schedule);
  const kept = feed === undefined ? null : readFeedSettings(caller, feed, null);
  const bounds = readBounds(startsAt ?? null, endsAt ?? null);
  await checkContent(core, caller, campaign, kept);
  const [next] = comingOccurrences(recurrence, bounds, Date.now(), 1);
  if (next === undefined) throw invalid('endsAt', 'is before the first time that the schedule comes to');
  const row = await inTransaction(core.db.sql, async (tx) => {
    await holdSegments(tx, caller.workspaceId, campaign.audience);
    return insertSeries(tx, {
      workspaceId: caller.workspaceId,
      name,
      campaign: jsonbText(campaign),
      schedule: jsonbText(recurrence),
      feed: kept && jsonbText(kept),
      ...bounds,
      catchUpHours,
      nextAt: new Date(next),
    });
  });
  return getSeries(core, caller, row.id);
}

export async function changeSeries(
  core: SeriesCore,
  caller: Caller,
  id: string,
  change: SeriesChange,
): Promise<SeriesDetail> {
  const recurrence = change.schedule && (await readSchedule(core, caller, change.schedule));
  // What two people change at once is both changed: the second begins again with what the first has left.
  while (!(await changeOnce(core, caller, id, change, recurrence)));
  return getSeries(core, caller, id);
}

/** False when somebody else changed it meanwhile. */
async function changeOnce(
  core: SeriesCore,
  caller: Caller,
  id: string,
  change: SeriesChange,
  recurrence: Recurrence | undefined,
): Promise<boolean> {
  const { name, schedule: _schedule, feed, startsAt: _starts, endsAt: _ends, catchUpHours, ...parts } = change;
  const before = await findOwn(core, caller, id);
  const campaign = mergeCampaign(campaignOf(before), parts);
  const kept = feed === undefined ? feedOf(before) : feed && readFeedSettings(caller, feed, feedOf(before));
  await checkContent(core, caller, campaign, kept);
  return inTransaction(core.db.sql, async (tx) => {
    const row = await lockSeries(tx, caller.workspaceId, id);
    if (!row) throw notFound('series', id);
    if (row.updatedAt.getTime() !== before.updatedAt.getTime()) return false;
    if (campaign.audience) await holdSegments(tx, caller.workspaceId, campaign.audience);
    const isOtherFeed = kept?.url !== feedOf(row)?.url;
    await updateSeries(tx, id, {
      ...(name === undefined ? {} : { name }),
      ...(catchUpHours === undefined ? {} : { catchUpHours }),
      campaign: jsonbText(campaign),
      feed: kept && jsonbText(kept),
      ...(isOtherFeed ? { feedEtag: null, feedModified: null } : {}),
      ...changedTimes(row, recurrence, change),
    });
    return true;
  });
}

function changedTimes(row: SeriesRow, recurrence: Recurrence | undefined, change: SeriesChange): SeriesUpdate {
  if (!recurrence && change.startsAt === undefined && change.endsAt === undefined) return {};
  const kept = (at: Date | null) => at?.toISOString() ?? null;
  const { startsAt = kept(row.startsAt), endsAt = kept(row.endsAt) } = change;
  const times = { schedule: recurrence ?? recurrenceOf(row), ...readBounds(startsAt, endsAt) };
  const nextAt = row.state === 'active' ? nextOf(times, Date.now()) : null;
  return { ...times, schedule: jsonbText(times.schedule), nextAt };
}

/** Nothing of it is launched until it is resumed; what comes meanwhile is not made up for. */
export async function pauseSeries(core: SeriesCore, caller: Caller, id: string): Promise<SeriesDetail> {
  await inTransaction(core.db.sql, async (tx) => {
    if (!(await lockSeries(tx, caller.workspaceId, id))) throw notFound('series', id);
    await updateSeries(tx, id, { state: 'paused', stateReason: null, nextAt: null });
    await dropDueOccurrences(tx, id, 'The series was paused.');
  });
  return getSeries(core, caller, id);
}

/** Goes on with the next time that comes. */
export async function resumeSeries(core: SeriesCore, caller: Caller, id: string): Promise<SeriesDetail> {
  await inTransaction(core.db.sql, async (tx) => {
    const row = await lockSeries(tx, caller.workspaceId, id);
    if (!row) throw notFound('series', id);
    if (row.state === 'active') return;
    await updateSeries(tx, id, { state: 'active', stateReason: null, failures: 0, nextAt: nextOf(row, Date.now()) });
  });
  return getSeries(core, caller, id);
}

/** An occurrence now, beside those of the schedule; also of a series that is paused. */
export async function runSeries(core: SeriesCore, caller: Caller, id: string): Promise<SeriesOccurrence> {
  const row = await inTransaction(core.db.sql, async (tx) => {
    if (!(await lockSeries(tx, caller.workspaceId, id))) throw notFound('series', id);
    const now = Date.now();
    const asked = { id: uuid7(now), seriesId: id, occursAt: new Date(now), manual: true, campaignId: uuid7() };
    const [made] = await insertOccurrences(tx, [asked]);
    if (made) return made;
    throw new AppError('RATE_LIMITED', 'The series comes at this very moment. Ask again in a second.', {
      retryAfterSeconds: 1,
    });
  });
  return showOccurrence({ ...row, campaignState: null });
}

export async function getSeries(core: SeriesCore, caller: Caller, id: string): Promise<SeriesDetail> {
  const row = await findOwn(core, caller, id);
  const last = (await findLastOccurrences(core.db.sql, [id])).get(id);
  const feed = feedOf(row);
  const { since: _since, ...shown } = feed ?? { since: '' };
  const isComing = row.state === 'active' && row.nextAt !== null;
  const first = row.nextAt?.getTime() ?? 0;
  return {
    ...summaryOf(row, last),
    campaign: campaignOf(row),
    feed: feed && (shown as SeriesFeed),
    startsAt: row.startsAt?.toISOString() ?? null,
    endsAt: row.endsAt?.toISOString() ?? null,
    catchUpHours: row.catchUpHours,
    next: isComing ? timesOf(recurrenceOf(row), row, first - 1) : [],
  };
}

export async function listSeriesPage(core: SeriesCore, caller: Caller, query: PageQuery): Promise<Page<SeriesSummary>> {
  const { limit = 50 } = query;
  const rows = await listSeries(core.db.sql, { workspaceId: caller.workspaceId, ...rowsOfPage(query, limit) });
  const find = (ids: string[]) => findLastOccurrences(core.db.sql, ids);
  return toPageWith(rows, limit, find, summaryOf);
}

export async function listOccurrencePage(
  core: SeriesCore,
  caller: Caller,
  id: string,
  query: OccurrencesQuery,
): Promise<Page<SeriesOccurrence>> {
  await findOwn(core, caller, id);
  const { limit = 50 } = query;
  const rows = await listOccurrences(core.db.sql, { seriesId: id, ...rowsOfPage(query, limit) });
  return toPage(rows, limit, (row) => row.id, showOccurrence);
}

/** Its campaigns stay. */
export async function removeSeries(core: SeriesCore, caller: Caller, id: string): Promise<void> {
  if (!(await deleteSeries(core.db.sql, caller.workspaceId, id))) throw notFound('series', id);
}

/** Everything that a campaign of it would be refused for, as far as it is known now. */
async function checkContent(
  core: SeriesCore,
  caller: Caller,
  campaign: SeriesCampaign,
  feed: KeptFeed | null,
): Promise<void> {
  const { workspaceId } = caller;
  await readSettings(core, workspaceId, campaign as CampaignDraftBody);
  const content = contentPart(campaign);
  const { templateId, htmlContent, mjml, design, textContent } = content;
  if (templateId !== undefined && [htmlContent, mjml, design, textContent].some((part) => part !== undefined))
    throw invalid('templateId', 'send either templateId or content of its own, not both');
  if (feed) await fillContent(core.db.sql, workspaceId, content, EXAMPLE_FEED);
  else await prepareContent(await ownContent(core.db.sql, workspaceId, content));
}

/** A change over what there was; null takes a part out, and another form of content takes the place of the old one. */
function mergeCampaign(old: SeriesCampaign, change: Omit<SeriesChange, 'name'>): SeriesCampaign {
  const given = Object.entries(change);
  const named = Object.fromEntries(given.filter(([, value]) => value !== null)) as SeriesCampaign;
  const taken = new Set(given.filter(([, value]) => value === null).map(([name]) => name));
  const content = mergedContent(contentPart(old), contentPart(named));
  const others = Object.entries({ ...old, ...named }).filter(([name]) => !(CONTENT.has(name) || taken.has(name)));
  return { ...Object.fromEntries(others), ...content } as SeriesCampaign;
}

const CONTENT = new Set(['subject', 'htmlContent', 'textContent', 'mjml', 'design', 'templateId']);

function mergedContent(old: Content, change: Content): Content {
  if (change.templateId !== undefined) return change;
  const { subject: _subject, ...body } = change;
  if (old.templateId === undefined || Object.keys(body).length === 0) return mergeContent(old, change);
  return { ...(old.subject === undefined ? {} : { subject: old.subject }), ...change };
}

async function findOwn(core: SeriesCore, caller: Caller, id: string): Promise<SeriesRow> {
  const row = await findSeries(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('series', id);
  return row;
}

function summaryOf(row: SeriesRow, last: ShownOccurrence | undefined): SeriesSummary {
  return {
    id: row.id,
    name: row.name,
    subject: campaignOf(row).subject ?? null,
    state: row.state === 'active' && row.nextAt === null ? 'ended' : row.state,
    stateReason: row.stateReason,
    schedule: row.schedule as SeriesSchedule,
    feedUrl: feedOf(row)?.url ?? null,
    nextAt: row.nextAt?.toISOString() ?? null,
    failures: row.failures,
    last: last ? showOccurrence(last) : null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function showOccurrence(row: ShownOccurrence): SeriesOccurrence {
  return {
    id: row.id,
    occursAt: row.occursAt.toISOString(),
    manual: row.manual,
    state: row.state,
    reason: row.reason,
    campaignId: row.state === 'launched' && row.campaignState !== null ? row.campaignId : null,
    campaignState: row.campaignState,
    items: row.items,
    passedOver: row.passedOver,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
