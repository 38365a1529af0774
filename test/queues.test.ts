import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseRedisAddress } from '../src/lib/redis.ts';
import { openPostgresQueues } from '../src/queue/postgres-queues.ts';
import type { Queues } from '../src/queue/queues.ts';
import { openRedisQueues } from '../src/queue/redis-queues.ts';
import { freshDatabase } from './helpers/database.ts';
import { redisRunsHere, TestRedis } from './helpers/redis.ts';

const PATIENCE = { timeout: 15_000, interval: 20 };
const ignore = () => {};

describe.each(['postgres', 'redis'] as const)('queues on %s', (kind) => {
  const runs = kind === 'postgres' || redisRunsHere('queues');
  let redis: TestRedis | null = null;
  let queues: Queues;

  beforeAll(async () => {
    if (kind === 'redis' && runs) redis = await TestRedis.start();
  });
  afterAll(() => redis?.stop());
  beforeEach(async () => {
    if (kind === 'postgres') queues = await openPostgresQueues((await freshDatabase()).config, ignore);
    else {
      await redis?.cut();
      await redis?.resume();
      queues = openRedisQueues(parseRedisAddress(redis?.url ?? ''), ignore);
    }
  });
  afterEach(() => queues.close());

  const counts = (name: Parameters<Queues['counts']>[0]) => queues.counts(name);

  it.runIf(runs)('hands each job to one taker', async () => {
    const taken: string[] = [];
    for (let i = 0; i < 50; i++) await queues.enqueue('campaigns', { campaignId: `c${i}` });
    const take = async ({ campaignId }: { campaignId: string }) => void taken.push(campaignId);
    queues.work('campaigns', { concurrency: 4 }, take);
    queues.work('campaigns', { concurrency: 4 }, take);
    await expect.poll(() => taken.length, PATIENCE).toBe(50);
    expect(new Set(taken).size).toBe(50);
    await expect.poll(() => counts('campaigns'), PATIENCE).toMatchObject({ completed: 50, waiting: 0, active: 0 });
    expect(await queues.clean('campaigns', { olderThanMs: 60_000 })).toBe(0);
    expect(await queues.clean('campaigns')).toBe(50);
  });

  it.runIf(runs)('tries a job three times, keeps it as failed and as a dead letter, and replays it', async () => {
    let tries = 0;
    const taker = queues.work('leads-import', { concurrency: 1 }, async () => {
      tries++;
      throw new Error('no such file');
    });
    await queues.enqueue('leads-import', { importId: 'i1' });
    await expect.poll(() => tries, PATIENCE).toBe(3);
    await expect.poll(() => counts('leads-import'), PATIENCE).toMatchObject({ failed: 1 });
    await expect.poll(() => queues.waiting('dead-letter'), PATIENCE).toBe(1);
    await taker.close();
    const [failed] = await queues.list('leads-import', ['failed'], 0, 10);
    expect(failed).toMatchObject({ state: 'failed', attempts: 3, error: 'no such file', payload: { importId: 'i1' } });
    const [letter] = await queues.list('dead-letter', ['waiting'], 0, 10);
    expect(letter?.payload).toMatchObject({
      queue: 'leads-import',
      jobId: failed?.id,
      payload: { importId: 'i1' },
      error: 'no such file',
      attempts: 3,
    });
    expect(await queues.retry('leads-import', failed?.id ?? '')).toBe(true);
    expect(await queues.retry('leads-import', failed?.id ?? '')).toBe(false);
    expect(await counts('leads-import')).toMatchObject({ failed: 0, waiting: 1 });
    expect(await queues.remove('leads-import', failed?.id ?? '')).toBe(true);
    expect(await queues.remove('leads-import', failed?.id ?? '')).toBe(false);
    expect(await queues.find('leads-import', failed?.id ?? '')).toBeNull();
  });

  it.runIf(runs)('gives out nothing while paused, and says so', async () => {
    let taken = 0;
    await queues.pause('email-sending');
    expect(await queues.isPaused('email-sending')).toBe(true);
    queues.work('email-sending', { concurrency: 2 }, async () => void taken++);
    await queues.enqueue('email-sending', {}, 3);
    expect(await queues.waiting('email-sending')).toBe(3);
    expect(await counts('email-sending')).toMatchObject({ paused: 3, waiting: 0 });
    const [job] = await queues.list('email-sending', ['waiting', 'paused'], 0, 10);
    expect(job?.state).toBe('paused');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(taken).toBe(0);
    await queues.resume('email-sending');
    await expect.poll(() => taken, PATIENCE).toBe(3);
  });

  it.runIf(runs)('forgets what nobody has taken when drained', async () => {
    await queues.enqueue('campaigns', { campaignId: 'c' }, 5);
    expect(await queues.drain('campaigns')).toBe(5);
    expect(await queues.waiting('campaigns')).toBe(0);
  });

  it.runIf(runs)('schedules each kind of maintenance once, however many nodes ask', async () => {
    const scheduled = async () => {
      await queues.scheduleMaintenance();
      const { waiting, delayed } = await counts('maintenance');
      return waiting + delayed;
    };
    const once = await scheduled();
    expect(once).toBeGreaterThan(0);
    expect(await scheduled()).toBe(once);
  });
});

describe.runIf(redisRunsHere('queues'))('queues on a Redis that goes away', () => {
  it('say so within seconds, and go on by themselves when it is back', async () => {
    const redis = await TestRedis.start();
    const queues = openRedisQueues(parseRedisAddress(redis.url), ignore);
    let taken = 0;
    queues.work('campaigns', { concurrency: 1 }, async () => void taken++);
    await queues.enqueue('campaigns', { campaignId: 'a' });
    await expect.poll(() => taken, PATIENCE).toBe(1);
    await redis.cut();
    const before = performance.now();
    await expect(queues.enqueue('campaigns', { campaignId: 'b' })).rejects.toThrow();
    expect(performance.now() - before).toBeLessThan(5000);
    await redis.resume();
    await expect
      .poll(async () => {
        await queues.enqueue('campaigns', { campaignId: 'c' }).catch(ignore);
        return taken;
      }, PATIENCE)
      .toBeGreaterThan(1);
    await queues.close();
    await redis.stop();
  });
});
