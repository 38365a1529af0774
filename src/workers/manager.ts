import os from 'node:os';
import type { Core } from '../core/context.ts';
import { readLoad } from '../core/pool-load.ts';
import { returnLease, takeLease } from '../db/leases.ts';
import {
  changePool,
  deleteManager,
  insertDecision,
  insertManager,
  listLiveManagers,
  readPool,
  setDesired,
  touchManager,
} from '../db/worker-pool.ts';
import { listOwnWorkers } from '../db/workers.ts';
import { Autoscaler, HYSTERESIS, type Hysteresis, type PoolLoad, shareOut } from '../domain/autoscale.ts';
import { processKey } from '../lib/process-key.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { WorkerChild } from './worker-child.ts';

export interface ManagerOptions {
  readonly min: number;
  readonly max: number;
  /** Emails an hour. */
  readonly targetThroughput: number;
  /** A worker process that has grown past this is replaced. */
  readonly maxRssMb: number;
  /** Goes to every worker process. */
  readonly settings: unknown;
  readonly hysteresis?: Hysteresis;
}

const TICK_MS = 1000;
/** One manager decides for all; when it is gone, another one does after this long. */
const DECIDER_MS = 5000;
const DECIDE_MS = 2000;
/** A node that says nothing for so long is gone, and its share goes to others. */
const GONE_MS = 15_000;
const NOTE_MS = 60_000;
/** A worker process that ended by itself within this time is started again later and later. */
const HEALTHY_MS = 30_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * The worker processes of one node. Every node runs as many as its share of what the pool should have; one of them, by a
 * lease, decides how many that are and shares them out.
 */
export class WorkerManager {
  readonly id = uuid7();
  readonly #core: Core;
  readonly #options: ManagerOptions;
  readonly #scaler: Autoscaler;
  readonly #children = new Set<WorkerChild>();
  #timer: NodeJS.Timeout | null = null;
  #ticking: Promise<void> | null = null;
  #unsubscribe: (() => void) | null = null;
  #decidedAt = -Infinity;
  #notedAt = -Infinity;
  #noted = '';
  #failures = 0;
  #startNotBefore = 0;
  #isStopping = false;

  constructor(core: Core, options: ManagerOptions) {
    this.#core = core;
    this.#options = options;
    this.#scaler = new Autoscaler(options.hysteresis ?? HYSTERESIS);
  }

  /** Worker processes that run or start. */
  get running(): number {
    return [...this.#children].filter((child) => !child.isStopping).length;
  }

  async start(): Promise<void> {
    await this.#register();
    this.#unsubscribe = this.#core.events.subscribe(({ kind }) => {
      if (kind === 'workers') this.#wake();
    });
    await this.#tick();
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#unsubscribe?.();
    if (this.#timer) clearInterval(this.#timer);
    await this.#ticking;
    await Promise.all([...this.#children].map((child) => child.stop()));
    const { sql } = this.#core.db;
    await deleteManager(sql, this.id).catch(() => {});
    await returnLease(sql, 'worker-pool', this.id).catch(() => {});
  }

  /** Somebody changed what there should be. */
  #wake(): void {
    this.#decidedAt = -Infinity;
    void this.#tick();
  }

  #tick(): Promise<void> {
    this.#ticking ??= this.#work()
      .catch((error: unknown) => this.#core.log.debug({ err: error }, 'workers could not be looked after; again soon'))
      .finally(() => {
        this.#ticking = null;
      });
    return this.#ticking;
  }

  async #work(): Promise<void> {
    const { sql } = this.#core.db;
    if (await takeLease(sql, 'worker-pool', this.id, DECIDER_MS)) await this.#decide();
    const desired = await touchManager(sql, this.id, this.running);
    if (this.#isStopping) return;
    if (desired === null) return this.#register();
    await this.#endUnwanted();
    this.#adjust(desired);
  }

  /** Again when the row was removed: nothing was heard of this node for a while (it was suspended, or the database away). */
  async #register(): Promise<void> {
    const { min, max, targetThroughput } = this.#options;
    const identity = { id: this.id, host: os.hostname(), pid: process.pid, processKey: processKey() };
    await insertManager(this.#core.db.sql, { ...identity, minWorkers: min, maxWorkers: max, targetThroughput });
  }

  async #decide(): Promise<void> {
    if (performance.now() - this.#decidedAt < DECIDE_MS) return;
    this.#decidedAt = performance.now();
    const { sql, pool } = this.#core.db;
    const [wanted, nodes] = await Promise.all([readPool(sql), listLiveManagers(sql, GONE_MS)]);
    const sum = (of: (node: (typeof nodes)[number]) => number) => nodes.reduce((total, node) => total + of(node), 0);
    const most = sum((node) => node.maxWorkers);
    const max = Math.min(wanted.maxWorkers ?? most, most);
    const min = Math.min(wanted.minWorkers ?? sum((node) => node.minWorkers), max);
    const target = (wanted.targetThroughput ?? Math.max(0, ...nodes.map((node) => node.targetThroughput))) / 3600;
    const load = { ...(await readLoad(this.#core)), running: sum((node) => node.running), min, max, target };
    const next = this.#next(wanted, load);
    await setDesired(
      pool,
      shareOut(
        next.workers,
        nodes.map((node) => ({ id: node.id, min: Math.min(node.minWorkers, min), max: node.maxWorkers })),
      ),
    );
    await this.#note(wanted.desired, next, load);
  }

  #next(wanted: Awaited<ReturnType<typeof readPool>>, load: PoolLoad): { workers: number; reason: string } {
    if (wanted.state === 'stopped') return { workers: 0, reason: 'stopped by hand' };
    if (wanted.pinned !== null) return { workers: Math.min(wanted.pinned, load.max), reason: 'set by hand' };
    return this.#scaler.decide(wanted.desired, load, performance.now());
  }

  /** Every change, and one line a minute. */
  async #note(before: number, next: { workers: number; reason: string }, load: PoolLoad): Promise<void> {
    const { sql } = this.#core.db;
    const words = `${next.workers} ${next.reason}`;
    if (words !== this.#noted) await changePool(sql, { desired: next.workers, reason: next.reason });
    this.#noted = words;
    if (next.workers === before && performance.now() - this.#notedAt < NOTE_MS) return;
    this.#notedAt = performance.now();
    const { running, depth, rate, allowed } = load;
    const decision = { workers: running, desired: next.workers, depth, rate, reason: next.reason };
    await insertDecision(sql, { ...decision, allowed: Number.isFinite(allowed) ? allowed : null });
    if (next.workers !== before) this.#core.log.info({ ...decision, before }, 'another number of workers');
  }

  /** Ends workers that somebody wants ended, one after the other, and those that have grown too large; `adjust` replaces them. */
  async #endUnwanted(): Promise<void> {
    const { maxRssMb } = this.#options;
    for (const { id, asked, rssMb } of await listOwnWorkers(this.#core.db.sql, this.id)) {
      const child = this.#find(id);
      if (!child || child.isStopping) continue;
      if (rssMb > maxRssMb) this.#core.log.warn({ workerId: id, rssMb, maxRssMb }, 'a worker has grown too large');
      else if (asked === null || [...this.#children].some((other) => other.isStopping)) continue;
      this.#end(child);
    }
  }

  #adjust(desired: number): void {
    const running = [...this.#children].filter((child) => !child.isStopping);
    for (const child of running.slice(desired)) this.#end(child);
    if (performance.now() < this.#startNotBefore) return;
    for (let missing = desired - running.length; missing > 0; missing--) this.#startOne();
  }

  #startOne(): void {
    const child = new WorkerChild(this.id, this.#options.settings, (ended, words) => this.#onEnd(ended, words));
    this.#children.add(child);
    this.#core.log.debug({ pid: child.pid }, 'a worker starts');
  }

  #find(workerId: string): WorkerChild | undefined {
    return [...this.#children].find((child) => child.workerId === workerId);
  }

  #end(child: WorkerChild | undefined): void {
    if (!child || child.isStopping) return;
    void child.stop().finally(() => this.#children.delete(child));
  }

  /** Ended without being told: killed, or by a fault. Its work is taken over; another one starts in its place. */
  #onEnd(child: WorkerChild, words: string): void {
    this.#children.delete(child);
    if (this.#isStopping) return;
    const livedMs = performance.now() - child.startedAt;
    this.#failures = livedMs < HEALTHY_MS ? this.#failures + 1 : 0;
    const pauseMs = this.#failures < 2 ? 0 : Math.min(LONGEST_PAUSE_MS, 500 * 2 ** (this.#failures - 2));
    this.#startNotBefore = performance.now() + pauseMs;
    this.#core.log.warn(
      { pid: child.pid, workerId: child.workerId, ended: words },
      'a worker ended; another one starts',
    );
    void this.#tick();
  }
}
