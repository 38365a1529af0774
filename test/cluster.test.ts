import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import type { CampaignStatus } from '../src/contract/campaigns.ts';
import { callApi, runningWorkers, untilWorkersRun } from './helpers/call-api.ts';
import { freshDatabase, type TestDatabase } from './helpers/database.ts';
import { PercentWatcher } from './helpers/percent-watcher.ts';
import { Program } from './helpers/program.ts';
import { redisRunsHere, TestRedis } from './helpers/redis.ts';

/** The long form has 200,000 (CLUSTER_RECIPIENTS=200000). */
const RECIPIENTS = Number(process.env.CLUSTER_RECIPIENTS ?? 2000);
const CONNECTIONS = 20;
/** Of a kill: one message a connection on the wire, one whose reply has just come in. */
const UNKNOWN_PER_CONNECTION = 2;
const PATIENCE = { timeout: 60_000, interval: 100 };

describe.runIf(redisRunsHere('a cluster'))('two API nodes and three workers on one PostgreSQL and one Redis', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let sink: CountingSink;
  const programs: Program[] = [];
  const urls: string[] = [];
  const key = randomBytes(24).toString('hex');

  beforeEach(async () => {
    database = await freshDatabase();
    redis = await TestRedis.start();
    sink = new CountingSink(RECIPIENTS > 50_000 ? 0 : 200);
  });
  afterEach(async () => {
    await Promise.all(programs.splice(0).map((program) => program.end()));
    await redis.stop();
    await sink.close();
  });

  const start = async (args: readonly string[], ready: RegExp, more: Record<string, string> = {}) => {
    const environment = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      APP_SECRET: 'a secret of the tests only',
      ADMIN_API_KEY: key,
      SANDBOX: 'false',
      DATA_DIR: `/tmp/postrider-cluster-${database.name}`,
      ...more,
    };
    const program = await Program.start(['start', ...args], environment, ready);
    programs.push(program);
    return program;
  };
  const api = (node: number) => ({ url: urls[node] ?? '', apiKey: key });
  const call = <T>(node: number, method: string, path: string, body?: unknown) =>
    callApi<T>(api(node), method, path, body);
  const running = () => runningWorkers(api(1));
  const untilRunning = (count: number) => untilWorkersRun(api(1), count, PATIENCE);

  /** A list of so many contacts, made where they are kept. */
  async function makeList(count: number): Promise<string> {
    const { id } = await call<{ id: string }>(0, 'POST', '/api/lists', { name: 'Everybody' });
    await database.pool.query(
      `with made as (
         insert into contacts (workspace_id, email, email_key, first_name)
         select l.workspace_id, 'person' || i || '@example.test', 'person' || i || '@example.test', 'Person ' || i
         from lists l, generate_series(1, $2::int) i where l.id = $1 returning id)
       insert into list_subscriptions (list_id, contact_id) select $1, id from made`,
      [id, count],
    );
    return id;
  }

  it('keep every promise while a worker is killed, one is stopped, one is added and Redis restarts', async () => {
    for (let i = 0; i < 2; i++) {
      const api = await start(['--role', 'api', '--port', '0'], /listens on (\S+)/);
      urls.push(/listens on (\S+)/.exec(api.greeting)?.[1] ?? '');
    }
    await start(['--role', 'worker'], /./, { MIN_WORKERS: '3', MAX_WORKERS: '4' });
    const port = await sink.listen();
    const server = { host: '127.0.0.1', port, secure: 'none', maxConnections: CONNECTIONS };
    await call(0, 'POST', '/api/accounts', { name: 'A', type: 'smtp', from: 'News <news@sender.test>', ...server });
    const listId = await makeList(RECIPIENTS);
    await untilRunning(3);

    const watchers = await Promise.all(urls.map((url) => PercentWatcher.open(url, key)));
    const { campaignId, jobId } = await call<{ campaignId: string; jobId: string }>(0, 'POST', '/api/campaigns/send', {
      subject: 'Hello {{firstName}}',
      textContent: 'Hello {{firstName}}',
      audience: { listIds: [listId] },
    });
    for (const watcher of watchers) watcher.watch(campaignId);
    const share = (part: number) =>
      expect.poll(() => sink.accepted / RECIPIENTS, { ...PATIENCE, timeout: 120_000 }).toBeGreaterThan(part);

    await share(0.1);
    const [killed, stopped] = await running();
    if (!killed || !stopped) throw new Error('there are no workers');
    process.kill(killed.pid, 'SIGKILL');
    await share(0.3);
    await call(1, 'DELETE', `/api/workers?workerId=${stopped.id}`);
    await share(0.5);
    await redis.cut();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await redis.resume();
    await share(0.6);
    await call(0, 'POST', '/api/workers', { action: 'start' });

    const status = () => call<CampaignStatus>(1, 'GET', `/api/campaigns/status/${jobId}`);
    await expect.poll(async () => (await status()).state, { ...PATIENCE, timeout: 180_000 }).toBe('completed');
    const { counts, total } = await status();
    await expect.poll(() => watchers.every((watcher) => !watcher.missing.includes(100)), PATIENCE).toBe(true);
    for (const watcher of watchers) watcher.close();
    console.log(
      `${RECIPIENTS} recipients: ${counts.sent} sent, ${counts.unknown} unknown, ${sink.accepted} copies; events on each node: ${watchers.map((watcher) => watcher.events).join(', ')}; percentages not seen: ${watchers.map((watcher) => watcher.missing.join(' ') || 'none').join(', ')}`,
    );
    // With few recipients what a kill brings to light at once is more than a percent.
    if (RECIPIENTS >= 50_000) for (const watcher of watchers) expect(watcher.missing).toEqual([]);
    expect(total).toBe(RECIPIENTS);
    expect(counts.sent + counts.unknown).toBe(RECIPIENTS);
    expect(counts.unknown).toBeLessThanOrEqual(CONNECTIONS * UNKNOWN_PER_CONNECTION);
    expect(sink.accepted).toBe(sink.copies.size);
    expect(sink.copies.size).toBeGreaterThanOrEqual(counts.sent);
  }, 600_000);
});
