import { StepMemory } from './step-memory.ts';

/** What is known at the moment of deciding how many workers there should be. */
export interface PoolLoad {
  readonly running: number;
  readonly min: number;
  readonly max: number;
  /** Recipients that could be sent to now; work of other kinds counts as one each. */
  readonly depth: number;
  /** Emails a second, of all workers. */
  readonly rate: number;
  /** Emails a second that the accounts can take in the coming minute; Infinity without limits. */
  readonly allowed: number;
  /** That the accounts may open together; 0 while nothing waits. Another number is news, not a limit here. */
  readonly connections: number;
  /** Emails a second that people want while there is work. */
  readonly target: number;
}

export interface PoolWish {
  readonly workers: number;
  /** In words for people. */
  readonly reason: string;
}

/** A backlog should be gone in a minute, where accounts allow it. */
const DRAIN_S = 60;
/** Of a worker that has sent nothing yet. Slow servers soon show a lower figure, and fast ones a higher. */
const USUAL_RATE = 1000;
/** From this share of what the accounts allow, more workers only wait for permits. */
const AT_LIMIT = 0.9;

/** How many workers the load asks for. No memory: the same load gives the same answer. */
export function wantedWorkers(load: PoolLoad): PoolWish {
  const { running, min, max, depth, rate, allowed, target } = load;
  const within = (workers: number) => Math.min(Math.max(Math.ceil(workers), min), max);
  if (depth === 0) return { workers: min, reason: 'nothing waits' };
  if (allowed <= 0) return { workers: within(1), reason: 'no account can send at the moment' };
  if (running > 0 && rate >= AT_LIMIT * allowed)
    return { workers: within(running), reason: 'the limits of the accounts are reached' };
  const each = running > 0 && rate > 0 ? rate / running : USUAL_RATE;
  const wish = Math.max(target, depth / DRAIN_S);
  const needed = Math.min(wish, allowed);
  const reason = needed < wish ? 'as many as the accounts can use' : 'so that what waits is gone in a minute';
  return { workers: within(Math.max(1, needed / each)), reason };
}

/** The number must be too low for this long before there are more, and too high for this long before there are fewer. */
export interface Hysteresis {
  readonly upAfterMs: number;
  readonly downAfterMs: number;
  /** Same workers, all at work, for so long: from then on the rate is theirs, and a step up can be compared with it. */
  readonly settleMs: number;
  /** After a step up, until it is seen what it brought. */
  readonly measureMs: number;
}
/** The rate is one of ten whole seconds that ended up to five seconds ago, and a worker takes a few seconds to start. */
export const HYSTERESIS: Hysteresis = { upAfterMs: 2000, downAfterMs: 30_000, settleMs: 15_000, measureMs: 20_000 };

/**
 * Follows the wishes without flapping: up soon, at most double, and back where that did not pay; down only to the most that
 * was wished for meanwhile.
 */
export class Autoscaler {
  readonly #times: Hysteresis;
  readonly #memory: StepMemory;
  #upSince: number | null = null;
  #downSince: number | null = null;
  #mostMeanwhile = 0;
  #steady = 0;
  /** Null while nothing waits, or workers are yet to start. */
  #steadySince: number | null = null;

  constructor(times: Hysteresis = HYSTERESIS) {
    this.#times = times;
    this.#memory = new StepMemory(times.measureMs);
  }

  /** `current` is what was decided last; `now` in milliseconds of a steady clock. */
  decide(current: number, load: PoolLoad, now: number): PoolWish {
    this.#watch(current, load, now);
    const bounded = Math.min(Math.max(current, load.min), load.max);
    if (bounded !== current) return { workers: bounded, reason: `between ${load.min} and ${load.max}` };
    const asked = wantedWorkers(load);
    const back = this.#memory.judge(current, asked, load, now);
    if (back) return back;
    const wish = this.#memory.limit(asked, load, now);
    if (wish.workers > current) return this.#up(current, wish, load, now);
    this.#upSince = null;
    if (wish.workers < current) return this.#down(current, wish, now);
    this.#downSince = null;
    return wish;
  }

  #watch(current: number, load: PoolLoad, now: number): void {
    if (load.depth === 0 || current !== this.#steady || load.running !== current) this.#steadySince = null;
    this.#steady = current;
    if (load.depth > 0 && load.running === current) this.#steadySince ??= now;
  }

  #up(current: number, wish: PoolWish, load: PoolLoad, now: number): PoolWish {
    this.#downSince = null;
    this.#upSince ??= now;
    if (current > 0 && !this.#isTime(current, this.#upSince, now)) return { ...wish, workers: current };
    this.#upSince = now;
    const workers = Math.min(wish.workers, Math.max(1, current * 2));
    this.#memory.stepUp(workers, load, now);
    return { ...wish, workers };
  }

  #isTime(current: number, upSince: number, now: number): boolean {
    const { upAfterMs, settleMs } = this.#times;
    if (this.#steadySince === null || this.#memory.isMeasuring(current)) return false;
    return now - upSince >= upAfterMs && now - this.#steadySince >= settleMs;
  }

  #down(current: number, wish: PoolWish, now: number): PoolWish {
    if (this.#downSince === null) this.#mostMeanwhile = 0;
    this.#downSince ??= now;
    this.#mostMeanwhile = Math.max(this.#mostMeanwhile, wish.workers);
    if (now - this.#downSince < this.#times.downAfterMs) return { ...wish, workers: current };
    this.#downSince = null;
    return { ...wish, workers: this.#mostMeanwhile };
  }
}

export interface PoolNode {
  readonly id: string;
  readonly min: number;
  readonly max: number;
}

/**
 * Shares workers out among nodes: each its minimum first, then one by one to the node with the fewest for its size. Fewer
 * than the minima together are shared the same way from nothing.
 */
export function shareOut(workers: number, nodes: readonly PoolNode[]): ReadonlyMap<string, number> {
  const least = nodes.reduce((sum, node) => sum + node.min, 0);
  const shares = new Map(nodes.map((node) => [node.id, workers >= least ? Math.min(node.min, node.max) : 0]));
  let left = workers - [...shares.values()].reduce((sum, share) => sum + share, 0);
  for (; left > 0; left--) {
    const open = nodes.filter((node) => (shares.get(node.id) ?? 0) < node.max);
    const [next] = open.sort((a, b) => fill(a, shares) - fill(b, shares) || a.id.localeCompare(b.id));
    if (!next) break;
    shares.set(next.id, (shares.get(next.id) ?? 0) + 1);
  }
  return shares;
}

function fill(node: PoolNode, shares: ReadonlyMap<string, number>): number {
  return (shares.get(node.id) ?? 0) / node.max;
}
