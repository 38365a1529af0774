import path from 'node:path';
import type { Core } from '../core/context.ts';
import { settleEvidence } from '../core/feedback-evidence.ts';
import { readReturnedMails } from '../core/returned-mail.ts';
import { removeLostUploads } from '../core/spool.ts';
import { decideTests } from '../core/variant-tests.ts';
import { listUnexpandedCampaigns, startDueCampaigns } from '../db/campaigns.ts';
import { findClaimable } from '../db/hot/claim-batch.ts';
import { expireLeasesOf } from '../db/hot/settle-batch.ts';
import { deleteExpired } from '../db/housekeeping.ts';
import { listSpoolFiles, listUnfinishedImports } from '../db/imports.ts';
import { rollUpMetrics } from '../db/metrics.ts';
import { deleteOldPermits, mergeUsedPermits, retireAbandonedPermits, retirePermitsOf } from '../db/permits.ts';
import { listRunningWorkers, setWorkerState } from '../db/workers.ts';
import { finishCampaigns } from '../engine/finish.ts';
import { recoverJournals, removeOldJournals } from '../engine/journal-recovery.ts';
import { settleCancelled } from '../engine/settle-cancelled.ts';
import { isCertainlyGone } from '../lib/process-key.ts';
import type { Queues } from '../queue/queues.ts';

/** A worker this long without a heartbeat is not coming back; its leases have run out long before. */
const DEAD_AFTER_MS = 120_000;
/** More hints than this in the queue would only find that somebody else did the work. */
const HINTS_AT_MOST = 50;

/** What jobs would be about. */
export interface WorkAtHand {
  readonly campaignIds: readonly string[];
  readonly importIds: readonly string[];
  readonly batches: number;
}

/**
 * Looks after what time brings, and makes up for every job that was lost: the tables say what is to be done, this makes
 * sure that somebody is told. Safe to run anywhere and any number of times at once. Returns what there is to do when the
 * queues are away and nobody could be told.
 */
export async function sweep(core: Core, maxCampaigns: number): Promise<WorkAtHand | null> {
  await settleDeadWorkers(core);
  for (const campaign of await startDueCampaigns(core.db.sql))
    core.events.publish({ kind: 'campaign', id: campaign.id });
  const untold = await enqueueMissing(core, maxCampaigns);
  await settleCancelled(core.db, (campaignId) => core.events.publish({ kind: 'campaign', id: campaignId }));
  await readReturnedMails(core);
  await settleEvidence(core);
  await decideTests(core);
  await finishCampaigns(core.db, (campaignId) => core.events.publish({ kind: 'campaign', id: campaignId }));
  return untold;
}

/**
 * Only jobs that nobody has taken count: one that says "active" may belong to a process that is gone, and a job too many
 * does no harm (locks and leases let one at a time work on a thing).
 */
async function enqueueMissing(core: Core, maxCampaigns: number): Promise<WorkAtHand | null> {
  const { queues, db } = core;
  const campaignIds = (await listUnexpandedCampaigns(db.sql)).map(({ id }) => id);
  const importIds = (await listUnfinishedImports(db.sql)).map(({ id }) => id);
  const { ready, woken } = await findClaimable(db.pool, maxCampaigns, { ready: true, woken: true });
  try {
    if (campaignIds.length > 0 && (await queues.waiting('campaigns')) === 0)
      for (const campaignId of campaignIds) await queues.enqueue('campaigns', { campaignId });
    if (importIds.length > 0 && (await queues.waiting('leads-import')) === 0)
      for (const importId of importIds) await queues.enqueue('leads-import', { importId });
    await hint(queues, 'email-sending', ready);
    await hint(queues, 'email-retry', woken);
    return null;
  } catch (error) {
    if (await isQueueBack(queues)) throw error;
    return { campaignIds, importIds, batches: ready + woken };
  }
}

async function isQueueBack(queues: Queues): Promise<boolean> {
  return queues.waiting('maintenance').then(
    () => true,
    () => false,
  );
}

/** Sees to it that as many hints wait as there are batches to work on, up to what keeps every worker busy. */
async function hint(queues: Queues, name: 'email-sending' | 'email-retry', batches: number): Promise<void> {
  if (batches === 0) return;
  const missing = Math.min(batches, HINTS_AT_MOST) - (await queues.waiting(name));
  if (missing > 0) await queues.enqueue(name, {}, missing);
}

/** After batches were made. While the queues are away a sweep finds them. */
export async function hintAtBatches({ queues, log }: Pick<Core, 'queues' | 'log'>, batches: number): Promise<void> {
  await hint(queues, 'email-sending', batches).catch((error: unknown) =>
    log.debug({ err: error }, 'nobody could be told of new batches; a sweep finds them'),
  );
}

/** Where a worker of this machine leaves what it knows for the next one. */
export function journalDir(core: Pick<Core, 'dataDir'>): string {
  return path.join(core.dataDir, 'journal');
}

/** What workers of this machine knew when they were lost. Before their leases end: then it is for their successors to decide. */
export async function recoverKnowledge(core: Core): Promise<void> {
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

/** Rows that nobody needs any more. Once an hour is plenty, by one worker. */
export async function cleanUpDatabase(core: Core): Promise<void> {
  await deleteOldPermits(core.db.pool);
  await deleteExpired(core.db.sql);
  await rollUpMetrics(core.db.sql);
}

/** Files of this machine that nobody needs any more. */
export async function cleanUpFiles(core: Core): Promise<void> {
  removeOldJournals(journalDir(core));
  const wanted = new Set(await listSpoolFiles(core.db.sql));
  await removeLostUploads(core, (file) => wanted.has(file));
}
