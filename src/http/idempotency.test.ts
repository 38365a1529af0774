import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { claimKey } from '../db/idempotency.ts';
import { uuid7 } from '../lib/uuid7.ts';

describe('Idempotency-Key', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await openTestApp();
    await test.addAccount(25);
  });
  afterAll(() => test.close());
  const post = (key: string, body: unknown, url = '/api/lists', call = test.call) =>
    call('POST', url, body, { 'idempotency-key': key });
  const lists = async () => (await test.call('GET', '/api/lists?limit=1000')).body.items.length as number;

  it('gives the first answer again, byte for byte, and does nothing twice', async () => {
    const first = await post('a', { name: 'Once' });
    const again = await post('a', { name: 'Once' });
    expect(first).toMatchObject({ status: 201, headers: { 'content-type': 'application/json; charset=utf-8' } });
    expect(again).toMatchObject({ status: 201, text: first.text, headers: { 'idempotency-replayed': 'true' } });
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(await lists()).toBe(1);
  });

  it('gives a refusal again as well', async () => {
    const first = await post('refused', { name: 'Once' });
    await test.call('DELETE', `/api/lists/${(await test.call('GET', '/api/lists')).body.items[0].id}`);
    const again = await post('refused', { name: 'Once' });
    expect(first).toMatchObject({ status: 409, body: { code: 'NAME_TAKEN' } });
    expect(again).toMatchObject({ status: 409, text: first.text });
    expect(again.headers['content-type']).toContain('application/problem+json');
  });

  it('refuses the key for another body, route or query', async () => {
    await post('b', { name: 'B' });
    for (const [body, url] of [
      [{ name: 'C' }, '/api/lists'],
      [{ name: 'B' }, '/api/templates'],
      [{ name: 'B' }, '/api/lists?x=1'],
    ] as const) {
      expect(await post('b', body, url)).toMatchObject({ status: url === '/api/templates' ? 422 : 409 });
    }
    const other = await post('b', { name: 'C' });
    expect(other).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_CONFLICT' } });
  });

  it('keeps the keys of workspaces apart', async () => {
    await post('shared', { name: 'Mine' });
    expect(await post('shared', { name: 'Theirs' }, '/api/lists', test.stranger)).toMatchObject({ status: 201 });
  });

  it('lets one of many at once through', async () => {
    const before = await lists();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('race', { name: 'Race' })));
    expect(await lists()).toBe(before + 1);
    for (const { status, body, headers } of answers) {
      expect([201, 409]).toContain(status);
      if (status === 409) expect(body).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
      if (status === 409) expect(headers['retry-after']).toBe('1');
    }
    expect(await post('race', { name: 'Race' })).toMatchObject({ status: 201 });
  });

  it('sends one campaign, however often it is asked to', async () => {
    const body = { subject: 'x', textContent: 'x', audience: [{ email: 'a@b.test' }] };
    const answers = await Promise.all(Array.from({ length: 4 }, () => post('send', body, '/api/campaigns/send')));
    const accepted = answers.filter(({ status }) => status === 202);
    expect(new Set(accepted.map((answer) => answer.body.campaignId)).size).toBe(1);
    expect((await test.call('GET', '/api/campaigns')).body.total).toBe(1);
  });

  it('lets a request that a crash left unanswered be made again, and makes nothing of it twice', async () => {
    const body = { subject: 'crash', textContent: 'x', audience: [{ email: 'a@b.test' }] };
    const first = await post('crash', body, '/api/campaigns/send');
    const { pool } = test.database;
    // As after a crash between the campaign and the answer.
    await pool.query(`update idempotency_keys set status = null, response = null where key = 'crash'`);
    expect(await post('crash', body, '/api/campaigns/send')).toMatchObject({
      status: 409,
      headers: { 'retry-after': '1' },
    });
    await pool.query(`update idempotency_keys set claimed_at = now() - interval '61 seconds' where key = 'crash'`);
    const again = await post('crash', body, '/api/campaigns/send');
    expect(again).toMatchObject({ status: 202, body: { campaignId: first.body.campaignId } });
    const { rows } = await pool.query(`select count(*)::int as n from campaigns where name = 'crash'`);
    expect(rows[0].n).toBe(1);
  });

  it('does not keep what went wrong on this side, so that trying again can help', async () => {
    const { pool } = test.database;
    await pool.query('alter table lists rename to lists_away');
    const failed = await post('later', { name: 'Later' });
    await pool.query('alter table lists_away rename to lists');
    expect(failed).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    expect(await post('later', { name: 'Later' })).toMatchObject({ status: 201 });
  });

  it('forgets after 24 hours', async () => {
    await post('old', { name: 'Old' });
    await test.database.pool.query(
      `update idempotency_keys set created_at = now() - interval '25 hours' where key = 'old'`,
    );
    expect(await post('old', { name: 'New' })).toMatchObject({ status: 201, body: { name: 'New' } });
  });

  it('keeps a new API key sealed', async () => {
    const made = await post('secret', { name: 'k', role: 'viewer' }, '/api/api-keys');
    const { rows } = await test.database.pool.query(`select response from idempotency_keys where key = 'secret'`);
    expect(rows[0].response.toString('latin1')).not.toContain(made.body.key);
    expect((await post('secret', { name: 'k', role: 'viewer' }, '/api/api-keys')).body.key).toBe(made.body.key);
  });

  it.each(['', 'x'.repeat(256), 'é'])('refuses the key %j', async (key) => {
    expect(await post(key, { name: 'x' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'Idempotency-Key' }] },
    });
  });

  it('belongs to POST: elsewhere it is of no consequence', async () => {
    const headers = { 'idempotency-key': 'a' };
    expect(await test.call('GET', '/api/lists', undefined, headers)).toMatchObject({ status: 200 });
  });

  it('does not let an answer that comes too late count', async () => {
    const use = { workspaceId: test.caller.workspaceId, key: 'slow', requestHash: Buffer.from('h') };
    const slow = await claimKey(test.core.db.sql, { ...use, resourceId: uuid7() }, 60);
    const taken = await claimKey(test.core.db.sql, { ...use, resourceId: uuid7() }, -1);
    expect(taken).toMatchObject({ attempt: 2, resourceId: slow?.resourceId });
  });
});
