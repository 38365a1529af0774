import { describe, expect, it } from 'vitest';
import { Autoscaler, type PoolLoad } from './autoscale.ts';

const DECIDE_S = 2;
/** Until a new worker sends, and how long ago the emails left that the rate counts. */
const START_S = 2;
const RATE_S = 10;

/** A pool that is looked at every two seconds, with a rate as it is measured: late, and over ten seconds. */
class SimulatedPool {
  readonly #scaler = new Autoscaler();
  readonly #sent: number[] = [];
  readonly #rateOf: (workers: number) => number;
  readonly #wobble: number;
  #now = 0;
  #depth: number;
  #since = 0;
  #before = 1;
  load: PoolLoad;
  workers = 1;
  reason = '';
  /** Every change, with its second. */
  readonly steps: Array<readonly [second: number, workers: number]> = [];

  constructor(
    rateOf: (workers: number) => number,
    { depth = 10_000_000, wobble = 0, ...load }: Partial<PoolLoad> & { wobble?: number } = {},
  ) {
    this.#rateOf = rateOf;
    this.#depth = depth;
    this.#wobble = wobble;
    this.load = { running: 1, min: 1, max: 8, depth, rate: 0, allowed: Infinity, connections: 20, target: 1, ...load };
  }

  get most(): number {
    return Math.max(1, ...this.steps.map(([, workers]) => workers));
  }

  run(seconds: number): this {
    for (const end = this.#now + seconds; this.#now < end; this.#now++) {
      const atWork = this.#now - this.#since < START_S ? Math.min(this.#before, this.workers) : this.workers;
      const rate = this.#rateOf(atWork) * (1 + this.#wobble * Math.sin(this.#now));
      this.#sent.push(Math.min(rate, this.#depth));
      this.#depth -= this.#sent.at(-1) ?? 0;
      if (this.#now % DECIDE_S === 0) this.#decide();
    }
    return this;
  }

  refill(depth: number): this {
    this.#depth = depth;
    return this;
  }

  #decide(): void {
    const end = this.#sent.length - (this.#sent.length % 5);
    const rate = this.#sent.slice(Math.max(0, end - RATE_S), end).reduce((sum, sent) => sum + sent, 0) / RATE_S;
    this.load = { ...this.load, running: this.workers, rate, depth: Math.round(this.#depth) };
    const { workers, reason } = this.#scaler.decide(this.workers, this.load, this.#now * 1000);
    this.reason = reason;
    if (workers === this.workers) return;
    this.#before = this.workers;
    this.#since = this.#now;
    this.workers = workers;
    this.steps.push([this.#now, workers]);
  }
}

describe('a pool that remembers what its last step brought', () => {
  it('goes on to the maximum where every worker adds its rate, and stays there', () => {
    const pool = new SimulatedPool((workers) => workers * 300, { wobble: 0.1 }).run(600);
    expect(pool.steps.map(([, workers]) => workers)).toEqual([2, 4, 8]);
    expect(pool.steps.at(-1)?.[0]).toBeLessThan(90);
  });

  it('takes back a second worker that only divides the connections, and says so', () => {
    const pool = new SimulatedPool(() => 100, { wobble: 0.1 }).run(120);
    expect(pool.steps.map(([, workers]) => workers)).toEqual([2, 1]);
    expect(pool.reason).toMatch(
      /^more workers gain nothing: 2 sent [\d.]+ emails a second, 1 sent [\d.]+ emails a second$/,
    );
  });

  it('keeps of a doubling what pays for itself', () => {
    const pool = new SimulatedPool((workers) => Math.min(workers, 2) * 100 + (workers > 4 ? 80 : 0)).run(60);
    expect(pool.steps.map(([, workers]) => workers)).toEqual([2, 4, 2]);
    const three = new SimulatedPool((workers) => [0, 100, 200, 240][Math.min(workers, 3)] ?? 0).run(60);
    expect(three.steps.map(([, workers]) => workers)).toEqual([2, 4, 2]);
    const eight = new SimulatedPool((workers) => Math.min(workers, 4.9) * 100, { max: 8 }).run(120);
    expect(eight.workers).toBe(5);
  });

  it('tries again after five minutes, and not before', () => {
    const pool = new SimulatedPool(() => 100).run(300);
    expect(pool.steps).toHaveLength(2);
    pool.run(100);
    expect(pool.steps.map(([, workers]) => workers)).toEqual([2, 1, 2, 1]);
    const [, back = [0, 0], again = [0, 0]] = pool.steps;
    expect(again[0] - back[0]).toBeGreaterThanOrEqual(300);
    expect(again[0] - back[0]).toBeLessThan(305);
  });

  it.each<[string, (pool: SimulatedPool) => void]>([
    [
      'accounts may open more connections',
      (pool) => {
        pool.load = { ...pool.load, connections: 40 };
      },
    ],
    [
      'accounts are allowed more',
      (pool) => {
        pool.load = { ...pool.load, allowed: 3000 };
      },
    ],
    ['much more waits', (pool) => void pool.refill(30_000_000)],
  ])('tries again at once when %s', (_what, change) => {
    const pool = new SimulatedPool(() => 100, { allowed: 2000 }).run(120);
    expect(pool.workers).toBe(1);
    change(pool);
    expect(pool.run(10).workers).toBe(2);
  });

  it('starts without a memory when nothing waited in between', () => {
    const pool = new SimulatedPool(() => 100).run(120).refill(0).run(10).refill(10_000_000);
    expect(pool.run(30).workers).toBe(2);
  });

  it('learns nothing from a campaign that ran out while it was measured', () => {
    const pool = new SimulatedPool((workers) => workers * 300, { depth: 25_000 }).run(40);
    expect(pool.most).toBe(2);
    pool.refill(0).run(60).refill(10_000_000);
    expect(pool.run(120).most).toBe(8);
  });

  it('takes back workers that change nothing about a server that does not answer', () => {
    const pool = new SimulatedPool(() => 0).run(60);
    expect(pool.steps.map(([, workers]) => workers)).toEqual([2, 1]);
  });

  it('never goes below the minimum', () => {
    const pool = new SimulatedPool(() => 100, { min: 1 }).run(24);
    expect(pool.workers).toBe(2);
    pool.load = { ...pool.load, min: 2 };
    expect(pool.run(120).workers).toBe(2);
  });
});
