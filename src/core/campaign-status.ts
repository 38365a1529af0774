import type { CampaignStatus, CampaignSummary } from '../contract/campaigns.ts';
import type { CampaignState, RecipientCounts } from '../contract/states.ts';
import type { CampaignGuard } from '../db/campaign-guard.ts';
import { type CampaignRow, findCampaign } from '../db/campaigns.ts';
import type { Database } from '../db/database.ts';
import { listFailures } from '../db/ledger.ts';
import { countRecipients, findSendsOfCampaigns, findWaiting, listRates, type SendRow } from '../db/sends.ts';
import { findSeriesNames } from '../db/series.ts';
import { findTemplateVersion } from '../db/templates.ts';
import { isFinalCampaignState } from '../domain/campaign-state.ts';
import { emptyCounts, expectedOf, openOf, progressOf, totalOf } from '../domain/recipient-state.ts';
import { clockWords, goesByRecipients } from '../domain/schedule.ts';
import { isUuid } from '../lib/uuid7.ts';
import { heldUpEtaSeconds } from './eta.ts';
import { testWords, waitsForPerson } from './variant-words.ts';

const JOB_PREFIX = 'campaign-';

export function jobIdOf(campaignId: string): string {
  return `${JOB_PREFIX}${campaignId}`;
}

/** Null for anything that is not a job id of ours. */
export function campaignIdOf(jobId: string): string | null {
  const id = jobId.startsWith(JOB_PREFIX) ? jobId.slice(JOB_PREFIX.length) : '';
  return isUuid(id) ? id : null;
}

/** Where one campaign stands; null when the workspace has no such job. */
export async function findCampaignStatus(
  db: Database,
  workspaceId: string,
  jobId: string,
): Promise<CampaignStatus | null> {
  const id = campaignIdOf(jobId);
  const campaign = id ? await findCampaign(db.sql, workspaceId, id) : null;
  if (!campaign) return null;
  const [status] = await statusesOf(db, [campaign]);
  if (!status) return null;
  if (!isFinalCampaignState(status.state as CampaignState)) return status;
  return { ...status, result: await resultOf(db, campaign.id, status.counts) };
}

/** Where several campaigns stand, with a handful of statements for all of them together. */
export async function statusesOf(db: Database, campaigns: readonly CampaignRow[]): Promise<CampaignStatus[]> {
  const sends = await findSendsOfCampaigns(
    db.sql,
    campaigns.map((campaign) => campaign.id),
  );
  const sendIds = [...sends.values()].map((send) => send.id);
  const [counts, rates] = await Promise.all([countRecipients(db.pool, sendIds), listRates(db.sql, sendIds)]);
  return Promise.all(
    campaigns.map(async (campaign) => {
      const send = sends.get(campaign.id);
      const count = (send && counts.get(send.id)) ?? emptyCounts();
      const rate = (send && rates.get(send.id)) ?? 0;
      const waitingFor = await waitingForOf(db, campaign, send);
      return {
        exists: true,
        jobId: jobIdOf(campaign.id),
        campaignId: campaign.id,
        name: campaign.name,
        state: campaign.state,
        progress: campaign.state === 'completed' ? 100 : progressOf(count, expectedOf(send)),
        total: totalOf(count),
        counts: count,
        rate,
        // Before the audience is written out nobody knows how many there are.
        etaSeconds: send?.expandedAt && !waitsForPerson(campaign, send) ? await etaOf(db, campaign, count, rate) : null,
        ...(waitingFor ? { waitingFor } : {}),
      };
    }),
  );
}

/** By what holds it up, where something does; else by its rate. */
async function etaOf(
  db: Database,
  campaign: CampaignRow,
  counts: RecipientCounts,
  rate: number,
): Promise<number | null> {
  if (campaign.state !== 'active') return null;
  const heldUp = await heldUpEtaSeconds(db, campaign);
  if (heldUp !== null) return heldUp;
  return rate > 0 ? Math.ceil(openOf(counts) / rate) : null;
}

async function waitingForOf(db: Database, campaign: CampaignRow, send: SendRow | undefined): Promise<string | null> {
  if (campaign.stateReason) return campaign.stateReason;
  if (campaign.state === 'delayed') return scheduledWords(campaign);
  if (campaign.state !== 'active' || !send) return null;
  return testWords(campaign, send) ?? findWaiting(db.sql, send.id);
}

function scheduledWords(campaign: CampaignRow): string {
  if (!campaign.scheduledAt) return 'its scheduled time';
  return goesByRecipients(campaign)
    ? `${clockWords(campaign.scheduledAt.getTime())} where its recipients are`
    : `its scheduled time, ${campaign.scheduledAt.toISOString()}`;
}

async function resultOf(
  db: Database,
  campaignId: string,
  counts: RecipientCounts,
): Promise<NonNullable<CampaignStatus['result']>> {
  const send = (await findSendsOfCampaigns(db.sql, [campaignId])).get(campaignId);
  const errors = send && counts.failed > 0 ? await listFailures(db.sql, send.id) : [];
  return { success: counts.sent, failed: counts.failed, excluded: counts.excluded, unknown: counts.unknown, errors };
}

export async function summariesOf(db: Database, campaigns: readonly CampaignRow[]): Promise<CampaignSummary[]> {
  const statuses = await statusesOf(db, campaigns);
  const series = await findSeriesNames(
    db.sql,
    campaigns.flatMap(({ seriesId }) => seriesId ?? []),
  );
  return Promise.all(
    campaigns.map(async (campaign, i) => {
      const version = campaign.templateVersionId
        ? await findTemplateVersion(db.sql, campaign.workspaceId, campaign.templateVersionId)
        : null;
      const status = statuses[i];
      return {
        id: campaign.id,
        jobId: jobIdOf(campaign.id),
        name: campaign.name,
        subject: version?.subject ?? null,
        from: mailboxText(campaign),
        state: campaign.state,
        stateReason: campaign.stateReason,
        guard: showGuard(campaign),
        priority: campaign.priority,
        series: campaign.seriesId ? { id: campaign.seriesId, name: series.get(campaign.seriesId) ?? '' } : null,
        createdAt: campaign.createdAt.toISOString(),
        scheduledAt: campaign.scheduledAt?.toISOString() ?? null,
        timezone: campaign.timezone,
        startedAt: campaign.startedAt?.toISOString() ?? null,
        finishedAt: campaign.finishedAt?.toISOString() ?? null,
        progress: status?.progress ?? 0,
        total: status?.total ?? 0,
        counts: status?.counts ?? emptyCounts(),
      };
    }),
  );
}

function mailboxText(campaign: CampaignRow): string | null {
  if (!campaign.fromAddress) return null;
  return campaign.fromName ? `${campaign.fromName} <${campaign.fromAddress}>` : campaign.fromAddress;
}

function showGuard({ guard }: CampaignRow): CampaignSummary['guard'] {
  if (!guard) return null;
  const { level, perHour = null, words, at } = guard as unknown as CampaignGuard;
  return { level, perHour, words, at };
}
