import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import type { Workers } from '../src/contract/workers.ts';
import { callApi, runningWorkers, untilWorkersRun } from './helpers/call-api.ts';
import { people } from './helpers/campaign.ts';
import { startTestServer, type TestServer } from './helpers/server.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };
/** A worker is taken for one of a thousand emails a second until it has shown its rate: this asks for two at least. */
const TARGET_PER_HOUR = 2000 * 3600;
/** Slow enough that the campaign is never done before it is cancelled. */
const RATE_PER_HOUR = 50 * 3600;
/** The second worker of a campaign with a rate of its own brings nothing; what is done about that is not seen here. */
const QUICK = { upAfterMs: 500, downAfterMs: 1000, settleMs: 0, measureMs: 600_000 };

describe('autoscaling', { timeout: 180_000 }, () => {
  let server: TestServer;
  const sink = new CountingSink();

  beforeAll(async () => {
    const port = await sink.listen();
    const bounds = { MIN_WORKERS: '1', MAX_WORKERS: '2', TARGET_THROUGHPUT: String(TARGET_PER_HOUR), SANDBOX: 'false' };
    server = await startTestServer(bounds, 'processes', { hysteresis: QUICK });
    const account = {
      name: 'A',
      type: 'smtp',
      host: '127.0.0.1',
      port,
      secure: 'none',
      from: 'News <news@sender.test>',
    };
    await call('POST', '/api/accounts', account);
  });
  afterAll(async () => {
    await server.stop();
    await sink.close();
  });

  const call = <T>(method: string, path: string, body?: unknown) => callApi<T>(server, method, path, body);
  const pool = () => call<Workers>('GET', '/api/workers');
  const running = () => runningWorkers(server);
  const untilRunning = (count: number) => untilWorkersRun(server, count, PATIENCE);

  it('starts a second worker process under load, and ends it when nothing waits', async () => {
    await untilRunning(1);
    const { campaignId } = await call<{ campaignId: string }>('POST', '/api/campaigns/send', {
      subject: 'Hello',
      textContent: 'Hello {{firstName}}',
      rateLimit: RATE_PER_HOUR,
      audience: people(50_000),
    });
    await untilRunning(2);
    await expect
      .poll(async () => (await running()).filter((worker) => worker.sentLastMinute > 0).length, PATIENCE)
      .toBe(2);
    await call('POST', `/api/campaigns/${campaignId}/cancel`);
    await untilRunning(1);
    const { stats } = await pool();
    expect(stats).toMatchObject({ mode: 'automatic', desired: 1, reason: 'nothing waits', queueDepth: 0 });
    const [last, up] = stats.decisions;
    expect([up, last]).toMatchObject([{ desired: 2 }, { desired: 1, reason: 'nothing waits' }]);
    expect([...sink.copies.values()].filter((copies) => copies > 1)).toEqual([]);
  });
});
