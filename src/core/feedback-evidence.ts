import { deleteEvidence, findBatchesOf, listDecidable, proveOutcome } from '../db/feedback.ts';
import { recountBatch } from '../db/hot/settle-batch.ts';
import type { Core } from './context.ts';

const ROWS_AT_ONCE = 500;
const ROUNDS_AT_MOST = 20;

/**
 * Makes the ledger say what reports have proved: `unknown` rows become `sent` or `failed`, and their batches are counted again. The
 * evidence goes last, so that after a kill at any point the next round does it over. Done with every report and by every
 * sweep, which finds rows that became `unknown` after their report came.
 */
export async function settleEvidence({ db, events }: Pick<Core, 'db' | 'events'>): Promise<void> {
  for (let round = 0; round < ROUNDS_AT_MOST; round++) {
    const evidence = await listDecidable(db.sql, ROWS_AT_ONCE);
    if (evidence.length === 0) return;
    await proveOutcome(db.sql, evidence);
    const batches = await findBatchesOf(db.sql, evidence);
    for (const batch of batches) await recountBatch(db.pool, batch);
    await deleteEvidence(db.sql, evidence);
    for (const id of new Set(batches.map(({ campaignId }) => campaignId))) events.publish({ kind: 'campaign', id });
  }
}
