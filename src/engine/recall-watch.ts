import type { SendPlan } from './plan.ts';

type Watched = Pick<SendPlan, 'campaignId' | 'recall'>;

/** A pause or a cancel is heeded within this time and one look at the database. */
const LOOK_MS = 500;

/**
 * Takes messages back that passed the gate and still wait in a transport, when their campaign is paused or cancelled, by
 * whatever process. The gate holds back everything after them; without this a slow server would be handed what was
 * gated before. While the database is away nothing is taken back: the campaign is as it was.
 */
export class RecallWatch {
  readonly #listActive: (campaignIds: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly #runs = new Map<Watched, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(listActive: (campaignIds: readonly string[]) => Promise<ReadonlySet<string>>) {
    this.#listActive = listActive;
  }

  /** A batch was claimed, so its campaign is to be sent. Every `enter` wants a `leave`. */
  enter(plan: Watched): void {
    plan.recall.recalled = false;
    this.#runs.set(plan, (this.#runs.get(plan) ?? 0) + 1);
    this.#timer ??= setInterval(() => void this.look(), LOOK_MS).unref();
  }

  leave(plan: Watched): void {
    const left = (this.#runs.get(plan) ?? 0) - 1;
    if (left > 0) this.#runs.set(plan, left);
    else this.#runs.delete(plan);
    if (this.#runs.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  async look(): Promise<void> {
    const plans = [...this.#runs.keys()];
    const ids = [...new Set(plans.map((plan) => plan.campaignId))];
    const active = await this.#listActive(ids).catch(() => null);
    if (active) for (const plan of plans) plan.recall.recalled = !active.has(plan.campaignId);
  }
}
