import { isRetryableConflict } from '../db/database.ts';
import { recountBatch } from '../db/hot/settle-batch.ts';
import { excludeAddress, isOnItsWay } from '../db/ledger.ts';
import { sleep } from '../lib/sleep.ts';
import type { Core } from './context.ts';

type ExclusionCore = Pick<Core, 'db' | 'events'>;

const TRIES = 3;
const LANDS_WITHIN_MS = 10_000;
const LOOK_MS = 25;

/**
 * After an address was suppressed or unsubscribed: takes it out of campaigns that are under way at once, so that counts
 * are right and no deferred copy is waited for. Without this the gate would refuse it, when its turn comes.
 *
 * A message that has passed the gate already cannot be called back: it is let land first (milliseconds; with a server
 * that does not answer ten seconds at most), so that nothing is begun any more once the refusal is answered.
 */
export async function excludeRefused(core: ExclusionCore, workspaceId: string, emailKey: string): Promise<void> {
  await excludeOpen(core, workspaceId, emailKey);
  if (await isOnItsWay(core.db.pool, workspaceId, emailKey)) {
    await untilLanded(core, workspaceId, emailKey);
    await excludeOpen(core, workspaceId, emailKey); // refused for now, or never handed over
  }
}

async function untilLanded({ db }: ExclusionCore, workspaceId: string, emailKey: string): Promise<void> {
  for (const end = Date.now() + LANDS_WITHIN_MS; Date.now() < end; ) {
    await sleep(LOOK_MS);
    if (!(await isOnItsWay(db.pool, workspaceId, emailKey))) return;
  }
}

async function excludeOpen(core: ExclusionCore, workspaceId: string, emailKey: string): Promise<void> {
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
