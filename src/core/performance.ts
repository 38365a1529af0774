import type { Performance } from '../contract/performance.ts';
import { type CampaignRow, listCampaigns } from '../db/campaigns.ts';
import { type LimitUse, listLimitUse } from '../db/limit-use.ts';
import { countRecipients, findSendsOfCampaigns, listRates } from '../db/sends.ts';
import { currentRate } from '../db/throughput.ts';
import { listRunningWorkers } from '../db/workers.ts';
import { emptyCounts, expectedOf, openOf, progressOf } from '../domain/recipient-state.ts';
import { warmupAllows } from '../domain/warmup.ts';
import { Cached } from '../lib/cached.ts';
import { MachineLoad } from '../lib/machine-load.ts';
import type { Caller, Core } from './context.ts';
import { heldUpEtaSeconds } from './eta.ts';
import { within } from './health.ts';

type PerformanceCore = Pick<Core, 'db' | 'queues'>;

/** People look every five seconds, several of them at once. */
const FRESH_MS = 1000;
/** A hundred accounts that sent all day are 100 ms of adding up: that is done behind an answer, not before it. */
const LIMITS_USABLE_MS = 15_000;
const MOST_CAMPAIGNS = 100;
const MOST_ENDS = 1000;
/** A worker tells every five seconds that it lives. */
const SILENT_MS = 30_000;
const WORK_QUEUES = ['campaigns', 'leads-import', 'email-sending', 'email-retry'] as const;

/** How fast a workspace sends, and what it has left: one picture for everybody who looks within a second. */
export class PerformanceFeed {
  readonly #core: PerformanceCore;
  readonly #load = new MachineLoad();
  readonly #cached = new Cached((workspaceId) => this.#read(workspaceId), FRESH_MS);
  readonly #limits = new Cached((id) => listLimitUse(this.#core.db.pool, id), FRESH_MS, LIMITS_USABLE_MS);
  /** When campaigns end that something else than their rate holds up, as it was reckoned last. */
  #ends = new Map<string, number>();
  #isReckoning = false;

  constructor(core: PerformanceCore) {
    this.#core = core;
  }

  read(caller: Caller): Promise<Performance> {
    return this.#cached.get(caller.workspaceId);
  }

  async #read(workspaceId: string): Promise<Performance> {
    const { db } = this.#core;
    const [emailsPerSecond, workers, campaigns, accounts, queueDepth] = await Promise.all([
      currentRate(db.sql, workspaceId),
      listRunningWorkers(db.sql),
      this.#campaigns(workspaceId),
      this.#limits.get(workspaceId),
      this.#queueDepth(),
    ]);
    return {
      emailsPerSecond,
      activeWorkers: workers.filter((worker) => worker.silentMs < SILENT_MS).length,
      campaigns,
      accounts: accounts.map((account) => ({
        accountId: account.accountId,
        name: account.name,
        usedHour: account.usedHour,
        limitHour: account.limitPerHour,
        usedDay: account.usedDay,
        limitDay: limitOfDay(account),
        state: account.state,
      })),
      system: { cpu: this.#load.cpuPercent(), memory: this.#load.memoryPercent(), queueDepth },
    };
  }

  async #campaigns(workspaceId: string): Promise<Performance['campaigns']> {
    const { db } = this.#core;
    const running = await listCampaigns(db.sql, { workspaceId, states: ['waiting', 'active'], limit: MOST_CAMPAIGNS });
    const ids = running.map((campaign) => campaign.id);
    const sends = await findSendsOfCampaigns(db.sql, ids);
    const sendIds = [...sends.values()].map((send) => send.id);
    const [counts, rates] = await Promise.all([countRecipients(db.pool, sendIds), listRates(db.sql, sendIds)]);
    void this.#reckonEnds(running);
    return running.map(({ id, name }) => {
      const send = sends.get(id);
      const count = (send && counts.get(send.id)) ?? emptyCounts();
      const rate = (send && rates.get(send.id)) ?? 0;
      const byRate = send?.expandedAt && rate > 0 ? Math.ceil(openOf(count) / rate) : null;
      const progress = progressOf(count, expectedOf(send));
      return { campaignId: id, name, progress, rate, etaSeconds: this.#etaOf(id) ?? byRate };
    });
  }

  #etaOf(campaignId: string): number | null {
    const end = this.#ends.get(campaignId);
    return end === undefined ? null : Math.max(0, Math.ceil((end - Date.now()) / 1000));
  }

  /** A forecast over a hundred accounts takes 150 ms: one after the other, for whoever looks next. */
  async #reckonEnds(campaigns: readonly CampaignRow[]): Promise<void> {
    if (this.#isReckoning) return;
    this.#isReckoning = true;
    try {
      for (const campaign of campaigns.filter(({ state }) => state === 'active')) {
        const eta = await heldUpEtaSeconds(this.#core.db, campaign);
        if (eta === null) this.#ends.delete(campaign.id);
        else this.#ends.set(campaign.id, Date.now() + eta * 1000);
      }
      if (this.#ends.size > MOST_ENDS) this.#ends = new Map();
    } finally {
      this.#isReckoning = false;
    }
  }

  /** What does not answer holds nothing up: the rest of the picture is worth having. */
  async #queueDepth(): Promise<number> {
    const depths = await Promise.all(WORK_QUEUES.map((queue) => within(this.#core.queues.waiting(queue))));
    return depths.reduce<number>((sum, depth) => sum + (depth ?? 0), 0);
  }
}

/** Its own, or what its warm-up allows today. */
function limitOfDay({ limitPerDay, warmup }: LimitUse): number | null {
  if (!warmup) return limitPerDay;
  return Math.min(limitPerDay ?? Number.POSITIVE_INFINITY, warmupAllows(warmup, Date.now()));
}
