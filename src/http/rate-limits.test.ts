import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CALM, openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { redisRunsHere, TestRedis } from '../../test/helpers/redis.ts';
import { deleteExpired } from '../db/housekeeping.ts';
import { buildApp } from './app.ts';

const LETTER = { subject: 'x', textContent: 'x', audience: [{ email: 'a@b.test' }] };
const LEADS = { leads: [{ email: 'a@b.test' }] };

describe.each(['postgres', 'redis'] as const)('limits of the API on %s', (kind) => {
  const runs = kind === 'postgres' || redisRunsHere('limits of the API');
  let server: TestRedis | null = null;
  let test: TestApp;

  beforeAll(async () => {
    if (kind === 'redis' && runs) server = await TestRedis.start();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    test = await openTestApp({ rateLimits: true }, { redisUrl: server?.url });
    await test.core.redis?.ping();
    await test.addAccount(25);
  });
  afterEach(() => test.close());

  const limit = async (rateLimits: object) => {
    await test.database.pool.query('update workspaces set settings = $1', [JSON.stringify({ rateLimits })]);
    // What was known before holds for two seconds at most.
    await expect
      .poll(async () => (await status('api')).limit + (await status('leads-import')).limit, { timeout: 10_000 })
      .not.toBe(1260);
  };
  const status = async (operation: string, call = test.call) =>
    (await call('GET', `/api/queue/rate-limit?operation=${operation}`)).body;
  const check = (operation: string, cost?: number, call = test.call) =>
    call('POST', '/api/queue/rate-limit', { operation, ...(cost === undefined ? {} : { cost }) });

  it.runIf(runs)('tell every answer how many requests are left, and count them down', async () => {
    const first = await test.call('GET', '/api/settings');
    const second = await test.call('GET', '/api/no-such-thing');
    expect(first.headers).toMatchObject({ 'ratelimit-limit': '1200', 'ratelimit-remaining': '1199' });
    expect(second).toMatchObject({ status: 404, headers: { 'ratelimit-remaining': '1198' } });
    expect(Number(second.headers['ratelimit-reset'])).toBeGreaterThan(0);
    expect(Number(second.headers['ratelimit-reset'])).toBeLessThanOrEqual(60);
    // Another key has windows of its own, and so has a person.
    expect((await test.as('viewer')('GET', '/api/settings')).headers['ratelimit-remaining']).toBe('1199');
  });

  it.runIf(runs)('say where all of them stand, or one', async () => {
    const { items } = (await test.as('viewer')('GET', '/api/queue/rate-limit')).body;
    expect(items.map((item: { operation: string }) => item.operation)).toEqual([
      'leads-import',
      'email-sending',
      'api',
    ]);
    expect(await status('leads-import')).toMatchObject({
      operation: 'leads-import',
      allowed: true,
      limit: 60,
      remaining: 60,
      retryAfterMs: 0,
      windowSeconds: 60,
      burst: { limit: 20, remaining: 20 },
      factor: 1,
      reason: null,
    });
    expect((await test.call('GET', '/api/queue/rate-limit?operation=x')).status).toBe(422);
  });

  it.runIf(runs)('count on request, by weight, and refuse what does not fit without counting it', async () => {
    expect((await check('email-sending')).body).toMatchObject({ allowed: true, limit: 600, remaining: 599 });
    expect((await check('email-sending', 500)).body).toMatchObject({ allowed: true, remaining: 99 });
    const refused = await check('email-sending', 200);
    expect(refused).toMatchObject({ status: 200, body: { allowed: false, remaining: 99 } });
    expect(refused.body.retryAfterMs).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBe(Math.ceil(refused.body.retryAfterMs / 1000));
    expect((await check('email-sending', 99)).body).toMatchObject({ allowed: true, remaining: 0 });
    // Then the burst, which has a window of its own.
    expect((await check('email-sending', 60)).body).toMatchObject({
      allowed: true,
      burst: { limit: 100, remaining: 40 },
    });
    expect((await check('email-sending', 41)).body).toMatchObject({ allowed: false, burst: { remaining: 40 } });
    expect((await check('email-sending', 40)).body).toMatchObject({ allowed: true, burst: { remaining: 0 } });
    expect(await check('email-sending', 601)).toMatchObject({
      status: 422,
      body: {
        code: 'VALIDATION',
        errors: [{ path: 'cost', message: 'is more than is ever allowed at once: 600 at most' }],
      },
    });
    for (const body of [{}, { operation: 'x' }, { operation: 'api', cost: 0 }, { operation: 'api', cost: 1.5 }])
      expect((await test.call('POST', '/api/queue/rate-limit', body)).status).toBe(422);
  });

  it.runIf(runs)('never let more through than the limit and the burst, however many ask at once', async () => {
    await limit({ 'leads-import': { limit: 30, windowSeconds: 3600, burst: 7 } });
    const answers = await Promise.all(Array.from({ length: 60 }, () => check('leads-import')));
    expect(answers.filter((answer) => answer.body.allowed).length).toBe(37);
  });

  it.runIf(runs)('refuse a request above them before anything is done, and say when to come again', async () => {
    await limit({
      'email-sending': { limit: 1, windowSeconds: 3600, burst: 0 },
      'leads-import': { limit: 2, burst: 0 },
    });
    const editor = test.as('editor');
    const { body: draft } = await editor('POST', '/api/campaigns', LETTER);
    expect((await editor('POST', '/api/campaigns/send', LETTER)).status).toBe(202);
    for (const [url, body] of [
      ['/api/campaigns/send', LETTER],
      ['/api/queue/campaigns/send', { campaignId: draft.id }],
      [`/api/campaigns/${draft.id}/launch`, undefined],
    ] as const) {
      const refused = await editor('POST', url, body);
      expect(refused).toMatchObject({
        status: 429,
        body: { code: 'RATE_LIMITED', status: 429 },
        headers: { 'ratelimit-limit': '1', 'ratelimit-remaining': '0' },
      });
      expect(refused.headers['content-type']).toContain('application/problem+json');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(refused.body.detail).toMatch(/^Too many campaigns sent: at most 1 in 3600 seconds .*Nothing was done/);
    }
    expect((await editor('GET', `/api/campaigns/${draft.id}`)).body.state).toBe('draft');
    expect((await editor('GET', '/api/campaigns')).body.items.length).toBe(2);

    expect((await editor('POST', '/api/queue/leads/import', LEADS)).status).toBe(202);
    expect((await editor('POST', '/api/queue/leads/import', LEADS)).status).toBe(202);
    expect((await editor('POST', '/api/queue/leads/import', LEADS)).status).toBe(429);
    expect((await editor('GET', '/api/imports')).body.items.length).toBe(2);
    // Pausing is not sending, and whoever else there is has windows of their own.
    expect((await editor('POST', `/api/campaigns/${draft.id}/pause`)).status).toBe(409);
    expect((await test.call('POST', '/api/campaigns/send', LETTER)).status).toBe(202);
  });

  it.runIf(runs)('do not count an answer that is given again as another operation', async () => {
    await limit({
      'email-sending': { limit: 2, windowSeconds: 3600, burst: 0 },
      'leads-import': { limit: 2, burst: 0 },
    });
    const editor = test.as('editor');
    const again = { 'idempotency-key': 'once' };
    for (let i = 0; i < 4; i++) {
      expect((await editor('POST', '/api/campaigns/send', LETTER, again)).status).toBe(202);
      expect((await editor('POST', '/api/queue/leads/import', LEADS, { 'idempotency-key': 'import' })).status).toBe(
        202,
      );
    }
    expect((await status('email-sending', editor)).remaining).toBe(1);
    expect((await status('leads-import', editor)).remaining).toBe(1);
    // A refusal is not kept as the answer to a key.
    expect((await editor('POST', '/api/campaigns/send', LETTER)).status).toBe(202);
    const other = { 'idempotency-key': 'other' };
    expect((await editor('POST', '/api/campaigns/send', LETTER, other)).status).toBe(429);
    const { rows } = await test.database.pool.query(
      `select id from api_keys where name = 'editor' and workspace_id = $1`,
      [test.caller.workspaceId],
    );
    expect((await test.call('DELETE', `/api/queue/rate-limit?apiKeyId=${rows[0].id}`)).status).toBe(204);
    expect((await editor('POST', '/api/campaigns/send', LETTER, other)).status).toBe(202);
  });

  it.runIf(runs)(
    'hold back a key that asks too often, whatever it asks for, until an administrator begins anew',
    async () => {
      await limit({ api: { limit: 10, windowSeconds: 3600, burst: 5 } });
      const viewer = test.as('viewer');
      const answers: number[] = [];
      for (let i = 0; i < 18; i++) answers.push((await viewer('GET', '/api/settings')).status);
      expect(answers).toEqual([...Array(15).fill(200), ...Array(3).fill(429)]);
      expect(await viewer('GET', '/api/no-such-thing')).toMatchObject({
        status: 429,
        headers: { 'ratelimit-remaining': '0' },
      });
      const editor = test.as('editor');
      expect((await editor('DELETE', '/api/queue/rate-limit?operation=api')).status).toBe(403);
      const { rows } = await test.database.pool.query(`select id from api_keys where name = 'viewer'`);
      const url = `/api/queue/rate-limit?operation=api&apiKeyId=${rows[0].id}`;
      await test.stranger('DELETE', url);
      expect((await viewer('GET', '/api/settings')).status).toBe(429);
      expect((await test.call('DELETE', url)).status).toBe(204);
      expect((await viewer('GET', '/api/settings')).status).toBe(200);
    },
  );

  it.runIf(runs)('hold for all processes together', async () => {
    await limit({ api: { limit: 10, windowSeconds: 3600, burst: 0 } });
    const other = await buildApp(test.core, { webDir: '/nowhere', rateLimits: true, load: CALM });
    const headers = { authorization: `Bearer test-key-viewer-${test.caller.workspaceId}` };
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) {
      const { statusCode } = await (i % 2 ? other : test.app).inject({ url: '/api/settings', headers });
      statuses.push(statusCode);
    }
    await other.close();
    expect(statuses).toEqual([...Array(10).fill(200), 429, 429]);
  });

  it.runIf(runs)(
    'are counted in memory while their store is away: requests are served, and not without a limit',
    async () => {
      await limit({ 'leads-import': { limit: 3, windowSeconds: 3600, burst: 0 } });
      if (server) await server.cut();
      else await test.database.pool.query('alter table api_limits rename to api_limits_away');
      try {
        const answers: boolean[] = [];
        for (let i = 0; i < 5; i++) answers.push((await check('leads-import')).body.allowed);
        expect(answers).toEqual([true, true, true, false, false]);
      } finally {
        await server?.resume();
      }
    },
  );

  it.runIf(runs)('can be turned off', async () => {
    await limit({ api: { limit: 10, windowSeconds: 3600, burst: 0 } });
    const unlimited = await buildApp(test.core, { webDir: '/nowhere', rateLimits: false });
    const headers = { authorization: `Bearer test-key-viewer-${test.caller.workspaceId}` };
    for (let i = 0; i < 15; i++) {
      const answer = await unlimited.inject({ url: '/api/settings', headers });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['ratelimit-limit']).toBeUndefined();
    }
    await unlimited.close();
  });
});

describe('limits of the API', () => {
  let test: TestApp;
  beforeEach(async () => {
    test = await openTestApp({ rateLimits: true });
  });
  afterEach(() => test.close());

  it('are set by the settings of the workspace, checked, and given back to what is built in', async () => {
    const rateLimits = { api: { limit: 5000 }, 'leads-import': { burst: 0 } };
    expect((await test.call('PATCH', '/api/settings', { rateLimits })).body.rateLimits).toEqual(rateLimits);
    await expect
      .poll(async () => (await test.call('GET', '/api/queue/rate-limit')).body.items, { timeout: 10_000 })
      .toEqual(
        expect.arrayContaining([
          expect.objectContaining({ operation: 'api', limit: 5000, windowSeconds: 60 }),
          expect.objectContaining({ operation: 'leads-import', limit: 60, burst: { limit: 0, remaining: 0 } }),
        ]),
      );
    for (const wrong of [
      { rateLimits: { api: { limit: 9 } } },
      { rateLimits: { api: { windowSeconds: 3601 } } },
      { rateLimits: { other: {} } },
      { workerLimits: { perMinute: 0 } },
      { workerLimits: { perDay: 1 } },
      { rateLimitBuffer: 91 },
    ])
      expect(await test.call('PATCH', '/api/settings', wrong)).toMatchObject({
        status: 422,
        body: { code: 'VALIDATION' },
      });
    const more = { workerLimits: { perMinute: 100, perHour: 1000 }, rateLimitBuffer: 10, rateLimits: null };
    expect((await test.call('PATCH', '/api/settings', more)).body).toMatchObject(more);
  });

  it('leave no count behind whose window has ended', async () => {
    await test.call('GET', '/api/settings');
    const counts = async () => (await test.database.pool.query('select key from api_limits')).rows.length;
    await deleteExpired(test.core.db.sql);
    expect(await counts()).toBe(1);
    await test.database.pool.query('update api_limits set expire = 1');
    await deleteExpired(test.core.db.sql);
    expect(await counts()).toBe(0);
  });
});
