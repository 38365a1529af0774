import type { Throughput, ThroughputPoint } from '../contract/throughput.ts';
import { listThroughput, type ThroughputBin } from '../db/throughput.ts';
import type { Core } from './context.ts';

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
  const final = sent + failed + unknown;
  return {
    beganAt: beganAt.toISOString(),
    sent,
    failed,
    deferred,
    unknown,
    rate: Math.round((sent / seconds) * 100) / 100,
    successRate: final === 0 ? null : sent / final,
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
