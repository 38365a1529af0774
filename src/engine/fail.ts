import { sql } from 'kysely';
import { moveCampaign } from '../db/campaigns.ts';
import type { Database } from '../db/database.ts';

/**
 * Ends a campaign that cannot be carried out, with the reason in words. Nothing more of it is handed over; those who were
 * not sent to stay as they are, so that it can be resumed when the cause is mended, or cancelled. False when it has ended
 * otherwise meanwhile.
 */
export async function failCampaign(db: Database, campaignId: string, reason: string): Promise<boolean> {
  const change = { stateReason: reason, finishedAt: sql<Date>`now()` };
  return (await moveCampaign(db.sql, campaignId, 'failed', change)) !== null;
}
