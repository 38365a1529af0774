import path from 'node:path';
import type { Core } from '../core/context.ts';
import { removeLostUploads } from '../core/spool.ts';
import { listUnexpandedCampaigns, startDueCampaigns } from '../db/campaigns.ts';
import { findClaimable } from '../db/hot/claim-batch.ts';
import { expireLeasesOf } from '../db/hot/settle-batch.ts';
import { deleteExpired } from '../db/housekeeping.ts';
import { listSpoolFiles, listUnfinishedImports } from '../db/imports.ts';
import { deleteOldPermits, mergeUsedPermits, retireAbandonedPermits, retirePermitsOf } from '../db/permits.ts';
import { listRunningWorkers, setWorkerState } from '../db/workers.ts';
import { finishCampaigns } from '../engine/finish.ts';
import { recoverJournals, removeOldJournals } from '../engine/journal-recovery.ts';
import { settleCancelled } from '../engine/settle-cancelled.ts';
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
  await recoverKnowledge(core); // before their leases end: then it is for their successors to decide
  await settleDeadWorkers(core);
  for (const campaign of await startDueCampaigns(core.db.sql))
    core.events.publish({ kind: 'campaign', id: campaign.id });
  await enqueueMissing(core, maxCampaigns);
  await settleCancelled(core.db, (campaignId) => core.events.publish({ kind: 'campaign', id: campaignId }));
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
  await hintAtBatches(core, batches);
}

/** Sees to it that as many hints wait as there are batches to work on, up to what keeps every worker busy. */
export async function hintAtBatches({ queues }: Pick<Core, 'queues'>, batches: number): Promise<void> {
  if (batches === 0) return;
  const missing = Math.min(batches, HINTS_AT_MOST) - (await queues.waiting('email-sending'));
  if (missing > 0) await queues.enqueue('email-sending', {}, missing);
}

/** Where a worker of this machine leaves what it knows for the next one. */
export function journalDir(core: Pick<Core, 'dataDir'>): string {
  return path.join(core.dataDir, 'journal');
}

async function recoverKnowledge(core: Core): Promise<void> {
  for (const { workerId, outcomes, returned } of await recoverJournals(core.db.pool, journalDir(core)))
    core.log.info({ workerId, outcomes, returned }, 'the journal of a worker that is gone was read');
}

async function settleDeadWorkers(core: Core): Promise<void> {
  const running = await listRunningWorkers(core.db.sql);
  const dead = running.filter(
    (worker) => worker.silentMs > DEAD_AFTER_MS || isCertainlyGone(worker.pid, worker.processKey),
  );
  if (dead.length === 0) return;
  // Those that only say nothing may have been stopped, and go on: their permits end when they are void.
  const gone = dead.filter((worker) => isCertainlyGone(worker.pid, worker.processKey));
  await retirePermitsOf(
    core.db.pool,
    gone.map((worker) => worker.id),
  );
  await expireLeasesOf(
    core.db.pool,
    dead.map((worker) => worker.id),
  );
  for (const worker of dead) {
    core.log.warn({ workerId: worker.id, pid: worker.pid }, 'a worker is gone; its batches are taken over');
    await setWorkerState(core.db.sql, worker.id, 'dead');
  }
}

/** Keeps the windows of limits quick to count. */
export async function tendPermits(core: Core): Promise<void> {
  await retireAbandonedPermits(core.db.pool);
  await mergeUsedPermits(core.db.pool);
}

/** Rows that nobody needs any more. Once an hour is plenty. */
export async function cleanUp(core: Core): Promise<void> {
  await deleteOldPermits(core.db.pool);
  removeOldJournals(journalDir(core));
  await deleteExpired(core.db.sql);
  const wanted = new Set(await listSpoolFiles(core.db.sql));
  await removeLostUploads(core, (file) => wanted.has(file));
}
