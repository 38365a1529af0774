import { sql } from 'kysely';
import { findCampaignForSending, moveCampaign } from '../db/campaigns.ts';
import type { Database } from '../db/database.ts';
import { expandChunk } from '../db/hot/expand-chunk.ts';
import { findSendOfCampaign, insertSend } from '../db/sends.ts';

export interface ExpandEvents {
  /** A chunk of rows and its batches are there to be worked on. */
  onBatchesReady(campaignId: string, rows: number): Promise<void>;
}

/**
 * Writes the audience of a launched campaign into the ledger, chunk by chunk, and lets sending begin with the first
 * one. Safe to run twice, at the same time or after a crash: each chunk moves the cursor in its own transaction.
 */
export async function expandCampaign(
  db: Database,
  campaignId: string,
  events: ExpandEvents,
  signal?: AbortSignal,
): Promise<void> {
  const campaign = await findCampaignForSending(db.sql, campaignId);
  if (!campaign) return;
  if (['waiting', 'active'].includes(campaign.state))
    await insertSend(db.sql, { workspaceId: campaign.workspaceId, campaignId });
  const send = await findSendOfCampaign(db.sql, campaignId);
  if (!send || send.expandedAt) return;
  await moveCampaign(db.sql, campaignId, 'active', { startedAt: sql<Date>`coalesce(started_at, now())` }, ['waiting']);
  const source = { sendId: send.id, campaignId, workspaceId: campaign.workspaceId, audience: campaign.audience };
  for (;;) {
    const client = await db.pool.connect();
    let chunk: Awaited<ReturnType<typeof expandChunk>>;
    try {
      chunk = await expandChunk(client, source);
    } finally {
      client.release();
    }
    await events.onBatchesReady(campaignId, chunk.rows);
    if (chunk.done || signal?.aborted) return;
  }
}
