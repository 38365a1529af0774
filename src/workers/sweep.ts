import type { Core } from '../core/context.ts';
import { removeLostUploads } from '../core/spool.ts';
import { listUnexpandedCampaigns, startDueCampaigns } from '../db/campaigns.ts';
import { findClaimable } from '../db/hot/claim-batch.ts';
import { deleteOldReservations } from '../db/hot/reserve-permits.ts';
import { expireLeasesOf } from '../db/hot/settle-batch.ts';
import { deleteExpired } from '../db/housekeeping.ts';
import { listSpoolFiles, listUnfinishedImports } from '../db/imports.ts';
import { listRunningWorkers, setWorkerState } from '../db/workers.ts';
import { finishCampaigns } from '../engine/finish.ts';
import { isCertainlyGone } from '../lib/process-key.ts';

/** A worker this long without a heartbeat is not coming back; its leases have run out long before. */
const DEAD_AFTER_MS = 120_000;
/** More hints than this in the queue would only find that somebody else did the work. */
const HINTS_AT_MOST = 50;

/**
 * Looks after what time brings, and makes up for every job that was lost: the tables say what is to be done, this makes
 * sure that somebody is told. Safe to run anywhere and any number of times at once.
 */
export async function sweep(core: Core, maxCampaigns: number): Promise<void> {
  await settleDeadWorkers(core);
  for (const campaign of await startDueCampaigns(core.db.sql))
    core.events.publish({ kind: 'campaign', id: campaign.id });
  await enqueueMissing(core, maxCampaigns);
  await finishCampaigns(core.db, (campaignId) => core.events.publish({ kind: 'campaign', id: campaignId }));
}

/**
 * Only jobs that nobody has taken count: one that says "active" may belong to a process that is gone, and a job too many
 * does no harm (locks and leases let one at a time work on a thing).
 */
async function enqueueMissing(core: Core, maxCampaigns: number): Promise<void> {
  const { queues, db } = core;
  const unexpanded = await listUnexpandedCampaigns(db.sql);
  if (unexpanded.length > 0 && (await queues.waiting('campaigns')) === 0) {
    for (const { id } of unexpanded) await queues.enqueue('campaigns', { campaignId: id });
  }
  const imports = await listUnfinishedImports(db.sql);
  if (imports.length > 0 && (await queues.waiting('leads-import')) === 0) {
    for (const { id } of imports) await queues.enqueue('leads-import', { importId: id });
  }
  const { batches } = await findClaimable(db.pool, maxCampaigns);
  const missing = Math.min(batches, HINTS_AT_MOST) - (await queues.waiting('email-sending'));
  if (missing > 0) await queues.enqueue('email-sending', {}, missing);
}

async function settleDeadWorkers(core: Core): Promise<void> {
  const running = await listRunningWorkers(core.db.sql);
  const dead = running.filter(
    (worker) => worker.silentMs > DEAD_AFTER_MS || isCertainlyGone(worker.pid, worker.processKey),
  );
  if (dead.length === 0) return;
  await expireLeasesOf(
    core.db.pool,
    dead.map((worker) => worker.id),
  );
  for (const worker of dead) {
    core.log.warn({ workerId: worker.id, pid: worker.pid }, 'a worker is gone; its batches are taken over');
    await setWorkerState(core.db.sql, worker.id, 'dead');
  }
}

/** Rows that nobody needs any more. Once an hour is plenty. */
export async function cleanUp(core: Core): Promise<void> {
  await deleteOldReservations(core.db.pool);
  await deleteExpired(core.db.sql);
  const wanted = new Set(await listSpoolFiles(core.db.sql));
  await removeLostUploads(core, (file) => wanted.has(file));
}
