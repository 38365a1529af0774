import { sql } from 'kysely';
import type { RetryFailedBody } from '../contract/campaigns.ts';
import { RESUMED_GUARD } from '../db/campaign-guard.ts';
import { type CampaignRow, moveCampaign } from '../db/campaigns.ts';
import { isRetryableConflict } from '../db/database.ts';
import { recountBatches } from '../db/hot/settle-batch.ts';
import { cancelOpenRows, reopenRows } from '../db/ledger.ts';
import { findSendOfCampaign } from '../db/sends.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import { beginsAt } from '../domain/schedule.ts';
import { getCampaign, wrongState } from './campaigns.ts';
import type { Caller, Core } from './context.ts';
import { hint } from './hint.ts';

type ControlCore = Pick<Core, 'db' | 'queues' | 'events' | 'log'>;

/** The gate looks at the campaign's state, so nothing more is handed over once this has committed. */
export async function pauseCampaign(core: ControlCore, caller: Caller, id: string): Promise<CampaignRow> {
  await getCampaign(core, caller, id);
  const moved = await moveCampaign(core.db.sql, id, 'paused', {}, ['delayed', 'waiting', 'active']);
  return told(core, moved ?? (await refuse(core, caller, id, 'paused')));
}

export async function resumeCampaign(core: ControlCore, caller: Caller, id: string): Promise<CampaignRow> {
  const before = await getCampaign(core, caller, id);
  const begins = beginsAt(before);
  const to = before.launchedAt === null && begins !== null && begins > new Date() ? 'delayed' : 'active';
  const moved = await moveCampaign(
    core.db.sql,
    id,
    to,
    {
      launchedAt: sql<Date>`coalesce(launched_at, now())`,
      startedAt: sql<Date>`coalesce(started_at, now())`,
      finishedAt: null,
      guard: RESUMED_GUARD,
    },
    ['paused', 'failed'],
  );
  if (!moved) return refuse(core, caller, id, 'resumed');
  await wakeWorkers(core, id);
  return told(core, moved);
}

/** What no server has been asked about is cancelled; what is in flight gets its outcome. */
export async function cancelCampaign(core: ControlCore, caller: Caller, id: string): Promise<CampaignRow> {
  await getCampaign(core, caller, id);
  const moved = await moveCampaign(core.db.sql, id, 'cancelled', { finishedAt: sql<Date>`now()` });
  if (!moved) return refuse(core, caller, id, 'cancelled');
  const send = await findSendOfCampaign(core.db.sql, id);
  if (send) await cancelRest(core, send.id);
  return told(core, moved);
}

/** Of a campaign or an email that was just cancelled: its rows, and the counts of its batches. */
export async function cancelRest({ db }: Pick<Core, 'db'>, sendId: string): Promise<void> {
  try {
    await cancelOpenRows(db.pool, sendId);
    await recountBatches(db.pool, sendId, 'not-done');
  } catch (error) {
    if (!isRetryableConflict(error)) throw error; // a sweeper is at it, and does the rest
  }
}

/**
 * Sends again to those whose outcome was a refusal; to `unknown` ones only when asked by name. Whoever is suppressed by
 * now, most of all by that refusal, keeps it.
 */
export async function retryFailed(
  core: ControlCore,
  caller: Caller,
  id: string,
  body: RetryFailedBody,
): Promise<{ campaign: CampaignRow; retried: number }> {
  const before = await getCampaign(core, caller, id);
  const send = await findSendOfCampaign(core.db.sql, id);
  if (!send || !['active', 'paused', 'completed', 'failed'].includes(before.state))
    throw wrongState(before, 'tried again');
  const states = (body.states ?? ['failed']).map((state) => STATE_CODE[state]);
  const retried = await reopenRows(core.db.pool, send, {
    states,
    codes: body.codes ?? null,
    classes: body.classes ?? null,
    accountIds: body.accountIds ?? null,
  });
  if (retried === 0) return { campaign: before, retried };
  await recountBatches(core.db.pool, send.id, 'all');
  const moved = await moveCampaign(core.db.sql, id, 'active', { finishedAt: null }, ['completed', 'failed']);
  await wakeWorkers(core, id);
  return { campaign: await told(core, moved ?? before), retried };
}

/** The sweeper would find the work as well, a second later. */
async function wakeWorkers(core: ControlCore, campaignId: string): Promise<void> {
  await hint(core, 'campaigns', { campaignId });
  await hint(core, 'email-sending', {}, 5);
}

async function told(core: ControlCore, campaign: CampaignRow): Promise<CampaignRow> {
  core.events.publish({ kind: 'campaign', id: campaign.id });
  return campaign;
}

async function refuse(core: ControlCore, caller: Caller, id: string, done: string): Promise<never> {
  throw wrongState(await getCampaign(core, caller, id), done);
}
