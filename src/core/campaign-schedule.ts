import type { CampaignDraftBody } from '../contract/campaigns.ts';
import type { CampaignChange, CampaignRow } from '../db/campaigns.ts';
import type { QuietHours } from '../domain/quiet-hours.ts';
import { instantWritten, readMoment } from '../domain/schedule.ts';
import { timeZoneNamed } from '../domain/time-zone.ts';
import { invalid } from './content.ts';

/** What a workspace says for campaigns that say nothing of their own. */
export interface WorkspaceDefaults {
  readonly retry?: object;
  readonly tracking?: object;
  readonly utm?: object;
  readonly timezone?: string;
  readonly quietHours?: GivenQuietHours;
  /** Percent of every limit of an account that is left unused. */
  readonly rateLimitBuffer?: number;
}

interface GivenQuietHours {
  readonly from: string;
  readonly to: string;
  readonly timezone?: string | undefined;
}

const NOT_A_MOMENT =
  'is not a time: write it as 2030-01-31T09:00:00Z, with an offset such as +01:00, or without one beside a timezone';

/**
 * When a request wants its campaign sent. With timezone "recipient" it is what the clock shows, whatever offset stands
 * behind it, and is kept as if it were UTC; without an offset it is a time of the campaign's or the workspace's zone.
 */
export function readScheduledAt(
  body: Pick<CampaignDraftBody, 'scheduledAt' | 'timezone'>,
  before: Pick<CampaignRow, 'scheduledAt' | 'timezone'> | null,
  defaults: WorkspaceDefaults,
): Date | null {
  const zone = body.timezone ?? before?.timezone ?? defaults.timezone ?? null;
  if (body.scheduledAt === undefined) {
    const readAnew = (before?.timezone === 'recipient') !== (zone === 'recipient');
    if (before?.scheduledAt && readAnew)
      throw invalid('scheduledAt', 'say it again: with this timezone it means another moment');
    return null;
  }
  const moment = readMoment(body.scheduledAt);
  if (!moment) throw invalid('scheduledAt', NOT_A_MOMENT);
  if (zone === 'recipient') return new Date(moment.wall);
  if (moment.offsetMs === null && zone === null)
    throw invalid('scheduledAt', 'has no time zone: end it with Z or an offset such as +01:00, or give a timezone');
  return new Date(instantWritten(moment, zone ?? 'UTC'));
}

/** Throws VALIDATION for what is neither an IANA name nor, where it may be, "recipient". */
export function checkTimezone(timezone: string, path: string, recipient: 'allowed' | 'refused'): void {
  if (recipient === 'allowed' && timezone === 'recipient') return;
  if (timeZoneNamed(timezone) !== null) return;
  const other = recipient === 'allowed' ? ', or "recipient"' : '';
  throw invalid(path, `"${timezone}" is not a time zone: use an IANA name such as Europe/Berlin${other}`);
}

export function checkQuietHours(quiet: GivenQuietHours): void {
  if (quiet.from === quiet.to)
    throw invalid('quietHours/to', 'is the same as from: that would be the whole day, or nothing');
  if (quiet.timezone !== undefined) checkTimezone(quiet.timezone, 'quietHours/timezone', 'allowed');
}

/** What a campaign is sent by: its own settings, or the workspace's. */
interface EffectiveSettings {
  readonly timezone: string | null;
  readonly retry: object | null;
  readonly tracking: object | null;
  readonly utm: object | null;
  readonly quietHours: QuietHours | null;
}

export function withDefaults(
  campaign: Pick<CampaignRow, 'timezone' | 'retry' | 'tracking' | 'utm' | 'quietHours'>,
  defaults: WorkspaceDefaults,
): EffectiveSettings {
  const timezone = campaign.timezone ?? defaults.timezone ?? null;
  const quiet = (campaign.quietHours ?? defaults.quietHours ?? 'none') as GivenQuietHours | 'none';
  return {
    timezone,
    retry: (campaign.retry as object | null) ?? defaults.retry ?? null,
    tracking: (campaign.tracking as object | null) ?? defaults.tracking ?? null,
    utm: (campaign.utm as object | null) ?? defaults.utm ?? null,
    quietHours: quiet === 'none' ? null : { ...quiet, timezone: quiet.timezone ?? timezone ?? 'UTC' },
  };
}

/** The settings as they are at the launch, to be kept: what is changed in the workspace later is for later campaigns. */
export function launchDefaults(campaign: CampaignRow, defaults: WorkspaceDefaults): CampaignChange {
  const { timezone, retry, tracking, utm, quietHours } = withDefaults(campaign, defaults);
  const json = (value: object | null) => value && JSON.stringify(value);
  return { timezone, retry: json(retry), tracking: json(tracking), utm: json(utm), quietHours: json(quietHours) };
}
