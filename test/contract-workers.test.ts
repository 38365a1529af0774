import { beforeAll, expect, it } from 'vitest';
import { insertManager } from '../src/db/worker-pool.ts';
import { uuid7 } from '../src/lib/uuid7.ts';
import { onBothBackends } from './helpers/contract-run.ts';

const PATIENCE = { timeout: 20_000, interval: 100 };
const JOBS = '/api/workers/jobs';

onBothBackends('workers', 'the workers as the contract has them', (run) => {
  const control = (action: string, more: object = {}) => run.call(200, 'POST', '/api/workers', { action, ...more });
  const startup = (action: string, more: object = {}) =>
    run.call(200, 'POST', '/api/workers/startup', { action, ...more });
  const pool = () => run.call(200, 'GET', '/api/workers');
  const draft = async (name: string, ...emails: readonly string[]) => {
    const audience = emails.map((email) => ({ email }));
    const body = { name, subject: name, textContent: name, audience };
    return (await run.test.call('POST', '/api/campaigns', body)).body.id as string;
  };

  /** A node that could run four workers and runs none: what is asked of it is written down, and that is all. */
  beforeAll(async () => {
    const { core, database } = run.test;
    const bounds = { minWorkers: 1, maxWorkers: 4, targetThroughput: 10_000 };
    await insertManager(core.db.sql, { id: uuid7(), host: 'node', pid: 1, processKey: 'none', ...bounds });
    await database.pool.query(`update worker_managers set heartbeat_at = now() + interval '1 hour'`);
  });

  it('shows what each worker works on, how much it sent, and how many there should be', async () => {
    const audience = Array.from({ length: 60 }, (_, i) => ({ email: `slow${i}@job.test` }));
    const slow = { subject: 'Slow', textContent: 'Slow', audience, rateLimit: 7200, name: 'Slow' };
    const { campaignId } = (await run.test.call('POST', '/api/campaigns/send', slow)).body;
    const wanted = { state: 'running', pid: process.pid, currentCampaigns: [campaignId] };
    await expect.poll(async () => (await pool()).workers, PATIENCE).toMatchObject([wanted]);
    await expect.poll(async () => (await pool()).workers[0].sentLastMinute, PATIENCE).toBeGreaterThan(0);
    const { workers, stats } = await pool();
    expect(workers[0].rssMb).toBeGreaterThan(10);
    expect(stats).toMatchObject({ running: 1, minWorkers: 1, maxWorkers: 4, targetThroughput: 10_000 });
    await run.test.call('POST', `/api/campaigns/${campaignId}/cancel`);
  });

  it('sets bounds and target, and starts and stops all workers', async () => {
    const bounds = { min_workers: 2, max_workers: 3, target_throughput: 20_000 };
    const set = await startup('initialize', { ...bounds, auto_start: false });
    expect(set).toMatchObject({ ...bounds, state: 'stopped' });
    expect(await run.call(200, 'GET', '/api/workers/startup')).toMatchObject({ ...bounds, state: 'stopped' });
    expect(await startup('start')).toMatchObject({ state: 'running' });
    expect(await startup('stop')).toMatchObject({ state: 'stopped' });
    expect(await startup('initialize', { max_workers: 4, auto_start: true })).toMatchObject({
      ...bounds,
      max_workers: 4,
      state: 'running',
    });
  });

  it('scales, starts, stops, restarts and removes workers', async () => {
    expect(await control('scale', { count: 3 })).toMatchObject({ action: 'scale', desired: 3 });
    expect(await control('start')).toMatchObject({ desired: 4 });
    expect((await run.call(422, 'POST', '/api/workers', { action: 'start', count: 1 })).errors[0].path).toBe('count');
    expect(await control('stop', { count: 2 })).toMatchObject({ desired: 2 });
    expect((await pool()).stats).toMatchObject({ mode: 'manual' });
    const { id: workerId } = (await pool()).workers[0];
    expect(await control('restart', { workerId })).toMatchObject({ workerId });
    expect(await control('restart')).toMatchObject({ message: 'The worker is replaced.' });
    expect(await control('stop', { workerId })).toMatchObject({ workerId, desired: 1 });
    const removed = await run.call(200, 'DELETE', `/api/workers?workerId=${workerId}`);
    expect(removed).toMatchObject({ workerId, desired: 0 });
    await control('scale', { count: null });
    expect((await pool()).stats).toMatchObject({ mode: 'automatic' });
  });

  it('makes a job of a draft, with what the payload replaces, and tries its failed recipients again', async () => {
    const id = await draft('Job', 'x@job.test');
    const job = await control('create-job', {
      campaign_id: id,
      workspace_id: run.test.caller.workspaceId,
      job_type: 'campaign',
      priority: 4,
      batch_size: 20,
      max_retries: 3,
      payload: {
        leads: [{ email: 'una@job.test', name: 'Una' }, { email: 'never@job.test' }],
        template_data: { subject: 'For {{name}}', html: '<p>{{name}}</p>', text: 'Dear {{name}}' },
        sender_info: { email: 'desk@sender.test', name: 'Desk' },
        tracking_config: { opens: false, clicks: false },
      },
    });
    expect(job).toMatchObject({ campaignId: id, jobId: `campaign-${id}` });
    const listed = async (state: string) =>
      (await run.call(200, 'GET', `${JOBS}?state=${state}`)).jobs.find(
        ({ jobId }: { jobId: string }) => jobId === job.jobId,
      );
    await expect
      .poll(() => listed('completed,failed'), PATIENCE)
      .toMatchObject({
        name: 'Job',
        workspaceId: run.test.caller.workspaceId,
        priority: 4,
        batchSize: 20,
        maxRetries: 3,
        progress: 100,
        startedAt: expect.any(String),
        finishedAt: expect.any(String),
      });
    const [letter] = run.copiesTo('una@job.test').map(String);
    expect(letter).toMatch(/^From: "?Desk"? <desk@sender\.test>/m);
    expect(letter).toMatch(/^Subject: For Una/m);
    expect(letter).toContain('Dear Una');
    run.refuses = false;
    const again = await run.call(200, 'POST', JOBS, { action: 'retry', jobId: job.jobId });
    expect(again).toEqual({ jobId: job.jobId, campaignId: id, state: 'active', retried: 1 });
    await expect.poll(() => run.copiesTo('never@job.test').length, PATIENCE).toBe(1);
    await expect.poll(() => listed('completed'), PATIENCE).toBeDefined();
    await run.call(204, 'DELETE', `${JOBS}?jobId=${job.jobId}`);
    const { items } = (await run.test.call('GET', `/api/campaigns/${id}/recipients`)).body;
    expect(items.map(({ state }: { state: string }) => state)).toEqual(['sent', 'sent']);
  });

  it('puts a job off and cancels it', async () => {
    const later = { subject: 'Later', textContent: 'x', audience: [{ email: 'x@job.test' }] };
    const { jobId } = (
      await run.test.call('POST', '/api/campaigns/send', { ...later, scheduledAt: '2098-01-01T00:00:00Z' })
    ).body;
    const at = '2099-01-01T00:00:00.000Z';
    expect(await run.call(200, 'POST', JOBS, { action: 'reschedule', jobId, at })).toMatchObject({ state: 'delayed' });
    const { jobs, stats } = await run.call(200, 'GET', `${JOBS}?state=delayed`);
    expect(jobs).toMatchObject([{ jobId, scheduledAt: at, startedAt: null, finishedAt: null, progress: 0 }]);
    expect(stats).toMatchObject({ delayed: 1, cancelled: 1 });
    expect(await run.call(200, 'POST', JOBS, { action: 'cancel', jobId })).toMatchObject({ jobId, state: 'cancelled' });
  });

  it('tells load balancers and people how it is', async () => {
    const { version } = await run.call(200, 'GET', '/health');
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    const redis = run.backend === 'redis' ? 'up' : 'disabled';
    expect(await run.call(200, 'GET', '/health')).toMatchObject({ status: 'ok', redis, workers: 1, queue: 'up' });
  });
});
