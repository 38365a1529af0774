import { keepRefreshToken } from '../core/account-secrets.ts';
import { AttachedFiles } from '../core/attached-files.ts';
import type { Core } from '../core/context.ts';
import { linkBaseOf } from '../core/link-base.ts';
import { findSentMessage } from '../core/sent-message.ts';
import { returnPathDomainOf } from '../core/settings.ts';
import { openTransport } from '../core/transports.ts';
import { claimProbe, returnProbe } from '../db/account-health.ts';
import { findAccountForSending } from '../db/accounts.ts';
import { listActiveAmong, type StoredAudience } from '../db/campaigns.ts';
import { type ClaimKinds, claimBatch } from '../db/hot/claim-batch.ts';
import { claimEmails } from '../db/hot/claim-emails.ts';
import { exchangePermits } from '../db/hot/exchange-permits.ts';
import { countByDomain, gateOtherDueRows, gateOtherRows, gateRowsOfDomain } from '../db/hot/gate-domains.ts';
import { excludeBlockedRows, gateDueRows, gateRows, ownsBatch } from '../db/hot/gate-rows.ts';
import {
  disownBatches,
  findOwnSending,
  finishEmail,
  recountBatch,
  releaseBatch,
  renewLeases,
  resumeEndedCampaign,
  returnUnseenRows,
  settleLostRows,
} from '../db/hot/settle-batch.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { domainOfAddress } from '../domain/domain-name.ts';
import type { QuietHours } from '../domain/quiet-hours.ts';
import { type RetrySettings, retryPolicy } from '../domain/retry-policy.ts';
import type { BatchStatements } from '../engine/batch-run.ts';
import type { HandOverJournal } from '../engine/hand-over-journal.ts';
import { Lanes } from '../engine/lanes.ts';
import { PlanCache, type PlanKey, type SendPlan } from '../engine/plan.ts';
import { RecallWatch } from '../engine/recall-watch.ts';
import { Recorder } from '../engine/recorder.ts';
import { renderRow, rowParts, rowReference } from '../engine/render.ts';
import { Sender } from '../engine/sender.ts';
import { Cached } from '../lib/cached.ts';
import type { Durations } from '../lib/durations.ts';
import { CopyLinker } from '../mail/copy-links.ts';
import { heedSignal } from './heed-signal.ts';
import { readLaneWorkspace } from './lane-workspace.ts';
import { LivePlans } from './live-plans.ts';
import { MetricsReporter } from './metrics-reporter.ts';
import { SigningTurns } from './signing-turns.ts';
import { ThroughputMeter } from './throughput-meter.ts';

export interface SenderOptions {
  readonly workerId: string;
  /** Campaigns sending at the same time. */
  readonly maxCampaigns: number;
  readonly leaseMs: number;
  readonly journal: HandOverJournal;
  /** What may be claimed now. */
  kinds(): Promise<ClaimKinds>;
}

/** Of a workspace's settings, for campaigns and emails that begin. */
const SETTINGS_FRESH_MS = 2000;

/** Puts the send path together for this process: statements bound to the database, accounts to transports. */
export function buildSender(core: Core, options: SenderOptions): Sender {
  const { pool, sql } = core.db;
  const meter = new ThroughputMeter(pool, options.workerId, core.events, core.log);
  const { durations } = core;
  const turns = new SigningTurns();
  const files = new AttachedFiles(core);
  const metrics = durations && new MetricsReporter(pool, options.workerId, durations, core.log);
  const lanes = new Lanes({
    readWorkspace: (workspaceId) => readLaneWorkspace(sql, workspaceId, options.workerId),
    open: async ({ id, user, maxConnections }) =>
      openTransport({ ...(await findAccountForSending(sql, id)), maxConnections }, core.secrets, {
        user: user?.email,
        onRefreshToken: (was, is) => void keepRefreshToken(core, id, was, is),
      }),
    claimProbe: (accountId) => claimProbe(sql, accountId, options.workerId),
    returnProbe: (accountId) => returnProbe(sql, accountId, options.workerId),
    exchange: (exchange) => exchangePermits(pool, { ...exchange, holder: options.workerId }),
    onError: (error) => core.log.warn({ err: error }, 'used permits could not be reported; they are reported again'),
  });
  const recorder = new Recorder({
    connect: () => pool.connect(),
    onRecorded: (outcomes, ms) => {
      meter.add(outcomes);
      metrics?.add(outcomes);
      durations?.observe('record', ms);
    },
    onError: (error) => core.log.error({ err: error }, 'outcomes could not be recorded; sending waits until they can'),
  });
  const settings = new Cached(async (id) => (await getWorkspace(sql, id)).settings, SETTINGS_FRESH_MS);
  const load = (key: PlanKey) => loadPlan(core, key, (id) => settings.get(id));
  return new Sender({
    plans: new LivePlans(core, new PlanCache(load), load),
    lanes,
    recorder,
    journal: options.journal,
    watch: new RecallWatch((ids) => listActiveAmong(sql, ids)),
    leaseMs: options.leaseMs,
    claim: async () => claimBatch(pool, { ...options, ...(await options.kinds()), heldBack: await lanes.heldBack() }),
    claimEmails: async (most, heldBack) => {
      const held = [...heldBack, ...(await lanes.heldBack())];
      const { workerId, leaseMs } = options;
      return claimEmails(pool, { workerId, leaseMs, most, ...(await options.kinds()), heldBack: held });
    },
    disown: (inHand) => disownBatches(pool, options.workerId, inHand),
    renew: (batches) => renewLeases(pool, batches, options.leaseMs),
    onBatch: (accountId, ms) => metrics?.addBatch(accountId, ms),
    onStopped: async () => {
      await meter.close();
      await metrics?.close();
    },
    tools: {
      statements: timeGates(bindStatements(pool), durations),
      sign: (signer, make) => turns.sign(signer, make),
      render: (plan, row, own) => renderRow(plan, row, core, own),
      parts: (plan, row, own) => rowParts(plan, row, core, own),
      withFiles: async ({ workspaceId, message }, { data }, work) =>
        message.linkedFiles ? files.with(workspaceId, message.linkedFiles, data, work) : work([]),
      reference: (plan, row) => rowReference(plan, row, core.tokens),
      onSignal: (plan, lane, outcome) => void heedSignal(core, plan, lane, outcome),
      ...(durations && { onReply: (ms) => durations.observe('message', ms) }),
      onError: (error, batch) =>
        core.log.error({ err: error, sendId: batch.sendId, batchNo: batch.batchNo }, 'a batch could not go on'),
    },
  });
}

function bindStatements(pool: Core['db']['pool']): BatchStatements {
  return {
    gate: (window) => gateRows(pool, window),
    gateDue: (window, limit) => gateDueRows(pool, window, limit),
    gateOthers: (window, domains) => gateOtherRows(pool, window, domains),
    gateOthersDue: (window, domains, limit) => gateOtherDueRows(pool, window, domains, limit),
    gateDomain: (window, domain, limit) => gateRowsOfDomain(pool, window, domain, limit),
    countByDomain: (batch, domains) => countByDomain(pool, batch, domains),
    excludeBlocked: (window) => excludeBlockedRows(pool, window),
    owns: (window) => ownsBatch(pool, window),
    settleLost: (batch, onUnknown) => settleLostRows(pool, batch, onUnknown),
    findOwnSending: (batch) => findOwnSending(pool, batch),
    returnUnseen: (batch, seqs) => returnUnseenRows(pool, batch, seqs),
    release: (batch, wait) => releaseBatch(pool, batch, wait),
    recount: async (batch) => {
      await recountBatch(pool, batch);
      await resumeEndedCampaign(pool, batch);
      if (batch.isEmail) await finishEmail(pool, batch);
    },
  };
}

function timeGates(statements: BatchStatements, durations: Durations | null): BatchStatements {
  if (!durations) return statements;
  const { gate, gateDue, gateOthers, gateOthersDue, gateDomain } = statements;
  return {
    ...statements,
    gate: (...args) => durations.time('gate', () => gate(...args)),
    gateDue: (...args) => durations.time('gate', () => gateDue(...args)),
    gateOthers: (...args) => durations.time('gate', () => gateOthers(...args)),
    gateOthersDue: (...args) => durations.time('gate', () => gateOthersDue(...args)),
    gateDomain: (...args) => durations.time('gate', () => gateDomain(...args)),
  };
}

type SettingsOf = (workspaceId: string) => Promise<unknown>;

async function loadPlan(core: Core, key: PlanKey, settingsOf: SettingsOf): Promise<SendPlan> {
  const { sendId, variant } = key;
  const sent = await findSentMessage(core, key, 'mail');
  if (!sent)
    throw new Error(`Send ${sendId} has no campaign to be sent, or nothing to be sent as its variant ${variant}`);
  const { campaign, from, linkPlan, ...copy } = sent;
  const audience = campaign.audience as unknown as StoredAudience;
  const linker = linkPlan && new CopyLinker(core.linkTokens, await linkBaseOf(core, campaign.workspaceId), linkPlan);
  return {
    ...copy,
    campaignId: campaign.id,
    workspaceId: campaign.workspaceId,
    isEmail: campaign.kind === 'email',
    links: linker && { linker, refused: new Set() },
    envelopeFrom: returnPathOf(core, await settingsOf(campaign.workspaceId), sendId, from.address),
    fromDomain: domainOfAddress(from.address),
    listIds: audience.kind === 'lists' ? audience.listIds : [],
    accountIds: campaign.accountIds,
    limits: [],
    signer: null,
    batchSize: campaign.batchSize,
    batchDelayMs: campaign.batchDelayMs,
    retry: retryPolicy(campaign.retry as RetrySettings | null),
    onUnknown: campaign.onUnknown as 'hold' | 'resend',
    quietHours: campaign.quietHours as QuietHours | null,
    recall: { recalled: false },
  };
}

/** A return path per copy where the workspace has a domain for it; else mail comes back to the From address. */
function returnPathOf(
  { tokens }: Pick<Core, 'tokens'>,
  settings: unknown,
  sendId: string,
  fromAddress: string,
): SendPlan['envelopeFrom'] {
  const domain = returnPathDomainOf(settings);
  return domain === null ? fromAddress : (seq) => `${tokens.returnLocalPart({ sendId, seq })}@${domain}`;
}
