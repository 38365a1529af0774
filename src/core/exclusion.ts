import { isRetryableConflict } from '../db/database.ts';
import { areSuppressedOnTheirWay, excludeSuppressed, type OpenBatch } from '../db/exclude-suppressed.ts';
import { recountBatch } from '../db/hot/settle-batch.ts';
import { excludeAddress, isOnItsWay } from '../db/ledger.ts';
import { sleep } from '../lib/sleep.ts';
import type { Core } from './context.ts';

type ExclusionCore = Pick<Core, 'db' | 'events'>;

const TRIES = 3;
const LANDS_WITHIN_MS = 10_000;
const LOOK_MS = 25;
/** Batches of 500 rows in one statement, some tens of milliseconds. */
const BATCHES_AT_ONCE = 20;
/** About two million rows; the gate refuses the rest when their turn comes. */
const WALK_MS = 10_000;
const BEFORE_ALL = { sendId: '00000000-0000-0000-0000-000000000000', batchNo: 0 };

/**
 * After an address was suppressed or unsubscribed: takes it out of campaigns that are under way at once, so that counts
 * are right and no deferred copy is waited for. Without this the gate would refuse it, when its turn comes.
 *
 * A message that has passed the gate already cannot be called back: it is let land first (milliseconds; with a server
 * that does not answer ten seconds at most), so that nothing is begun any more once the refusal is answered.
 */
export async function excludeRefused(core: ExclusionCore, workspaceId: string, emailKey: string): Promise<void> {
  await excludeThen(
    () => excludeOpen(core, workspaceId, emailKey),
    () => isOnItsWay(core.db.pool, workspaceId, emailKey),
  );
}

/**
 * The same after a domain, a hash or a list of addresses was suppressed: nobody knows which rows these are, so all open
 * batches of the workspace are walked, for ten seconds at most.
 */
export async function excludeAllSuppressed(core: ExclusionCore, workspaceId: string): Promise<void> {
  await excludeThen(
    () => walkOpenBatches(core, workspaceId),
    () => areSuppressedOnTheirWay(core.db.pool, workspaceId),
  );
}

/** Beyond this many addresses the open batches are walked once, instead of looking each address up. */
const LOOKED_UP = 20;

/**
 * The same after many addresses at once, and without waiting for what is on its way: for reports that come in by
 * themselves, which nobody waits for. The gate refuses what this does not reach.
 */
export async function excludeReported(
  core: ExclusionCore,
  workspaceId: string,
  emailKeys: readonly string[],
): Promise<void> {
  if (emailKeys.length > LOOKED_UP) return walkOpenBatches(core, workspaceId);
  for (const emailKey of emailKeys) await excludeOpen(core, workspaceId, emailKey);
}

async function excludeThen(exclude: () => Promise<void>, onItsWay: () => Promise<boolean>): Promise<void> {
  await exclude();
  if (!(await onItsWay())) return;
  for (const end = Date.now() + LANDS_WITHIN_MS; Date.now() < end; ) {
    await sleep(LOOK_MS);
    if (!(await onItsWay())) break;
  }
  await exclude(); // refused for now, or never handed over
}

async function walkOpenBatches(core: ExclusionCore, workspaceId: string): Promise<void> {
  const campaigns = new Set<string>();
  let after: Pick<OpenBatch, 'sendId' | 'batchNo'> | undefined = BEFORE_ALL;
  for (const end = Date.now() + WALK_MS; after && Date.now() < end; ) {
    const from: Pick<OpenBatch, 'sendId' | 'batchNo'> = after;
    const batches = await retried(() => excludeSuppressed(core.db.pool, workspaceId, from, BATCHES_AT_ONCE));
    for (const batch of batches.filter(({ excluded }) => excluded > 0)) {
      await retried(() => recountBatch(core.db.pool, batch));
      campaigns.add(batch.campaignId);
    }
    after = batches.at(-1);
  }
  for (const id of campaigns) core.events.publish({ kind: 'campaign', id });
}

async function excludeOpen(core: ExclusionCore, workspaceId: string, emailKey: string): Promise<void> {
  await retried(async () => {
    for (const batch of await excludeAddress(core.db.pool, workspaceId, emailKey)) {
      await recountBatch(core.db.pool, batch);
      core.events.publish({ kind: 'campaign', id: batch.campaignId });
    }
  });
}

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === TRIES || !isRetryableConflict(error)) throw error;
    }
  }
}
