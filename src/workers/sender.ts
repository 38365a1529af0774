import { messageSource } from '../core/campaign-message.ts';
import type { Core } from '../core/context.ts';
import { openTransport } from '../core/transports.ts';
import { type AccountRow, disableAccount, findAccountForSending, listAccountsOfWorkspace } from '../db/accounts.ts';
import { findCampaignOfSend, moveCampaign, type StoredAudience } from '../db/campaigns.ts';
import { claimBatch } from '../db/hot/claim-batch.ts';
import { excludeBlockedRows, gateDueRows, gateRows, ownsBatch } from '../db/hot/gate-rows.ts';
import { reservePermits, returnPermits } from '../db/hot/reserve-permits.ts';
import {
  disownBatches,
  findOwnSending,
  recountBatch,
  releaseBatch,
  renewLeases,
  returnUnseenRows,
  settleLostRows,
} from '../db/hot/settle-batch.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { retryPolicy } from '../domain/retry-policy.ts';
import type { BatchStatements } from '../engine/batch-run.ts';
import type { Lane, LaneAccount } from '../engine/lane.ts';
import { Lanes } from '../engine/lanes.ts';
import { PlanCache, type SendPlan } from '../engine/plan.ts';
import { Recorder } from '../engine/recorder.ts';
import { renderRow } from '../engine/render.ts';
import { Sender } from '../engine/sender.ts';
import { compileMessage } from '../mail/compile.ts';
import type { SendOutcome } from '../mail/transport.ts';
import { ThroughputMeter } from './throughput-meter.ts';

export interface SenderOptions {
  readonly workerId: string;
  /** Campaigns sending at the same time. */
  readonly maxCampaigns: number;
  readonly leaseMs: number;
}

/** Puts the send path together for this process: statements bound to the database, accounts to transports. */
export function buildSender(core: Core, options: SenderOptions): Sender {
  const { pool, sql } = core.db;
  const meter = new ThroughputMeter(pool, options.workerId, core.events, core.log);
  const lanes = new Lanes({
    listAccounts: async (workspaceId) => (await listAccountsOfWorkspace(sql, workspaceId)).map(laneAccount),
    open: async (accountId) => openTransport(await findAccountForSending(sql, accountId), core.secrets),
    reserve: async (owner, wanted) => {
      const client = await pool.connect();
      try {
        return await reservePermits(client, owner, wanted);
      } finally {
        client.release();
      }
    },
    giveBack: (owner, reservedAt, unused) => returnPermits(pool, owner, reservedAt, unused),
  });
  const recorder = new Recorder({
    connect: () => pool.connect(),
    onRecorded: (outcomes) => meter.add(outcomes),
    onError: (error) => core.log.error({ err: error }, 'outcomes could not be recorded; sending waits until they can'),
  });
  return new Sender({
    plans: new PlanCache((sendId) => loadPlan(core, sendId)),
    lanes,
    recorder,
    leaseMs: options.leaseMs,
    claim: () => claimBatch(pool, options),
    disown: (inHand) => disownBatches(pool, options.workerId, inHand),
    renew: (batches) => renewLeases(pool, batches, options.leaseMs),
    onStopped: () => meter.close(),
    tools: {
      statements: bindStatements(pool),
      render: (plan, row) => renderRow(plan, row, core.tokens, core.baseUrl),
      onSignal: (plan, lane, outcome) => void heedSignal(core, plan, lane, outcome),
      onError: (error, batch) =>
        core.log.error({ err: error, sendId: batch.sendId, batchNo: batch.batchNo }, 'a batch could not go on'),
    },
  });
}

function bindStatements(pool: Core['db']['pool']): BatchStatements {
  return {
    gate: (window) => gateRows(pool, window),
    gateDue: (window, limit) => gateDueRows(pool, window, limit),
    excludeBlocked: (window) => excludeBlockedRows(pool, window),
    owns: (window) => ownsBatch(pool, window),
    settleLost: (batch, onUnknown) => settleLostRows(pool, batch, onUnknown),
    findOwnSending: (batch) => findOwnSending(pool, batch),
    returnUnseen: (batch, seqs) => returnUnseenRows(pool, batch, seqs),
    release: (batch, wait) => releaseBatch(pool, batch, wait),
    recount: (batch) => recountBatch(pool, batch),
  };
}

function laneAccount(account: AccountRow): LaneAccount {
  const limits = [account.limitPerSecond, account.limitPerMinute, account.limitPerHour, account.limitPerDay];
  return {
    id: account.id,
    name: account.name,
    weight: account.weight,
    maxConnections: account.maxConnections,
    batchSize: account.batchSize,
    batchDelayMs: account.batchDelayMs,
    limited: limits.some((limit) => limit !== null),
    active: account.state === 'active',
    isSandbox: account.isSandbox,
    revision: account.updatedAt.toISOString(),
  };
}

async function loadPlan(core: Core, sendId: string): Promise<SendPlan> {
  const campaign = await findCampaignOfSend(core.db.sql, sendId);
  if (!campaign?.fromAddress) throw new Error(`Send ${sendId} has no campaign to be sent`);
  const from = { address: campaign.fromAddress, ...(campaign.fromName ? { name: campaign.fromName } : {}) };
  const audience = campaign.audience as unknown as StoredAudience;
  const settings = (await getWorkspace(core.db.sql, campaign.workspaceId)).settings as { retry?: object };
  return {
    sendId,
    campaignId: campaign.id,
    workspaceId: campaign.workspaceId,
    message: compileMessage(await messageSource(core, campaign, from, campaign)),
    envelopeFrom: from.address,
    messageIdDomain: from.address.slice(from.address.lastIndexOf('@') + 1),
    feedbackId: `${campaign.id}:${campaign.workspaceId}:campaign:postrider`,
    listIds: audience.kind === 'lists' ? audience.listIds : [],
    accountIds: campaign.accountIds,
    limited: campaign.rateLimitPerHour !== null,
    batchSize: campaign.batchSize,
    batchDelayMs: campaign.batchDelayMs,
    retry: retryPolicy((campaign.retry ?? settings.retry ?? null) as Parameters<typeof retryPolicy>[0]),
    onUnknown: campaign.onUnknown as 'hold' | 'resend',
    launchedAt: campaign.launchedAt ?? campaign.createdAt,
  };
}

const THROTTLE_PAUSE_MS = 60_000;
const QUOTA_PAUSE_MS = 15 * 60_000;

/** What an answer says beyond its recipient: about the connection, the account, or the whole campaign. */
async function heedSignal(core: Core, plan: SendPlan, lane: Lane, outcome: SendOutcome): Promise<void> {
  if (outcome.kind === 'accepted') return lane.reached();
  if (outcome.kind === 'unknown') return;
  const words = outcome.kind === 'refused' ? `${outcome.reply.code} ${outcome.reply.text}` : outcome.message;
  const now = Date.now();
  switch (outcome.class.action) {
    case 'retry':
      if (outcome.kind === 'not-handed-over') lane.notReached(words, now);
      return;
    case 'throttle':
      return lane.pause(now + THROTTLE_PAUSE_MS, `the request to slow down ("${words}")`, now);
    case 'pause-account':
      return lane.pause(now + QUOTA_PAUSE_MS, `the limit its server speaks of ("${words}")`, now);
    case 'disable-account':
      lane.pause(now + QUOTA_PAUSE_MS, `the login ("${words}")`, now);
      core.log.error({ account: lane.account.name, reply: words }, 'a sending account was disabled');
      await disableAccount(core.db.sql, lane.account.id, words).catch((error: unknown) =>
        core.log.error({ err: error }, 'the account could not be disabled'),
      );
      return;
    case 'stop-campaign': {
      const reason = `stopped, because the server of account ${lane.account.name} refused its sender: ${words}`;
      await moveCampaign(core.db.sql, plan.campaignId, 'paused', { stateReason: reason }, ['active']).catch(
        (error: unknown) => core.log.error({ err: error }, 'the campaign could not be paused'),
      );
      return;
    }
    case 'fail':
      return;
  }
}
