import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { insertAccount } from '../db/accounts.ts';
import { exchangePermits } from '../db/hot/exchange-permits.ts';
import { addReport } from '../db/metrics.ts';
import { permitOwner } from '../db/permits.ts';
import { uuid7 } from '../lib/uuid7.ts';

/** The value of the line that begins with `name` and has these labels; null when there is none. */
function sampleOf(text: string, name: string, ...labels: string[]): number | null {
  const line = text.split('\n').find((l) => l.startsWith(`${name}{`) && labels.every((label) => l.includes(label)));
  return line === undefined ? null : Number(line.slice(line.lastIndexOf(' ')));
}

describe('GET /metrics', () => {
  let test: TestApp;
  let text: string;

  beforeAll(async () => {
    test = await openTestApp();
    const { pool, sql } = test.core.db;
    const account = await test.addAccount(25, { name: 'Ours "A"', limitPerMinute: 10, limitPerDay: 500 });
    const others = await sql
      .selectFrom('workspaces')
      .select('id')
      .where('name', '=', 'Other')
      .executeTakeFirstOrThrow();
    const { id: _id, ...copy } = account;
    const theirs = await insertAccount(sql, {
      ...copy,
      workspaceId: others.id,
      name: 'Theirs',
      domainLimits: '[]',
    });
    const emails = [account, theirs].flatMap(({ id: accountId }) => [
      { accountId, state: 'sent' as const, class: '', emails: 41 },
      { accountId, state: 'failed' as const, class: 'mailbox-unknown', emails: 2 },
    ]);
    const durations = [
      { operation: 'message', uptoMs: 5, observations: 30, sumMs: 90 },
      { operation: 'message', uptoMs: 100, observations: 10, sumMs: 800 },
      { operation: 'message', uptoMs: Number.POSITIVE_INFINITY, observations: 1, sumMs: 300_000 },
    ];
    const report = { workerId: uuid7(), rssMb: 1, cpuSeconds: 1, eventLoopUtilization: 0, batches: [] };
    await addReport(pool, { ...report, emails, durations });
    await exchangePermits(pool, {
      owner: permitOwner.account(account.id),
      holder: uuid7(),
      inHand: 0,
      used: [{ ageMs: 5000, permits: 3 }],
      wanted: 2,
      windows: [{ name: 'limit per minute', widthMs: 60_000, allowed: 10 }],
    });
    await test.core.queues.enqueue('leads-import', { importId: uuid7() });
    const answer = await test.as('viewer')('GET', '/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    text = answer.text;
  });
  afterAll(() => test.close());

  it('counts emails by account, state and class, of the workspace that asks', () => {
    expect(sampleOf(text, 'postrider_emails_total', 'account="Ours \\"A\\""', 'state="sent"', 'class=""')).toBe(41);
    expect(sampleOf(text, 'postrider_emails_total', 'state="failed"', 'class="mailbox-unknown"')).toBe(2);
    expect(text).not.toContain('Theirs');
  });

  it('gives durations as cumulative histograms in seconds', () => {
    const bucket = (le: string) =>
      sampleOf(text, 'postrider_operation_duration_seconds_bucket', 'operation="message"', `le="${le}"`);
    expect([bucket('0.001'), bucket('0.005'), bucket('0.05'), bucket('0.1'), bucket('120'), bucket('+Inf')]).toEqual([
      0, 30, 30, 40, 40, 41,
    ]);
    expect(sampleOf(text, 'postrider_operation_duration_seconds_count', 'operation="message"')).toBe(41);
    expect(sampleOf(text, 'postrider_operation_duration_seconds_sum', 'operation="message"')).toBeCloseTo(300.89);
  });

  it('shows queues, limits in use, services, connections and the process itself', () => {
    expect(sampleOf(text, 'postrider_queue_jobs', 'queue="leads-import"', 'state="waiting"')).toBe(1);
    expect(sampleOf(text, 'postrider_account_limit_used', 'window="minute"')).toBe(5); // three used, two in hand
    expect(sampleOf(text, 'postrider_account_limit', 'window="day"')).toBe(500);
    expect(sampleOf(text, 'postrider_service_up', 'service="database"')).toBe(1);
    expect(sampleOf(text, 'postrider_db_pool_connections', 'state="total"')).toBeGreaterThan(0);
    expect(text).toMatch(/^process_cpu_seconds_total \d/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds \d/m);
  });

  it('times requests by route, whatever the address was', async () => {
    await test.call('GET', `/api/campaigns/${uuid7()}`);
    const again = (await test.call('GET', '/metrics')).text;
    const count = 'postrider_http_request_duration_seconds_count';
    expect(sampleOf(again, count, 'route="/api/campaigns/:id"', 'status="404"', 'method="GET"')).toBe(1);
  });

  it('is closed to whoever has no key', async () => {
    const answer = await test.inject({ method: 'GET', url: '/metrics' });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'AUTHENTICATION_REQUIRED' });
  });
});

describe('GET /metrics where the operator opened it', () => {
  it('tells everybody of every workspace', async () => {
    const test = await openTestApp({ metricsPublic: true });
    try {
      await test.addAccount(25, { name: 'Ours', limitPerDay: 7 });
      const answer = await test.inject({ method: 'GET', url: '/metrics' });
      expect(answer.statusCode).toBe(200);
      expect(sampleOf(answer.body, 'postrider_account_limit', 'account="Ours"')).toBe(7);
    } finally {
      await test.close();
    }
  });
});
