import type { Database } from '../db/database.ts';
import { recountBatches, settleLostRows, takeOverLostBatches } from '../db/hot/settle-batch.ts';
import { cancelOpenRows } from '../db/ledger.ts';
import { listUnsettledSends, markSettled } from '../db/sends.ts';

/**
 * Brings every recipient of cancelled campaigns to a final state. A cancel ends what nobody has asked a server about;
 * what was in flight then may still come back as put off or as taken back, or be lost with its worker, and no batch of
 * the campaign is claimed any more. Safe to run anywhere and any number of times at once.
 */
export async function settleCancelled(db: Database, onSettled: (campaignId: string) => void): Promise<void> {
  for (const send of await listUnsettledSends(db.sql)) {
    for (const batch of await takeOverLostBatches(db.pool, send.id)) await settleLostRows(db.pool, batch, 'hold');
    await cancelOpenRows(db.pool, send.id);
    await recountBatches(db.pool, send.id, 'not-done');
    if (await markSettled(db.sql, send)) onSettled(send.campaignId);
  }
}
