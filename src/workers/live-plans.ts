import type { Core } from '../core/context.ts';
import { SigningKeys } from '../core/signing-keys.ts';
import { type CampaignPace, findCampaignPace } from '../db/campaign-guard.ts';
import type { Executor } from '../db/database.ts';
import type { ClaimedBatch } from '../db/hot/claim-batch.ts';
import { permitOwner } from '../db/permits.ts';
import { listRefusedRows } from '../db/tracking-refusals.ts';
import { windowsOfRate } from '../domain/permit-window.ts';
import type { Limit } from '../engine/permits.ts';
import type { PlanCache, PlanKey, SendPlan } from '../engine/plan.ts';
import { Cached } from '../lib/cached.ts';

const UNPACED: CampaignPace = { rateLimitPerHour: null, slowedToPerHour: null };
/** What changed may take this long to be heeded. */
const FRESH_MS = 5000;

type PlannedBatch = Pick<ClaimedBatch, 'sendId' | 'variant' | 'firstSeq' | 'lastSeq' | 'isEmail'>;

/** Plans, with what may change while a campaign is sent: its rate, and the keys of its From domain. */
export class LivePlans {
  readonly #plans: Pick<PlanCache, 'get'>;
  readonly #load: (key: PlanKey) => Promise<SendPlan>;
  readonly #db: Executor;
  readonly #paces: Cached<CampaignPace>;
  readonly #keys: SigningKeys;

  /** A single email has one batch, so its plan is not kept: it would push those of campaigns out. */
  constructor(
    core: Pick<Core, 'db' | 'secrets'>,
    plans: Pick<PlanCache, 'get'>,
    load: (key: PlanKey) => Promise<SendPlan>,
  ) {
    this.#plans = plans;
    this.#load = load;
    this.#db = core.db.sql;
    this.#paces = new Cached((campaignId) => findCampaignPace(core.db.sql, campaignId), FRESH_MS);
    this.#keys = new SigningKeys(core, FRESH_MS);
  }

  /**
   * Rejects also when a key cannot be opened (another APP_SECRET): then nothing is sent, because without their signature
   * messages would be refused, or taken for somebody else's.
   */
  async get(batch: PlannedBatch): Promise<SendPlan> {
    const plan = await (batch.isEmail ? this.#load(batch) : this.#plans.get(batch));
    await this.#heedRefusals(plan, batch);
    const [pace, signer] = await Promise.all([
      plan.isEmail ? UNPACED : this.#paces.get(plan.campaignId),
      this.#keys.signerFor(plan.workspaceId, plan.fromDomain),
    ]);
    plan.limits = limitsOf(plan.campaignId, pace);
    plan.signer = signer;
    return plan;
  }

  /** Who does not want to be followed by now, among the recipients that are next. */
  async #heedRefusals({ links, workspaceId, sendId }: SendPlan, { firstSeq, lastSeq }: PlannedBatch): Promise<void> {
    if (links === null) return;
    const rows = await listRefusedRows(this.#db, { workspaceId, sendId, firstSeq, lastSeq });
    for (const seq of rows) links.refused.add(seq);
  }
}

/** The limits of the campaign itself: its own rate, and the one it was slowed down to. */
function limitsOf(campaignId: string, { rateLimitPerHour, slowedToPerHour }: CampaignPace): Limit[] {
  const rates = [rateLimitPerHour, slowedToPerHour].filter((rate) => rate !== null);
  if (rates.length === 0) return [];
  const isSlowed = slowedToPerHour !== null && slowedToPerHour === Math.min(...rates);
  const words = () => (isSlowed ? 'the slower rate after complaints' : "the campaign's own rate limit");
  return [{ owner: permitOwner.campaign(campaignId), windows: windowsOfRate(Math.min(...rates)), words }];
}
