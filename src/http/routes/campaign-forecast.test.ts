import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { permitOwner } from '../../db/permits.ts';
import { expandCampaign } from '../../engine/expand.ts';

const HOUR_MS = 3_600_000;
const content = { subject: 'x', textContent: 'x' };
const people = (count: number, data: object = {}) =>
  Array.from({ length: count }, (_, i) => ({ email: `p${i}@example.test`, ...data }));

describe('the forecast over HTTP', () => {
  let test: TestApp;
  let daily: string;
  let fast: string;
  beforeAll(async () => {
    test = await openTestApp();
    daily = (await test.addAccount(25, { name: 'Daily', limitPerDay: 100, maxConnections: 2 })).id;
    fast = (await test.addAccount(26, { name: 'Fast', maxConnections: 4 })).id;
  });
  afterAll(() => test.close());
  const make = async (body: object): Promise<string> =>
    (await test.call('POST', '/api/campaigns', { ...content, ...body })).body.id;
  const forecast = async (id: string) => (await test.call('POST', `/api/campaigns/${id}/forecast`, {})).body;
  const untilEnd = (body: { finishesAt: string }) => (Date.parse(body.finishesAt) - Date.now()) / HOUR_MS;

  it('says when a draft would be done, through which accounts, and on what assumptions', async () => {
    const body = await forecast(await make({ audience: [...people(600), { email: 'nobody' }], accountIds: [fast] }));
    expect(body).toMatchObject({ recipients: 600, remaining: 600, durationSeconds: 30, boundBy: [] });
    expect(body.accounts).toMatchObject([{ accountId: fast, name: 'Fast', share: 1, messages: 600, binding: null }]);
    expect(body.sentences[0]).toMatch(/^1 account, 600 recipients: done \d\d:\d\d( tomorrow)? \(UTC\)\.$/);
    expect(body.assumptions.join(' ')).toMatch(/5 messages a second are assumed.*as if it were launched now/);
    expect(body).not.toHaveProperty('warmup');
  });

  it('says which limit holds it up and until when, counting what was used today', async () => {
    const { pool } = test.database;
    await pool.query(
      `insert into permits_used (owner, used_at, permits) values ($1, now() - interval '22 hours', 60)`,
      [permitOwner.account(daily)],
    );
    const body = await forecast(await make({ audience: people(90), accountIds: [daily] }));
    expect(untilEnd(body)).toBeGreaterThan(1.9);
    expect(untilEnd(body)).toBeLessThan(2.2);
    expect(body.boundBy).toMatchObject([{ accountId: daily, name: 'Daily', limit: 'limit per day' }]);
    expect(body.boundBy[0].words).toMatch(/^Daily reaches its limit per day at .* and goes on at /);
    expect(body.sentences[0]).toMatch(/90 recipients: done .*; Daily reaches its limit per day at \d\d:\d\d/);
    expect(body.accounts).toMatchObject([{ binding: 'limit per day' }]);
    await pool.query('delete from permits_used');
  });

  it('takes into account that a warm-up allows more every day', async () => {
    const startedAt = new Date().toISOString();
    const warmup = JSON.stringify({ startPerDay: 100, growthPercent: 100, targetPerDay: 10_000, startedAt });
    const { id } = await test.addAccount(27, { name: 'New', warmup, maxConnections: 4 });
    // 100 in the first day, 100 more when the second begins (200 a day), 200 more with the third.
    const body = await forecast(await make({ audience: people(350), accountIds: [id] }));
    expect(untilEnd(body)).toBeGreaterThan(47.9);
    expect(untilEnd(body)).toBeLessThan(48.6);
    expect(body.boundBy).toMatchObject([{ name: 'New', limit: 'warm-up limit of the day' }]);
    await test.database.pool.query('delete from sending_accounts where id = $1', [id]);
  });

  it('keeps to pace, rate limit, schedule and quiet hours', async () => {
    const base = { audience: people(120), accountIds: [fast] };
    const paced = await forecast(await make({ ...base, batchSize: 10, batchDelayMs: 60_000 }));
    expect(paced.durationSeconds).toBeGreaterThanOrEqual(600);
    expect(paced.durationSeconds).toBeLessThanOrEqual(730);
    const rated = await forecast(await make({ ...base, rateLimit: 60 }));
    expect(untilEnd(rated)).toBeGreaterThan(0.99);
    expect(rated.boundBy).toMatchObject([{ accountId: null, limit: 'rate limit' }]);
    const scheduledAt = new Date(Date.now() + 5 * HOUR_MS).toISOString();
    const later = await forecast(await make({ ...base, scheduledAt }));
    expect(later.startsAt).toBe(scheduledAt);
    const clock = (at: number) => new Date(at).toISOString().slice(11, 16);
    const quietHours = { from: clock(Date.now() - HOUR_MS), to: clock(Date.now() + 2 * HOUR_MS), timezone: 'UTC' };
    const quiet = await forecast(await make({ ...base, quietHours }));
    expect(untilEnd(quiet)).toBeGreaterThan(1.9);
    expect(untilEnd(quiet)).toBeLessThan(2.1);
  });

  it('goes by the clocks of recipients, of an inline audience and of lists', async () => {
    const day = new Date(Date.now() + 4 * 24 * HOUR_MS).toISOString().slice(0, 10);
    const audience = [
      ...people(5, { timezone: 'Asia/Tokyo' }),
      { email: 'ny@example.test', timezone: 'America/New_York' },
    ];
    const when = { scheduledAt: `${day}T09:00`, timezone: 'recipient' };
    const body = await forecast(await make({ audience, ...when }));
    expect(body.startsAt).toBe(new Date(Date.parse(`${day}T00:00:00Z`)).toISOString());
    expect(Date.parse(body.finishesAt)).toBeGreaterThan(Date.parse(`${day}T12:59:00Z`));
    const imported = await test.call('POST', '/api/lists', { name: 'zones' });
    const { pool } = test.database;
    await pool.query(
      `with c as (insert into contacts (workspace_id, email, email_key, attributes)
         select $1, g || '@z.test', g || '@z.test', '{"timezone":"Asia/Tokyo"}' from generate_series(1, 20) g returning id)
       insert into list_subscriptions (list_id, contact_id) select $2, id from c`,
      [test.caller.workspaceId, imported.body.id],
    );
    const list = await forecast(await make({ audience: { listIds: [imported.body.id] }, ...when }));
    expect(list).toMatchObject({ recipients: 20, startsAt: body.startsAt });
  });

  it('leaves accounts out that are not active, and says so when there is none', async () => {
    await test.call('POST', `/api/accounts/${daily}/pause`);
    const id = await make({ audience: people(10), accountIds: [daily] });
    const body = await forecast(id);
    expect(body).toMatchObject({ finishesAt: null, durationSeconds: null, accounts: [] });
    expect(body.sentences).toEqual(['0 accounts, 10 recipients: it waits until there is an account that is active.']);
    expect(body.assumptions[0]).toBe('Account Daily is paused and left out.');
    await test.call('POST', `/api/accounts/${daily}/resume`);
  });

  it('goes on from where a campaign is, by what was measured, and gives its status a time that limits allow', async () => {
    const id = await make({ audience: people(150), accountIds: [daily] });
    await test.call('POST', `/api/campaigns/${id}/launch`);
    await expandCampaign(test.core.db, id, { onBatchesReady: async () => {} });
    const { pool } = test.database;
    await pool.query(
      `update email_sends set state = 2 where seq <= 100 and send_id = (select id from campaign_sends where campaign_id = $1)`,
      [id],
    );
    await pool.query(
      `update campaign_send_batches set pending = 50, sent = 100 where send_id = (select id from campaign_sends where campaign_id = $1)`,
      [id],
    );
    await pool.query(`insert into permits_used (owner, used_at, permits) values ($1, now() - interval '1 hour', 100)`, [
      permitOwner.account(daily),
    ]);
    await pool.query(
      `insert into send_throughput (send_id, bucket, account_id, worker_id, sent, refused)
       select s.id, date_bin('5 seconds', now(), 'epoch') - g * interval '5 seconds', $2, $2, 35, 0
       from campaign_sends s, generate_series(1, 5) g where s.campaign_id = $1`,
      [id, daily],
    );
    const body = await forecast(id);
    expect(body).toMatchObject({ recipients: 150, remaining: 50 });
    expect(untilEnd(body)).toBeGreaterThan(22.5);
    expect(untilEnd(body)).toBeLessThan(23.5);
    expect(body.assumptions.join()).not.toMatch(/assumed/);
    const { rate, etaSeconds } = (await test.call('GET', `/api/campaigns/status/campaign-${id}`)).body;
    expect(rate).toBe(7);
    expect(etaSeconds).toBeGreaterThan(22.5 * 3600);
  });

  it('refuses campaigns that have ended, and those of others', async () => {
    const id = await make({ audience: people(1) });
    await test.call('POST', `/api/campaigns/${id}/launch`);
    await test.call('POST', `/api/campaigns/${id}/cancel`);
    expect(await test.call('POST', `/api/campaigns/${id}/forecast`)).toMatchObject({
      status: 409,
      body: { code: 'CAMPAIGN_STATE' },
    });
    expect((await test.stranger('POST', `/api/campaigns/${id}/forecast`)).status).toBe(404);
    expect(
      (await test.as('viewer')('POST', `/api/campaigns/${await make({ audience: people(1) })}/forecast`)).status,
    ).toBe(200);
  });
});
