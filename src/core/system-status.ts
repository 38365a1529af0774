import os from 'node:os';
import { sql } from 'kysely';
import type { SystemStatus } from '../contract/queue-admin.ts';
import { readPool } from '../db/worker-pool.ts';
import { QUEUE_NAMES } from '../queue/jobs.ts';
import type { Core } from './context.ts';
import { checkHealth } from './health.ts';

const MB = 2 ** 20;

/** What an operator looks at first: is everything there, how fast does it answer, what is paused. */
export async function systemStatus(core: Pick<Core, 'db' | 'queues' | 'redis'>): Promise<SystemStatus> {
  const [health, redis, latencyMs] = await Promise.all([checkHealth(core), redisStatus(core), timed(() => ping(core))]);
  const { pool } = core.db;
  const memory = process.memoryUsage();
  return {
    status: health.status,
    redis: { status: health.redis, ...redis },
    database: {
      status: health.database,
      latencyMs,
      connections: { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount },
    },
    queue: {
      status: health.queue,
      backend: core.queues.backend,
      paused: health.queue === 'up' ? await paused(core) : [],
    },
    workers: { running: health.workers, desired: health.database === 'up' ? (await readPool(core.db.sql)).desired : 0 },
    memory: {
      rssMb: Math.round(memory.rss / MB),
      heapUsedMb: Math.round(memory.heapUsed / MB),
      freeMb: Math.round(os.freemem() / MB),
    },
  };
}

async function ping({ db }: Pick<Core, 'db'>): Promise<void> {
  await sql`select 1`.execute(db.sql);
}

async function paused({ queues }: Pick<Core, 'queues'>): Promise<string[]> {
  const states = await Promise.all(QUEUE_NAMES.map((name) => queues.isPaused(name)));
  return QUEUE_NAMES.filter((_, i) => states[i]);
}

async function redisStatus({
  redis,
}: Pick<Core, 'redis'>): Promise<{ latencyMs: number | null; usedMemoryMb: number | null }> {
  if (redis === null) return { latencyMs: null, usedMemoryMb: null };
  const latencyMs = await timed(() => redis.ping());
  const info = latencyMs === null ? '' : await redis.info('memory').catch(() => '');
  const bytes = /^used_memory:(\d+)/m.exec(info)?.[1];
  return { latencyMs, usedMemoryMb: bytes === undefined ? null : Math.round(Number(bytes) / MB) };
}

/** Null when it fails. */
async function timed(work: () => Promise<unknown>): Promise<number | null> {
  const before = performance.now();
  try {
    await work();
    return Math.round((performance.now() - before) * 10) / 10;
  } catch {
    return null;
  }
}
