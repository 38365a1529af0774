import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import type { WorkerInfo, Workers } from '../src/contract/workers.ts';
import { callApi, runningWorkers, untilWorkersRun } from './helpers/call-api.ts';
import { people } from './helpers/campaign.ts';
import { startTestServer, type TestServer } from './helpers/server.ts';

const PATIENCE = { timeout: 30_000, interval: 100 };

describe('worker processes', { timeout: 120_000 }, () => {
  let server: TestServer;
  let sink: CountingSink;

  beforeAll(async () => {
    sink = new CountingSink(20);
    const port = await sink.listen();
    server = await startTestServer({ MIN_WORKERS: '1', MAX_WORKERS: '3', SANDBOX: 'false' }, 'processes');
    await call('POST', '/api/accounts', {
      name: 'A',
      type: 'smtp',
      host: '127.0.0.1',
      port,
      secure: 'none',
      from: 'News <news@sender.test>',
    });
  });
  afterAll(async () => {
    await server.stop();
    await sink.close();
  });

  const call = <T>(method: string, path: string, body?: unknown) => callApi<T>(server, method, path, body);
  const pool = () => call<Workers>('GET', '/api/workers');
  const running = () => runningWorkers(server);
  const untilRunning = (count: number) => untilWorkersRun(server, count, PATIENCE);
  const isAlive = ({ pid }: WorkerInfo) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('are as many as somebody asks for, and send what there is without a second copy, whoever is killed', async () => {
    await untilRunning(1);
    expect((await call<{ desired: number }>('POST', '/api/workers', { action: 'start' })).desired).toBe(2);
    await untilRunning(2);
    const { campaignId } = await call<{ campaignId: string }>('POST', '/api/campaigns/send', {
      subject: 'Hello',
      textContent: 'Hello {{firstName}}',
      audience: people(3000),
    });
    await expect.poll(() => sink.accepted, PATIENCE).toBeGreaterThan(300);
    const [victim, survivor] = await running();
    if (!victim || !survivor) throw new Error('there are no two workers');
    process.kill(victim.pid, 'SIGKILL');
    await expect
      .poll(async () => (await running()).map((worker) => worker.id), PATIENCE)
      .toSatisfy((ids: string[]) => ids.length === 2 && !ids.includes(victim.id));
    await expect
      .poll(async () => (await call<{ state: string }>('GET', `/api/campaigns/status/campaign-${campaignId}`)).state, {
        ...PATIENCE,
        timeout: 90_000,
      })
      .toBe('completed');
    const { counts } = await call<{ counts: Record<string, number> }>(
      'GET',
      `/api/campaigns/status/campaign-${campaignId}`,
    );
    expect((counts.sent ?? 0) + (counts.unknown ?? 0)).toBe(3000);
    expect([...sink.copies.values()].filter((copies) => copies > 1)).toEqual([]);
    expect(isAlive(survivor)).toBe(true);
  });

  it('end one by one when they are told to, and none takes the place of one that was removed', async () => {
    const [first] = await running();
    if (!first) throw new Error('there is no worker');
    await call('DELETE', `/api/workers?workerId=${first.id}`);
    await untilRunning(1);
    await expect.poll(() => isAlive(first), PATIENCE).toBe(false);
    expect((await pool()).stats).toMatchObject({ mode: 'manual', desired: 1 });
  });

  it('are replaced by a restart', async () => {
    const [before] = await running();
    await call('POST', '/api/workers', { action: 'restart', workerId: before?.id });
    await expect
      .poll(async () => (await running()).map((worker) => worker.id), PATIENCE)
      .toSatisfy((ids: string[]) => ids.length === 1 && ids[0] !== before?.id);
  });

  it('are bounded, stopped and started by the startup actions', async () => {
    await expect(call('POST', '/api/workers', { action: 'scale', count: 9 })).rejects.toThrow('3 workers at most');
    await call('POST', '/api/workers/startup', { action: 'initialize', min_workers: 2, max_workers: 3 });
    await untilRunning(2);
    await call('POST', '/api/workers/startup', { action: 'stop' });
    await untilRunning(0);
    expect(await call('GET', '/api/workers/startup')).toMatchObject({ state: 'stopped', desired: 0, min_workers: 2 });
    await call('POST', '/api/workers/startup', { action: 'start' });
    await untilRunning(2);
  });
});
