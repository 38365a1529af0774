import type { BenchOptions } from './bench-options.ts';
import { startSink } from './bench-sink.ts';
import type { OurCampaign } from './our-campaign.ts';
import { comparePaired, type PairedRatios } from './paired-ratios.ts';
import { RedisProcess } from './redis-process.ts';

export interface OverheadOptions extends Omit<BenchOptions, 'campaign'> {
  readonly messages: number;
  readonly rounds: number;
  /** Starts the product with these settings, always on the same database, and stops it again after `work`. */
  readonly run: <T>(settings: NodeJS.ProcessEnv, work: (campaign: OurCampaign) => Promise<T>) => Promise<T>;
}

export interface Overhead {
  readonly sink: string;
  readonly messages: number;
  readonly connections: number;
  /** Queues on PostgreSQL over queues on Redis; null where redis-server is not installed. */
  readonly postgresToRedis: (PairedRatios & { readonly isWithin: boolean }) | null;
  /** Measuring over not measuring. */
  readonly monitoring: PairedRatios & { readonly isWithin: boolean };
}

/** How far from 1 the median of the ratios may be. */
export const QUEUES_WITHIN = 0.1;
export const MONITORING_WITHIN = 0.03;

const ON_POSTGRES = { REDIS_URL: '', REDIS_HOST: '' };
/** Opens connections and warms the code up before what is measured. */
const WARM_UP = 2000;

/** What queues on PostgreSQL and measuring cost: the same campaign with each and without, in turns. */
export async function runOverhead(options: OverheadOptions): Promise<Overhead> {
  const { messages, connections } = options;
  const sink = await startSink(options.sink, options.program);
  try {
    const rate = (name: string, settings: NodeJS.ProcessEnv) => () => measure(options, sink.port, name, settings);
    const usual = rate('queues on PostgreSQL, MONITORING=true', { ...ON_POSTGRES, MONITORING: 'true' });
    const bare = rate('queues on PostgreSQL, MONITORING=false', { ...ON_POSTGRES, MONITORING: 'false' });
    await usual(); // makes the database and its list; not counted
    const queues = await onRedis((url) => {
      const redis = rate('queues on Redis, MONITORING=true', { ...ON_POSTGRES, REDIS_URL: url, MONITORING: 'true' });
      return comparePaired(options.rounds, usual, redis);
    });
    if (queues === null) options.onStep?.('redis-server is not installed: queues on Redis are left out');
    const monitoring = await comparePaired(options.rounds, usual, bare);
    return {
      sink: sink.name,
      messages,
      connections,
      postgresToRedis: queues && { ...queues, isWithin: Math.abs(queues.median - 1) <= QUEUES_WITHIN },
      monitoring: { ...monitoring, isWithin: Math.abs(monitoring.median - 1) <= MONITORING_WITHIN },
    };
  } finally {
    await sink.stop();
  }
}

/** Null where redis-server is not installed. */
async function onRedis<T>(work: (url: string) => Promise<T>): Promise<T | null> {
  const redis = await RedisProcess.start();
  if (!redis) return null;
  try {
    return await work(redis.url);
  } finally {
    await redis.stop();
  }
}

/** Messages a second, from the launch to the last reply. */
async function measure(
  { run, messages, connections, onStep }: OverheadOptions,
  port: number,
  name: string,
  settings: NodeJS.ProcessEnv,
): Promise<number> {
  return run(settings, async (campaign) => {
    await campaign.send(port, Math.min(WARM_UP, messages), connections);
    const { seconds } = await campaign.send(port, messages, connections);
    onStep?.(`${name}: ${Math.round(messages / seconds)} messages/s`);
    return messages / seconds;
  });
}
