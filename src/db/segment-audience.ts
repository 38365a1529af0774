import { goesByRecipients } from '../domain/schedule.ts';
import { clausesOf } from '../domain/segment-clause.ts';
import { instantOf } from '../domain/time-zone.ts';
import type { AudienceFilters, SegmentAudience } from './audience-sql.ts';
import type { CampaignRow, StoredAudience } from './campaigns.ts';
import type { Executor } from './database.ts';
import { listSegmentSends } from './segment-sends.ts';

type Launched = Pick<CampaignRow, 'workspaceId' | 'scheduledAt' | 'timezone' | 'launchedAt'> & {
  readonly audience: StoredAudience;
};

/** Null where no segment plays a part. `filters` are those that were kept at launch, or what they would be. */
export async function segmentAudienceOf(
  db: Executor,
  campaign: Launched,
  filters: AudienceFilters | null,
): Promise<SegmentAudience | null> {
  const { workspaceId, audience } = campaign;
  if (audience.kind === 'inline' || !filters) return null;
  const clauses = [...filters.include, ...filters.exclude].flatMap(({ filter }) => clausesOf(filter));
  const asksActivity = clauses.some(({ kind }) => kind === 'activity');
  const sends = asksActivity ? await listSegmentSends(db, workspaceId) : [];
  const launchedAt = campaign.launchedAt ?? new Date();
  return {
    workspaceId,
    audience,
    filters,
    sends,
    moment: momentOf(campaign, filters.zone, launchedAt),
    madeUntil: launchedAt,
  };
}

/** What relative dates are reckoned from: the launch, or the time it was scheduled for, by the clocks of the workspace. */
function momentOf(campaign: Launched, zone: string, launchedAt: Date): Date {
  const { scheduledAt } = campaign;
  if (!scheduledAt) return launchedAt;
  const scheduled = goesByRecipients(campaign) ? instantOf(scheduledAt.getTime(), zone) : scheduledAt.getTime();
  return new Date(Math.max(scheduled, launchedAt.getTime()));
}
