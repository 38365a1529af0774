import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { callApi } from './helpers/call-api.ts';
import { people } from './helpers/campaign.ts';
import { redisRunsHere, TestRedis } from './helpers/redis.ts';
import { startTestServer, type TestServer } from './helpers/server.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };

describe.runIf(redisRunsHere('an outage of Redis'))('while Redis is away', { timeout: 120_000 }, () => {
  let redis: TestRedis;
  let server: TestServer;
  let sink: CountingSink;

  beforeEach(async () => {
    redis = await TestRedis.start();
    sink = new CountingSink(20);
    server = await startTestServer({ REDIS_URL: redis.url, SANDBOX: 'false' });
    const port = await sink.listen();
    const account = { name: 'A', type: 'smtp', host: '127.0.0.1', port, secure: 'none', from: 'News <n@sender.test>' };
    await call('POST', '/api/accounts', account);
  });
  afterEach(async () => {
    await server.stop();
    await redis.stop();
    await sink.close();
  });

  const call = <T>(method: string, path: string, body?: unknown) => callApi<T>(server, method, path, body);
  const health = () => call<{ status: string; redis: string }>('GET', '/health');
  const send = async (count: number, tag: string) => {
    const audience = people(count).map((person) => ({ ...person, email: `${tag}.${person.email}` }));
    const content = { subject: 'Hello', textContent: 'Hello {{firstName}}' };
    return (await call<{ jobId: string }>('POST', '/api/campaigns/send', { ...content, audience })).jobId;
  };
  const status = (jobId: string) =>
    call<{ state: string; counts: Record<string, number> }>('GET', `/api/campaigns/status/${jobId}`);
  const untilCompleted = (jobId: string) =>
    expect.poll(async () => (await status(jobId)).state, PATIENCE).toBe('completed');

  it('what is under way goes on, new campaigns are taken and sent, and nobody gets two copies', async () => {
    expect(await health()).toMatchObject({ status: 'ok', redis: 'up' });
    const before = await send(2000, 'before');
    await expect.poll(() => sink.accepted, PATIENCE).toBeGreaterThan(200);
    await redis.cut();
    await expect.poll(health, PATIENCE).toMatchObject({ status: 'degraded', redis: 'down' });
    const during = await send(300, 'during');
    await untilCompleted(before);
    await untilCompleted(during);
    await redis.resume();
    await expect.poll(health, PATIENCE).toMatchObject({ status: 'ok', redis: 'up' });
    const after = await send(300, 'after');
    await untilCompleted(after);
    for (const [jobId, count] of [
      [before, 2000],
      [during, 300],
      [after, 300],
    ] as const)
      expect((await status(jobId)).counts).toMatchObject({ sent: count, unknown: 0, failed: 0 });
    expect(sink.copies.size).toBe(2600);
    expect([...sink.copies.values()].every((copies) => copies === 1)).toBe(true);
  });
});
