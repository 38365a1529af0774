import { sql } from 'kysely';
import type pg from 'pg';
import { withAdvisoryLock } from '../db/advisory-lock.ts';
import { countMembers } from '../db/audience.ts';
import type { AudienceFilters } from '../db/audience-sql.ts';
import { listVariants, storedTest } from '../db/campaign-variants.ts';
import { type CampaignRow, findCampaignForSending, moveCampaign } from '../db/campaigns.ts';
import type { Database } from '../db/database.ts';
import { expandChunk } from '../db/hot/expand-chunk.ts';
import { segmentAudienceOf } from '../db/segment-audience.ts';
import { findSendOfCampaign, insertSend, setExpectedTotal } from '../db/sends.ts';
import { getWorkspace } from '../db/workspaces.ts';
import type { QuietHours } from '../domain/quiet-hours.ts';
import type { RecipientClock } from '../domain/recipient-clock.ts';
import { goesByRecipients } from '../domain/schedule.ts';
import { splitBounds } from '../domain/variant-split.ts';
import { withSpan } from '../lib/trace.ts';

export interface ExpandEvents {
  /** A chunk of rows and its batches are there to be worked on. */
  onBatchesReady(campaignId: string, rows: number): Promise<void>;
}

/**
 * Writes the audience of a launched campaign into the ledger, chunk by chunk, and lets sending begin with the first
 * one. Safe to run twice: a lock of the database lets one at a time work on a campaign, and after a crash each chunk
 * goes on behind the last one that was committed.
 */
export async function expandCampaign(
  db: Database,
  campaignId: string,
  events: ExpandEvents,
  signal?: AbortSignal,
): Promise<void> {
  await withAdvisoryLock(db.pool, `expand ${campaignId}`, (client) =>
    withSpan('expansion', { campaign: campaignId }, () => expandAll(db, client, campaignId, events, signal)),
  );
}

async function expandAll(
  db: Database,
  client: pg.PoolClient,
  campaignId: string,
  events: ExpandEvents,
  signal: AbortSignal | undefined,
): Promise<void> {
  const campaign = await findCampaignForSending(db.sql, campaignId);
  if (!campaign) return;
  if (['waiting', 'active'].includes(campaign.state)) {
    await insertSend(db.sql, { workspaceId: campaign.workspaceId, campaignId });
  }
  const send = await findSendOfCampaign(db.sql, campaignId);
  if (!send || send.expandedAt) return;
  await moveCampaign(db.sql, campaignId, 'active', { startedAt: sql<Date>`coalesce(started_at, now())` }, ['waiting']);
  const segments = await segmentAudienceOf(db.sql, campaign, campaign.audienceFilters as AudienceFilters | null);
  if (send.expectedTotal === null) {
    const { audience } = campaign;
    await setExpectedTotal(db.sql, send.id, await countMembers(db.sql, client, { id: campaignId, audience, segments }));
  }
  const clock = await clockOf(db, campaign);
  const splitBounds = await splitBoundsOf(db, campaign);
  const { workspaceId, audience } = campaign;
  const source = { sendId: send.id, campaignId, workspaceId, audience, segments, clock, splitBounds };
  for (;;) {
    const chunk = await expandChunk(client, source);
    await events.onBatchesReady(campaignId, chunk.rows);
    if (chunk.done || signal?.aborted) return;
  }
}

/** Null when recipients' zones play no part. */
async function clockOf(
  db: Database,
  campaign: Pick<CampaignRow, 'workspaceId' | 'scheduledAt' | 'timezone' | 'quietHours'>,
): Promise<RecipientClock | null> {
  const wall = goesByRecipients(campaign) ? (campaign.scheduledAt?.getTime() ?? null) : null;
  const quiet = campaign.quietHours as QuietHours | null;
  if (wall === null && quiet?.timezone !== 'recipient') return null;
  const settings = (await getWorkspace(db.sql, campaign.workspaceId)).settings as { timezone?: string };
  return { wall, fallbackZone: settings.timezone ?? 'UTC' };
}

/** Null when the campaign has no variants. */
async function splitBoundsOf(
  db: Database,
  { id, abTest }: Pick<CampaignRow, 'id' | 'abTest'>,
): Promise<readonly number[] | null> {
  if (abTest === null) return null;
  const weights = (await listVariants(db.sql, id)).map(({ weight }) => weight);
  return splitBounds({ weights, samplePercent: storedTest(abTest).samplePercent });
}
