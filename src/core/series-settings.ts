import type { SeriesCampaign, SeriesFeed, SeriesSchedule } from '../contract/series.ts';
import type { SeriesRow } from '../db/series.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { comingOccurrences, type Recurrence } from '../domain/recurrence.ts';
import { timeZoneNamed } from '../domain/time-zone.ts';
import { AppError } from '../errors.ts';
import { checkTimezone, type WorkspaceDefaults } from './campaign-schedule.ts';
import { invalid } from './content.ts';
import { type Caller, type Core, hasRole } from './context.ts';
import { readOutsideUrl } from './outside-url.ts';

/** The feed of a series as it is kept. */
export interface KeptFeed extends Required<SeriesFeed> {
  /** Since when this address is asked, ISO 8601: what counts as the first time begins there. */
  readonly since: string;
}

const TIMES_SHOWN = 5;

/** The next times of a schedule, ISO 8601. */
export function timesOf(
  recurrence: Recurrence,
  bounds: { readonly startsAt: Date | null; readonly endsAt: Date | null },
  after: number,
): string[] {
  return comingOccurrences(recurrence, bounds, after, TIMES_SHOWN).map((at) => new Date(at).toISOString());
}

/** When a series comes next; null: never again. */
export function nextOf(row: TimedRow, after: number): Date | null {
  const [next] = comingOccurrences(recurrenceOf(row), row, after, 1);
  return next === undefined ? null : new Date(next);
}

interface TimedRow {
  readonly schedule: unknown;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
}

export function recurrenceOf(row: { readonly schedule: unknown }): Recurrence {
  return row.schedule as Recurrence;
}

export function campaignOf(row: Pick<SeriesRow, 'campaign'>): SeriesCampaign {
  return row.campaign as unknown as SeriesCampaign;
}

export function feedOf(row: Pick<SeriesRow, 'feed'>): KeptFeed | null {
  return row.feed as unknown as KeptFeed | null;
}

/** A schedule with its time zone. Throws VALIDATION for one that says too little, or too much. */
export async function readSchedule(
  core: Pick<Core, 'db'>,
  caller: Caller,
  schedule: SeriesSchedule,
): Promise<Recurrence> {
  const { every, at, weekdays, dayOfMonth, timezone } = schedule;
  if (every === 'week' && weekdays === undefined)
    throw invalid('schedule/weekdays', 'say on which days of the week, such as ["monday"]');
  if (every === 'month' && dayOfMonth === undefined)
    throw invalid('schedule/dayOfMonth', 'say on which day of the month: 1 to 31');
  if (every !== 'week' && weekdays !== undefined) throw invalid('schedule/weekdays', 'goes with "every": "week" alone');
  if (every !== 'month' && dayOfMonth !== undefined)
    throw invalid('schedule/dayOfMonth', 'goes with "every": "month" alone');
  if (timezone !== undefined) checkTimezone(timezone, 'schedule/timezone', 'refused');
  const defaults = (await getWorkspace(core.db.sql, caller.workspaceId)).settings as WorkspaceDefaults;
  return {
    every,
    at,
    ...(weekdays ? { weekdays } : {}),
    ...(dayOfMonth ? { dayOfMonth } : {}),
    timezone: timeZoneNamed(timezone ?? defaults.timezone ?? 'UTC') ?? 'UTC',
  };
}

export function readBounds(
  startsAt: string | null,
  endsAt: string | null,
): { startsAt: Date | null; endsAt: Date | null } {
  const bounds = {
    startsAt: startsAt === null ? null : new Date(startsAt),
    endsAt: endsAt === null ? null : new Date(endsAt),
  };
  if (bounds.startsAt && bounds.endsAt && bounds.endsAt <= bounds.startsAt)
    throw invalid('endsAt', 'is not after startsAt');
  return bounds;
}

/** A feed with all its settings. Throws VALIDATION, and FORBIDDEN for a private address that an owner did not ask for. */
export function readFeedSettings(caller: Caller, feed: SeriesFeed, before: KeptFeed | null): KeptFeed {
  const { maxItems = 10, onlyNew = true, startWith = 'newest', allowPrivateAddresses = false } = feed;
  const url = readOutsideUrl(feed.url, 'feed/url').href;
  const isAllowed = before?.allowPrivateAddresses === true && before.url === url;
  if (allowPrivateAddresses && !isAllowed && !hasRole(caller, 'owner'))
    throw new AppError('FORBIDDEN', 'Only an owner can let a feed be in the private network. Nothing was changed.');
  const since = before?.url === url ? before.since : new Date().toISOString();
  return { url, maxItems, onlyNew, startWith, allowPrivateAddresses, since };
}
