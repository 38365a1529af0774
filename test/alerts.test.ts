import { createHmac } from 'node:crypto';
import os from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALERT_KINDS, type Alert } from '../src/contract/alerts.ts';
import { deliverDue } from '../src/core/alert-delivery.ts';
import { evaluateAlerts } from '../src/core/alert-evaluation.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import type { Core } from '../src/core/context.ts';
import { OutageNotices } from '../src/core/outage-notices.ts';
import { openDatabase } from '../src/db/database.ts';
import { addReport } from '../src/db/metrics.ts';
import { connectRedis, disconnect, parseRedisAddress } from '../src/lib/redis.ts';
import { uuid7 } from '../src/lib/uuid7.ts';
import { AlertWatch } from '../src/workers/alert-watch.ts';
import { openTestApp, type TestApp } from './helpers/app.ts';
import { LETTER, people, TestWorkers } from './helpers/campaign.ts';
import { redisRunsHere, TestRedis } from './helpers/redis.ts';
import { SmtpSink } from './helpers/smtp-sink.ts';
import { WebhookReceiver } from './helpers/webhook-receiver.ts';

const SECRET = `whsec_${Buffer.from('a secret of the tests, of 32 byte').toString('base64')}`;
/** Raised at once, so that nothing here waits. */
const AT_ONCE = { forSeconds: 0 };

describe('alerts', () => {
  let test: TestApp;
  let hook: WebhookReceiver;
  const workers = new TestWorkers();

  beforeEach(async () => {
    test = await openTestApp();
    hook = await WebhookReceiver.start();
  });
  afterEach(async () => {
    await workers.stop();
    hook.close();
    await test.close();
  });

  const settings = async (alerts: object) => {
    const answer = await test.call('PATCH', '/api/settings', { alerts });
    expect([answer.status, answer.body.detail]).toEqual([200, undefined]);
    return answer.body.alerts;
  };
  const webhook = () => ({ url: hook.url, secret: SECRET, allowPrivateAddresses: true });
  const alerts = async (query = ''): Promise<Alert[]> => (await test.call('GET', `/api/alerts${query}`)).body.items;
  const standing = async (kind: string) => (await alerts('?state=open,acknowledged')).filter((a) => a.kind === kind);
  const evaluate = (core: Core = test.core) => evaluateAlerts(core);
  const cutConnections = () =>
    test.database.pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );

  it('are raised for an account that a server has disabled, and cleared when it is resumed', async () => {
    const sink = await new SmtpSink({ auth: { mechanisms: ['PLAIN'], username: 'ann', password: 'right' } }).listen();
    const account = await test.call('POST', '/api/accounts', {
      name: 'Main',
      type: 'smtp',
      host: '127.0.0.1',
      port: sink.port,
      secure: 'none',
      username: 'ann',
      password: 'wrong',
      from: 'news@sender.test',
    });
    expect(account.status).toBe(201);
    await workers.start(test);
    await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(3) });
    await expect
      .poll(async () => (await test.call('GET', `/api/accounts/${account.body.id}`)).body.state, { timeout: 15_000 })
      .toBe('disabled');
    await evaluate();
    const [raised, ...more] = await standing('account-disabled');
    expect(more).toEqual([]);
    expect(raised).toMatchObject({ subject: account.body.id, state: 'open', threshold: 1, value: 1 });
    expect(raised?.message).toMatch(/^The sending account "Main" was disabled: 535/);
    expect((await test.stranger('GET', '/api/alerts')).body.items).toEqual([]);

    await evaluate();
    expect(await standing('account-disabled')).toHaveLength(1); // once, however often it is looked at
    await workers.stop();
    await test.call('POST', `/api/accounts/${account.body.id}/resume`);
    await evaluate();
    expect((await alerts('?state=cleared')).map((a) => [a.id, a.clearedAt !== null])).toEqual([[raised?.id, true]]);
    await sink.close();
  });

  it('are acknowledged by people, clear themselves, and can be deleted only then', async () => {
    const account = await test.addAccount(1, { state: 'disabled', stateReason: '535 no' });
    await evaluate();
    const [alert] = await standing('account-disabled');
    const path = `/api/alerts/${alert?.id}`;
    expect((await test.as('viewer')('POST', `${path}/acknowledge`)).status).toBe(403);
    expect((await test.as('editor')('POST', `${path}/acknowledge`)).body).toMatchObject({ state: 'acknowledged' });
    expect((await test.call('DELETE', path)).body).toMatchObject({ status: 409, code: 'ALERT_STANDING' });
    expect((await test.stranger('GET', path)).status).toBe(404);
    await test.call('POST', `/api/accounts/${account.id}/resume`);
    await evaluate();
    expect((await test.call('GET', path)).body).toMatchObject({ state: 'cleared', deliveries: [] });
    expect((await test.call('DELETE', path)).status).toBe(204);
    expect((await test.call('GET', path)).status).toBe(404);
  });

  it('tell a webhook what begins and what is over, signed by Standard Webhooks', async () => {
    expect(await settings({ webhook: webhook() })).toEqual({
      rules: {},
      webhook: { url: hook.url, allowPrivateAddresses: true },
      email: null,
    });
    const account = await test.addAccount(1, { state: 'disabled' });
    await evaluate();
    await deliverDue(test.core);
    await test.call('POST', `/api/accounts/${account.id}/resume`);
    await evaluate();
    await deliverDue(test.core);
    const [alert] = await alerts();
    expect(hook.received.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'alert.raised', data: { id: alert?.id, kind: 'account-disabled', state: 'open' } },
      { type: 'alert.cleared', data: { id: alert?.id, state: 'cleared' } },
    ]);
    for (const { headers, body } of hook.received) {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
      const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
      const expected = createHmac('sha256', key).update(signed).digest('base64');
      expect(headers['webhook-signature']).toBe(`v1,${expected}`);
      expect(headers['content-type']).toBe('application/json');
    }
    const { body } = await test.call('GET', `/api/alerts/${alert?.id}`);
    expect(body.deliveries).toMatchObject([
      { event: 'raised', channel: 'webhook', target: hook.url, state: 'delivered', attempts: 1, lastError: null },
      { event: 'cleared', state: 'delivered' },
    ]);
  });

  it('try a webhook again that fails, under the same id, and say what it answered; evaluation goes on', async () => {
    await settings({ webhook: webhook() });
    hook.status = 503;
    await test.addAccount(1, { state: 'disabled' });
    await evaluate();
    expect(await deliverDue(test.core)).toBe(1);
    expect(await deliverDue(test.core)).toBe(0); // not before its time
    const [alert] = await standing('account-disabled');
    const shown = async () => (await test.call('GET', `/api/alerts/${alert?.id}`)).body.deliveries[0];
    expect(await shown()).toMatchObject({ state: 'pending', attempts: 1, lastError: 'The webhook answered 503.' });
    await evaluate();
    hook.status = 200;
    await test.core.db.pool.query('update alert_deliveries set next_attempt_at = now()');
    await deliverDue(test.core);
    expect(await shown()).toMatchObject({ state: 'delivered', attempts: 2, nextAttemptAt: null });
    const ids = hook.received.map(({ headers }) => headers['webhook-id']);
    expect(ids[0]).toBe(ids[1]);
  });

  it('give up on a webhook after seven attempts', async () => {
    await settings({ webhook: webhook() });
    hook.status = 500;
    await test.addAccount(1, { state: 'disabled' });
    await evaluate();
    for (let attempt = 0; attempt < 8; attempt++) {
      await deliverDue(test.core);
      await test.core.db.pool.query('update alert_deliveries set next_attempt_at = now()');
    }
    const [alert] = await alerts();
    const { body } = await test.call('GET', `/api/alerts/${alert?.id}`);
    expect(body.deliveries).toMatchObject([{ state: 'failed', attempts: 7 }]);
  });

  it('never lead into the private network, unless an owner says so', async () => {
    const { url, secret } = webhook();
    await settings({ webhook: { url, secret } });
    await test.addAccount(1, { state: 'disabled' });
    await evaluate();
    await deliverDue(test.core);
    const [alert] = await alerts();
    const { body } = await test.call('GET', `/api/alerts/${alert?.id}`);
    expect(body.deliveries[0].lastError).toMatch(/private network/);
    expect(hook.received).toEqual([]);
    const change = { alerts: { webhook: { url, allowPrivateAddresses: true } } };
    expect((await test.as('admin')('PATCH', '/api/settings', change)).status).toBe(403);
    expect((await test.as('owner')('PATCH', '/api/settings', change)).status).toBe(200); // the secret stays
  });

  it('are mailed through an account of the workspace', async () => {
    const sink = await new SmtpSink({}).listen();
    await test.addAccount(sink.port);
    await test.addAccount(1, { state: 'disabled', name: 'Bad {{ one }}', stateReason: '535 no' });
    await settings({ email: { to: ['ops@example.test'] } });
    await evaluate();
    await deliverDue(test.core);
    await expect.poll(() => sink.accepted.length).toBe(1);
    const mail = sink.accepted[0]?.content.toString() ?? '';
    expect(sink.accepted[0]?.to).toEqual(['ops@example.test']);
    expect(mail).toContain('The sending account "Bad {{ one }}" was disabled');
    expect(mail).toMatch(/^Subject: Alert: account-disabled:/m);
    await sink.close();
  });

  it('say in the settings what is wrong with them', async () => {
    const change = (alerts: object) => test.call('PATCH', '/api/settings', { alerts });
    const paths = async (alerts: object) => (await change(alerts)).body.errors.map((e: { path: string }) => e.path);
    expect(await paths({ webhook: { url: 'ftp://example.test', secret: SECRET } })).toEqual(['alerts/webhook/url']);
    expect(await paths({ webhook: { url: 'https://example.test' } })).toEqual(['alerts/webhook/secret']);
    expect(await paths({ rules: { 'disk-full': { clearAt: 0.99 } } })).toEqual(['alerts/rules/disk-full/clearAt']);
    expect(await paths({ rules: { 'no-such': {} } })).toEqual(['alerts/rules/no-such']);
    expect(await paths({ email: { to: ['nobody'] } })).toEqual(['alerts/email/to/0']);
    expect((await test.call('PATCH', '/api/settings', { alerts: null })).body.alerts).toBeNull();
  });

  it('tell their thresholds as they hold and as they are built in', async () => {
    await settings({ rules: { 'queue-backlog': { raiseAt: 900 } } });
    const { items } = (await test.as('viewer')('GET', '/api/alerts/rules')).body;
    expect(items.map((rule: { kind: string }) => rule.kind)).toEqual([...ALERT_KINDS]);
    expect(items.find((rule: { kind: string }) => rule.kind === 'queue-backlog')).toEqual({
      kind: 'queue-backlog',
      inForce: { enabled: true, raiseAt: 900, clearAt: 250, forSeconds: 300 },
      builtIn: { enabled: true, raiseAt: 500, clearAt: 250, forSeconds: 300 },
    });
  });

  it('are raised for a worker that is gone, not for one that was stopped', async () => {
    const lost = uuid7();
    await test.core.db.pool.query(
      `insert into email_workers (id, host, pid, process_key, state, heartbeat_at) values
         ($1, $2, 4711, 'k', 'dead', now()), (new_id(), $2, 4712, 'k', 'running', now() - interval '2 minutes'),
         (new_id(), $2, 4713, 'k', 'stopped', now()), (new_id(), $2, 4714, 'k', 'running', now()),
         (new_id(), $2, 4715, 'k', 'dead', now() - interval '1 hour')`,
      [lost, os.hostname()],
    );
    await evaluate();
    const found = await standing('worker-dead');
    expect(found.map((a) => /process id (\d+)/.exec(a.message)?.[1]).sort()).toEqual(['4711', '4712']);
    await test.core.db.pool.query(`update email_workers set heartbeat_at = now() - interval '16 minutes'`);
    await evaluate();
    expect(await standing('worker-dead')).toEqual([]);
  });

  it('are raised for too many errors, and cleared only when they are clearly fewer', async () => {
    await settings({ rules: { 'error-rate': AT_ONCE } });
    const account = await test.addAccount(1);
    const report = async (sent: number, failed: number) => {
      const base = { workerId: uuid7(), rssMb: 1, cpuSeconds: 1, eventLoopUtilization: 0, batches: [], durations: [] };
      const emails = [
        { accountId: account.id, state: 'sent' as const, class: '', emails: sent },
        { accountId: account.id, state: 'failed' as const, class: 'x', emails: failed },
      ];
      await addReport(test.core.db.pool, { ...base, emails });
      await evaluate();
    };
    await report(20, 20); // too few to tell
    expect(await standing('error-rate')).toEqual([]);
    await report(40, 20);
    expect(await standing('error-rate')).toMatchObject([{ value: 0.4, threshold: 0.2 }]);
    await report(160, 0); // 15 %: below where it was raised, above where it clears
    expect(await standing('error-rate')).toHaveLength(1);
    await report(200, 0);
    expect(await standing('error-rate')).toEqual([]);
  });

  it('are raised for jobs that nobody takes', async () => {
    await settings({ rules: { 'queue-backlog': { raiseAt: 3, clearAt: 1, forSeconds: 0 } } });
    for (let i = 0; i < 3; i++) await test.core.queues.enqueue('leads-import', { importId: uuid7() });
    await evaluate();
    expect(await standing('queue-backlog')).toMatchObject([{ value: 3 }]);
    await test.core.queues.drain('leads-import');
    await evaluate();
    expect(await standing('queue-backlog')).toEqual([]);
  });

  it('are raised for a campaign that nobody works on, not for one that waits for something known', async () => {
    await settings({ rules: { 'campaign-stalled': AT_ONCE } });
    await test.addAccount(1);
    const idle = await sendCampaign(test.core, test.caller, { ...LETTER, name: 'Idle', audience: people(1) });
    const fresh = await sendCampaign(test.core, test.caller, { ...LETTER, name: 'Fresh', audience: people(1) });
    const waits = await sendCampaign(test.core, test.caller, { ...LETTER, name: 'Waits', audience: people(1) });
    const { pool } = test.core.db;
    await pool.query(`update campaigns set launched_at = now() - interval '1 hour' where id = any($1::uuid[])`, [
      [idle.id, waits.id],
    ]);
    await pool.query(
      `with send as (insert into campaign_sends (workspace_id, campaign_id, expanded_at) values ($1, $2, now())
         on conflict (campaign_id) do update set expanded_at = now() returning id)
       insert into campaign_send_batches (send_id, batch_no, first_seq, last_seq, state, pending, wake_at)
       select id, 1, 1, 1, 'waiting', 1, now() + interval '1 hour' from send`,
      [test.caller.workspaceId, waits.id],
    );
    await evaluate();
    expect((await standing('campaign-stalled')).map((a) => a.subject)).toEqual([idle.id]);
    expect(fresh.id).not.toBe(idle.id);
  });

  it('wait until a condition has held for long enough, whichever process looks', async () => {
    await settings({ rules: { 'account-disabled': { forSeconds: 60 } } });
    await test.addAccount(1, { state: 'disabled' });
    await evaluate();
    expect(await standing('account-disabled')).toEqual([]);
    await test.core.db.pool.query(`update alert_conditions set since = since - interval '61 seconds'`);
    await evaluate();
    expect(await standing('account-disabled')).toHaveLength(1);
    await settings({ rules: { 'account-disabled': { enabled: false } } });
    await evaluate();
    expect(await standing('account-disabled')).toEqual([]);
  });

  it('are raised for a disk that is fuller than it may be', async () => {
    await settings({ rules: { 'disk-full': { raiseAt: 0.000001, clearAt: 0, forSeconds: 0 } } });
    await evaluate();
    const found = await standing('disk-full');
    expect(found.length).toBeGreaterThan(0);
    expect(found.some((a) => a.subject === test.core.dataDir)).toBe(true);
    expect(found[0]?.message).toMatch(/^The disk of .* is \d+ % full, [\d.]+ GiB are left\.$/);
  });

  it('are raised for a database that was away long enough, once it is back, and cleared after that', async () => {
    const until = Date.now();
    await evaluateAlerts(test.core, { since: until - 30_000, until });
    expect(await standing('database')).toEqual([]);
    await evaluateAlerts(test.core, { since: until - 90_000, until });
    expect(await standing('database')).toMatchObject([{ value: 90_000, message: expect.stringContaining('for 90 s') }]);
    await settings({ rules: { database: { clearAt: 60_000, raiseAt: 70_000 } } }); // whatever this machine takes
    await evaluate();
    expect(await standing('database')).toEqual([]);
  });

  it('tell the webhook from memory while the database is away, once', async () => {
    await settings({ webhook: webhook() });
    const notices = new OutageNotices(test.core);
    await notices.isBack(true); // remembers whom to tell
    const now = Date.now();
    await notices.isAway(now);
    await notices.isAway(now + 59_000);
    expect(hook.received).toEqual([]);
    await notices.isAway(now + 61_000);
    await notices.isAway(now + 75_000);
    expect(hook.received.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'alert.raised', data: { kind: 'database', workspaceId: test.caller.workspaceId } },
    ]);
    expect(notices.current(now + 80_000)).toEqual({ since: now, until: now + 80_000 });
    await notices.isBack(true);
    expect(notices.current(now)).toBeNull();
  });

  it('leave alone what cannot be measured: a database that is away fails the round and clears nothing', async () => {
    await test.addAccount(1, { state: 'disabled' });
    await evaluate();
    const db = openDatabase({ host: '127.0.0.1', port: 1, user: 'nobody' }, () => {});
    await expect(evaluateAlerts({ ...test.core, db })).rejects.toThrow();
    await db.close();
    expect(await standing('account-disabled')).toHaveLength(1);
  });

  it('are looked for and told again and again, also after the database was away', async () => {
    await settings({ webhook: webhook(), rules: { database: { forSeconds: 0, raiseAt: 60_000 } } });
    const watch = new AlertWatch(test.core);
    watch.start({ evaluateMs: 50, deliverMs: 50 });
    try {
      await test.addAccount(1, { state: 'disabled' });
      await expect.poll(() => hook.received.length, { timeout: 10_000 }).toBe(1);
      const second = await test.addAccount(2);
      await cutConnections();
      const disable = () =>
        test.core.db.pool.query(`update sending_accounts set state = 'disabled' where id = $1`, [second.id]);
      const isDisabled = () =>
        disable().then(
          () => true,
          () => false,
        ); // the pool may hand out what was cut
      await expect.poll(isDisabled, { timeout: 10_000 }).toBe(true);
      await expect.poll(() => hook.received.length, { timeout: 10_000 }).toBe(2);
    } finally {
      await watch.close();
    }
  });

  it('are looked for by one process at a time', async () => {
    await test.addAccount(1, { state: 'disabled' });
    const rounds = await Promise.all(Array.from({ length: 5 }, () => evaluate()));
    expect(rounds).toContain(true);
    expect(await standing('account-disabled')).toHaveLength(1);
  });

  it.runIf(redisRunsHere('alerts'))('are raised for a Redis that is down, and cleared when it is back', async () => {
    await settings({ rules: { 'redis-down': AT_ONCE } });
    const server = await TestRedis.start();
    const redis = connectRedis(parseRedisAddress(server.url), 'prompt', () => {});
    const core = { ...test.core, redis };
    try {
      await evaluate(core);
      expect(await standing('redis-down')).toEqual([]);
      await server.cut();
      await evaluate(core);
      expect(await standing('redis-down')).toMatchObject([{ value: 1 }]);
      await server.resume();
      await expect
        .poll(
          async () => {
            await evaluate(core);
            return standing('redis-down');
          },
          { timeout: 15_000, interval: 200 },
        )
        .toEqual([]);
    } finally {
      disconnect(redis);
      await server.stop();
    }
  });
});
