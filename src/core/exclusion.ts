import { isRetryableConflict } from '../db/database.ts';
import { recountBatch } from '../db/hot/settle-batch.ts';
import { excludeAddress } from '../db/ledger.ts';
import type { Core } from './context.ts';

const TRIES = 3;

/**
 * After an address was suppressed or unsubscribed: takes it out of campaigns that are under way at once, so that counts
 * are right and no deferred copy is waited for. Without this the gate would refuse it, when its turn comes.
 */
export async function excludeRefused(
  core: Pick<Core, 'db' | 'events'>,
  workspaceId: string,
  emailKey: string,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      for (const batch of await excludeAddress(core.db.pool, workspaceId, emailKey)) {
        await recountBatch(core.db.pool, batch);
        core.events.publish({ kind: 'campaign', id: batch.campaignId });
      }
      return;
    } catch (error) {
      if (tries === TRIES || !isRetryableConflict(error)) throw error;
    }
  }
}
