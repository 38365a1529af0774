import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Core } from './context.ts';

/** What was counted in the window that is running. */
export interface Count {
  readonly used: number;
  /** Until the window ends. */
  readonly msLeft: number;
}

interface Asked {
  readonly cost: number;
  resolve(count: Count): void;
  reject(error: unknown): void;
}

type Counter = RateLimiterMemory | RateLimiterPostgres | RateLimiterRedis;

/** A store that failed is left alone for so long. */
const LEAVE_ALONE_MS = 3000;
/** The counters decide nothing: who asks compares with a limit that changes with the workspace and with the load. */
const UNBOUNDED = { points: 2_000_000_000, duration: 1, keyPrefix: 'postrider-limit' };
/** A window that ends this soon is not corrected any more: what is taken back must not become room in the next one. */
const TOO_LATE_MS = 1000;

/**
 * Counts by key and window, the same for every process: in Redis where there is one, else in the database. While the store
 * is away this process counts for itself, so that requests are served, and not without any limit.
 */
export class LimitCounters {
  readonly #store: Counter;
  readonly #memory = new RateLimiterMemory(UNBOUNDED);
  readonly #log: Core['log'];
  /** By key, what is to be counted next; a key is here while a count of it is under way. */
  readonly #waiting = new Map<string, Asked[]>();
  #awayUntil = 0;

  constructor({ db, redis, log }: Pick<Core, 'db' | 'redis' | 'log'>) {
    this.#log = log;
    this.#store = redis
      ? new RateLimiterRedis({ ...UNBOUNDED, storeClient: redis, rejectIfRedisNotReady: true })
      : new RateLimiterPostgres({
          ...UNBOUNDED,
          storeClient: db.pool,
          storeType: 'pool',
          tableName: 'api_limits',
          tableCreated: true,
          clearExpiredByTimeout: false, // db/housekeeping.ts does it
        });
  }

  /**
   * Counts and tells, in one round trip. What is counted under a key while the one before is under way goes together: they
   * would wait for each other's row anyway. Each is told the count as of itself.
   */
  async add(key: string, cost: number, windowSeconds: number): Promise<Count> {
    const waiting = this.#waiting.get(key);
    if (waiting) return new Promise((resolve, reject) => waiting.push({ cost, resolve, reject }));
    this.#waiting.set(key, []);
    try {
      return await this.#count(key, cost, windowSeconds);
    } finally {
      void this.#countWaiting(key, windowSeconds);
    }
  }

  async #countWaiting(key: string, windowSeconds: number): Promise<void> {
    for (let asked = this.#take(key); asked.length > 0; asked = this.#take(key)) {
      const total = asked.reduce((sum, { cost }) => sum + cost, 0);
      try {
        const { used, msLeft } = await this.#count(key, total, windowSeconds);
        let before = used - total;
        for (const { cost, resolve } of asked) {
          before += cost;
          resolve({ used: Math.max(0, before), msLeft });
        }
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.#waiting.delete(key);
  }

  #take(key: string): Asked[] {
    return this.#waiting.get(key)?.splice(0) ?? [];
  }

  async #count(key: string, cost: number, windowSeconds: number): Promise<Count> {
    return countOf(await this.#ask((counter) => counter.penalty(key, cost, { customDuration: windowSeconds })));
  }

  /** Null when no window is running. */
  async find(key: string): Promise<Count | null> {
    const found = await this.#ask((counter) => counter.get(key));
    return found && found.msBeforeNext > 0 ? countOf(found) : null;
  }

  /** After `add` with the same values, whose answer is `count`. */
  async takeBack(key: string, cost: number, windowSeconds: number, count: Count): Promise<void> {
    if (count.msLeft < TOO_LATE_MS) return;
    await this.#ask((counter) => counter.reward(key, cost, { customDuration: windowSeconds }));
  }

  async forget(key: string): Promise<void> {
    await this.#memory.delete(key);
    await this.#ask((counter) => counter.delete(key));
  }

  async #ask<T>(question: (counter: Counter) => Promise<T>): Promise<T> {
    if (performance.now() < this.#awayUntil) return question(this.#memory);
    try {
      return await question(this.#store);
    } catch (error) {
      this.#awayUntil = performance.now() + LEAVE_ALONE_MS;
      this.#log.warn({ err: error }, 'limits of the API are counted in this process alone: their store is away');
      return question(this.#memory);
    }
  }
}

function countOf({ consumedPoints, msBeforeNext }: RateLimiterRes): Count {
  return { used: Math.max(0, consumedPoints), msLeft: Math.max(0, Math.round(msBeforeNext)) };
}
