import { sql } from 'kysely';
import type { RecipientCounts } from '../contract/states.ts';
import { moveCampaign } from '../db/campaigns.ts';
import type { Database } from '../db/database.ts';
import { finishEmail } from '../db/hot/settle-batch.ts';
import { countLedger, failuresOf } from '../db/ledger.ts';
import { listExhaustedEmails, listExhaustedSends, reopenBatchesWithOpenRows } from '../db/sends.ts';
import { openOf } from '../domain/recipient-state.ts';

/**
 * Ends the campaigns whose batches are all done, if a count over the ledger itself finds no row that is not final.
 * Should the two ever disagree, the rows are right: the batches that hold open rows are opened again.
 */
export async function finishCampaigns(
  db: Database,
  onFinished: (campaignId: string, workspaceId: string, counts: RecipientCounts) => void,
): Promise<void> {
  for (const send of await listExhaustedSends(db.sql)) {
    const counts = await countLedger(db.pool, send.id);
    if (openOf(counts) > 0) {
      await reopenBatchesWithOpenRows(db.pool, send.id);
      continue;
    }
    const moved = await moveCampaign(db.sql, send.campaignId, 'completed', {
      finishedAt: sql<Date>`now()`,
      errors: failuresOf(send.id),
    });
    if (moved) onFinished(send.campaignId, send.workspaceId, counts);
  }
}

/** An email ends with its batch; this finds those whose batch came to its end otherwise (evidence, a recovered journal). */
export async function finishMissedEmails(db: Database): Promise<void> {
  for (const email of await listExhaustedEmails(db.sql)) {
    await reopenBatchesWithOpenRows(db.pool, email.sendId);
    await finishEmail(db.pool, email);
  }
}
