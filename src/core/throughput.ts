import type { Throughput, ThroughputPoint, WorkspaceThroughput } from '../contract/throughput.ts';
import {
  listAccountThroughput,
  listThroughput,
  listWaits,
  type ThroughputBin,
  type WaitCount,
} from '../db/throughput.ts';
import { Cached } from '../lib/cached.ts';
import type { Caller, Core } from './context.ts';

const MINUTES = 60;

/**
 * What was sent in the last `hours` hours (1 to 2160), hour by hour, and minute by minute in the last one: of a workspace,
 * or of the whole installation when that is null. Empty where nothing is measured (MONITORING=false).
 */
export async function throughput(
  core: Pick<Core, 'db'>,
  workspaceId: string | null,
  hours: number,
): Promise<Throughput> {
  const [byHour, byMinute] = await Promise.all([
    listThroughput(core.db.sql, workspaceId, 60, hours),
    listThroughput(core.db.sql, workspaceId, 1, MINUTES),
  ]);
  const now = Date.now();
  return {
    total: pointOf(sumOf(byHour), now),
    hours: byHour.map((bin, i) => pointOf(bin, byHour[i + 1]?.beganAt.getTime() ?? now)),
    minutes: byMinute.map((bin, i) => pointOf(bin, byMinute[i + 1]?.beganAt.getTime() ?? now)),
  };
}

function pointOf({ beganAt, sent, failed, deferred, unknown, batches, batchMs }: ThroughputBin, endsAt: number) {
  // A stretch that has just begun is not a rate yet: a report comes every five seconds.
  const seconds = Math.max(5, (endsAt - beganAt.getTime()) / 1000);
  return {
    beganAt: beganAt.toISOString(),
    sent,
    failed,
    deferred,
    unknown,
    rate: Math.round((sent / seconds) * 100) / 100,
    successRate: successOf({ sent, failed, unknown }),
    averageBatchMs: batches === 0 ? null : Math.round(batchMs / batches),
  } satisfies ThroughputPoint;
}

function sumOf(bins: readonly ThroughputBin[]): ThroughputBin {
  const sum = (of: (bin: ThroughputBin) => number) => bins.reduce((total, bin) => total + of(bin), 0);
  return {
    beganAt: bins[0]?.beganAt ?? new Date(),
    sent: sum((bin) => bin.sent),
    failed: sum((bin) => bin.failed),
    deferred: sum((bin) => bin.deferred),
    unknown: sum((bin) => bin.unknown),
    batches: sum((bin) => bin.batches),
    batchMs: sum((bin) => bin.batchMs),
  };
}

const FRESH_MS = 2000;
const USABLE_MS = 30_000;

/** A workspace's own, with what each account did and how long messages took: one picture for all who look. */
export class ThroughputFeed {
  readonly #core: Pick<Core, 'db'>;
  readonly #cached = new Cached<WorkspaceThroughput>((key) => this.#read(key), FRESH_MS, USABLE_MS);

  constructor(core: Pick<Core, 'db'>) {
    this.#core = core;
  }

  read({ workspaceId }: Caller, hours: number): Promise<WorkspaceThroughput> {
    return this.#cached.get(`${workspaceId} ${hours}`);
  }

  async #read(key: string): Promise<WorkspaceThroughput> {
    const [workspaceId = '', hours] = key.split(' ');
    const { sql } = this.#core.db;
    const [points, accounts, waits] = await Promise.all([
      throughput(this.#core, workspaceId, Number(hours)),
      listAccountThroughput(sql, workspaceId, Number(hours)),
      listWaits(sql, workspaceId, Number(hours)),
    ]);
    return {
      ...points,
      accounts: accounts.map((account) => ({ ...account, successRate: successOf(account) })),
      queuedToSent: waitsOf(waits),
    };
  }
}

function successOf({ sent, failed, unknown }: Pick<ThroughputBin, 'sent' | 'failed' | 'unknown'>): number | null {
  const final = sent + failed + unknown;
  return final === 0 ? null : sent / final;
}

/** Upper ends of the stretches that waits are told in; the last one has none. */
const WAIT_STEPS = [10, 30, 60, 300, 900, 3600, 14_400, null] as const;

/** `waits` shortest first. */
export function waitsOf(waits: readonly WaitCount[]): WorkspaceThroughput['queuedToSent'] {
  const messages = waits.reduce((sum, wait) => sum + wait.messages, 0);
  const quantile = (share: number) => {
    let seen = 0;
    for (const wait of waits) {
      seen += wait.messages;
      if (seen >= messages * share) return wait.seconds;
    }
    return null;
  };
  return {
    messages,
    p50Seconds: quantile(0.5),
    p95Seconds: quantile(0.95),
    slowestSeconds: waits.at(-1)?.seconds ?? null,
    bins: WAIT_STEPS.map((uptoSeconds, i) => {
      const from = i === 0 ? -1 : (WAIT_STEPS[i - 1] ?? -1);
      const upto = uptoSeconds ?? Number.POSITIVE_INFINITY;
      const within = waits.filter(({ seconds }) => seconds > from && seconds <= upto);
      return { uptoSeconds, messages: within.reduce((sum, wait) => sum + wait.messages, 0) };
    }),
  };
}
