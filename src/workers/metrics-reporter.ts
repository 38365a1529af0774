import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { HotExecutor } from '../db/database.ts';
import { addReport, type BatchCount, type EmailCount } from '../db/metrics.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import type { Outcome } from '../engine/recorder.ts';
import type { Durations } from '../lib/durations.ts';
import type { Logger } from '../lib/logger.ts';

const REPORT_MS = 5000;
const MB = 1024 * 1024;

const STATE_OF: Readonly<Record<number, EmailCount['state']>> = {
  [STATE_CODE.sent]: 'sent',
  [STATE_CODE.failed]: 'failed',
  [STATE_CODE.deferred]: 'deferred',
  [STATE_CODE.unknown]: 'unknown',
};

/**
 * Adds up what this worker did and writes it every five seconds, in one statement that touches none of the send path's
 * rows. What cannot be written is left out: the ledger has it, and this is only the picture.
 */
export class MetricsReporter {
  readonly #db: HotExecutor;
  readonly #workerId: string;
  readonly #durations: Durations;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #emails = new Map<string, EmailCount & { emails: number }>();
  #batches = new Map<string, BatchCount & { batches: number; batchMs: number }>();
  #cpu = process.cpuUsage();
  #loop: EventLoopUtilization = performance.eventLoopUtilization();
  #reporting: Promise<void> | null = null;

  constructor(db: HotExecutor, workerId: string, durations: Durations, log: Logger) {
    this.#db = db;
    this.#workerId = workerId;
    this.#durations = durations;
    this.#log = log;
    this.#timer = setInterval(() => void this.report(), REPORT_MS);
    this.#timer.unref();
  }

  add(outcomes: readonly Outcome[]): void {
    for (const { accountId, state, class: className } of outcomes) {
      const name = STATE_OF[state];
      if (name === undefined) continue; // taken back before it was handed over: nothing happened
      const key = `${accountId}${name}${className ?? ''}`;
      const count = this.#emails.get(key);
      if (count) count.emails++;
      else this.#emails.set(key, { accountId, state: name, class: className ?? '', emails: 1 });
    }
  }

  /** A batch was given back after `ms`; `accountId` is the account that its first message went through. */
  addBatch(accountId: string | null, ms: number): void {
    this.#durations.observe('batch', ms);
    if (accountId === null) return;
    const count = this.#batches.get(accountId) ?? { accountId, batches: 0, batchMs: 0 };
    count.batches++;
    count.batchMs += ms;
    this.#batches.set(accountId, count);
  }

  /** Writes what came together. One at a time: while the database is slow, reports grow instead of queueing. */
  async report(): Promise<void> {
    this.#reporting ??= this.#write().finally(() => {
      this.#reporting = null;
    });
    await this.#reporting;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reporting;
    await this.report();
  }

  async #write(): Promise<void> {
    const emails = [...this.#emails.values()];
    const batches = [...this.#batches.values()];
    this.#emails = new Map();
    this.#batches = new Map();
    const report = {
      ...this.#process(),
      workerId: this.#workerId,
      emails,
      batches,
      durations: this.#durations.drain(),
    };
    await addReport(this.#db, report).catch((error: unknown) => this.#log.debug({ err: error }, 'metrics not written'));
  }

  #process(): { rssMb: number; cpuSeconds: number; eventLoopUtilization: number } {
    const spent = process.cpuUsage(this.#cpu);
    const loop = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(loop, this.#loop);
    this.#cpu = process.cpuUsage();
    this.#loop = loop;
    return {
      rssMb: process.memoryUsage.rss() / MB,
      cpuSeconds: (spent.user + spent.system) / 1e6,
      eventLoopUtilization: Number.isFinite(utilization) ? utilization : 0,
    };
  }
}
