import { sql } from 'kysely';
import { listRunningWorkers } from '../db/workers.ts';
import { answers } from '../lib/redis.ts';
import { sleep } from '../lib/sleep.ts';
import type { Core } from './context.ts';

export interface Health {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly database: 'up' | 'down';
  readonly redis: 'up' | 'down' | 'disabled';
  readonly queue: 'up' | 'down';
  readonly workers: number;
}

const PATIENCE_MS = 2000;
/** A worker tells every five seconds that it lives. */
const SILENT_MS = 30_000;

/** `down` without the database; `degraded` without Redis or the queue, or when nobody works on what is taken in. */
export async function checkHealth(core: Pick<Core, 'db' | 'queues' | 'redis'>): Promise<Health> {
  const [isUp, redis] = await Promise.all([isReady(core), redisState(core)]);
  if (!isUp) return { status: 'down', database: 'down', redis, queue: 'down', workers: 0 };
  const [queue, workers] = await Promise.all([
    within(core.queues.waiting('campaigns')).then((depth) => (depth === null ? 'down' : 'up')),
    within(listRunningWorkers(core.db.sql)),
  ]);
  const running = (workers ?? []).filter((worker) => worker.silentMs < SILENT_MS).length;
  const status = queue === 'up' && redis !== 'down' && running > 0 ? 'ok' : 'degraded';
  return { status, database: 'up', redis, queue, workers: running };
}

async function redisState({ redis }: Pick<Core, 'redis'>): Promise<Health['redis']> {
  if (redis === null) return 'disabled';
  return (await answers(redis)) ? 'up' : 'down';
}

/** Whether the database answers. */
export async function isReady(core: Pick<Core, 'db'>): Promise<boolean> {
  return (await within(sql`select 1`.execute(core.db.sql))) !== null;
}

/** Null when it fails or takes too long: somebody waits for the answer, also for a bad one. */
export async function within<T>(work: Promise<T>, patienceMs = PATIENCE_MS): Promise<T | null> {
  const timeUp = new AbortController();
  try {
    return await Promise.race([work, sleep(patienceMs, timeUp.signal).then(() => null)]);
  } catch {
    return null;
  } finally {
    timeUp.abort();
  }
}
