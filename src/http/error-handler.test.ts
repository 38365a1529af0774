import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { ERROR_CODES } from '../errors.ts';
import { packageRoot } from '../lib/package-root.ts';
import { STATUS_OF } from './statuses.ts';

describe('a request that cannot be served', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await openTestApp();
  });
  afterAll(() => test.close());
  const raw = (payload: string | Buffer, type = 'application/json', headers: Record<string, string> = {}) =>
    test.inject({
      method: 'POST',
      url: '/api/lists',
      payload,
      headers: { authorization: `Bearer test-key-owner-${test.caller.workspaceId}`, 'content-type': type, ...headers },
    });

  it('is told as a problem with a code, what to do, and the request it was', async () => {
    const answer = await test.call('GET', '/api/nothing/at/all?x=1');
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toEqual({
      type: 'urn:postrider:error:NOT_FOUND',
      title: 'Not Found',
      status: 404,
      code: 'NOT_FOUND',
      detail: 'There is nothing at GET /api/nothing/at/all. /api/docs lists what there is.',
      errors: [],
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it.each([
    ['{"name": "x"', 400, 'BODY_MALFORMED'],
    ['{name: 1}', 400, 'BODY_MALFORMED'],
    ['{"name": "a", "__proto__": {"role": "owner"}}', 400, 'BODY_MALFORMED'],
    ['[]', 422, 'VALIDATION'],
    ['"x"', 422, 'VALIDATION'],
    ['', 422, 'VALIDATION'],
    ['null', 422, 'VALIDATION'],
    ['{"name": 7}', 422, 'VALIDATION'],
  ])('with the body %s', async (body, status, code) => {
    const answer = await raw(body);
    expect({ status: answer.statusCode, code: answer.json().code }).toEqual({ status, code });
  });

  it('says where JSON is malformed', async () => {
    expect((await raw('{"name": "a", oops}')).json().detail).toMatch(/not valid JSON: .*near .*oops/);
  });

  it('names every field that is wrong, and no more than a hundred', async () => {
    const answer = await test.call('POST', '/api/accounts', {
      name: '',
      type: 'pigeon',
      port: 70_000,
      limits: { perDay: 0 },
      weight: 1.5,
      colour: 1,
    });
    const paths = answer.body.errors.map((error: { path: string }) => error.path).sort();
    expect(answer.status).toBe(422);
    expect(paths).toEqual(['colour', 'limits/perDay', 'name', 'port', 'type', 'weight']);
    const many = await test.call('POST', '/api/campaigns/send', {
      subject: 'x',
      audience: Array.from({ length: 50_000 }, () => ({})),
    });
    expect(many.status).toBe(422);
    expect(many.body.errors.length).toBeLessThanOrEqual(100);
  });

  it('with another content type than JSON', async () => {
    for (const type of [
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      expect((await raw('name=x', type)).json()).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
    }
  });

  it('with a body of 60 MB, over a real connection, whether it says so first or not', async () => {
    const address = await test.app.listen({ port: 0, host: '127.0.0.1' });
    const headers = {
      authorization: `Bearer test-key-owner-${test.caller.workspaceId}`,
      'content-type': 'application/json',
    };
    const megabyte = Buffer.alloc(1024 * 1024, ' ');
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < 60; i++) controller.enqueue(megabyte);
        controller.close();
      },
    });
    const whole = Buffer.concat(Array.from({ length: 60 }, () => megabyte));
    for (const body of [whole, chunks]) {
      const answer = await fetch(`${address}/api/campaigns/send`, {
        method: 'POST',
        headers,
        body,
        duplex: 'half',
      } as RequestInit);
      expect(answer.status).toBe(413);
      expect(await answer.json()).toMatchObject({ code: 'BODY_TOO_LARGE', detail: expect.stringContaining('32 MB') });
    }
    expect((await fetch(`${address}/livez`)).status).toBe(200);
  });

  it('with ids and queries that are none', async () => {
    for (const url of [
      '/api/lists/1',
      '/api/lists/%27',
      '/api/contacts?limit=ten',
      '/api/contacts?listId=x',
      '/api/lists?limit=1&limit=2',
    ]) {
      expect(await test.call('GET', url), url).toMatchObject({ status: 422, body: { code: 'VALIDATION' } });
    }
  });

  it('because of a fault of ours, without telling what it was', async () => {
    await test.database.pool.query('alter table suppressions rename to gone');
    const answer = await test.call('GET', '/api/suppressions');
    await test.database.pool.query('alter table gone rename to suppressions');
    expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL', errors: [] } });
    expect(answer.text).not.toContain('suppressions');
    expect(answer.body.detail).toContain(answer.body.requestId);
  });

  it('while the database is away, and serves again when it is back', async () => {
    const { name } = test.database;
    const admin = new pg.Client({ connectionString: inject('testServer').adminUrl });
    await admin.connect();
    await admin.query(`alter database ${name} allow_connections false`);
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()`,
      [name],
    );
    const away = await test.call('GET', '/api/lists');
    const health = await test.inject({ url: '/health' });
    const ready = await test.inject({ url: '/readyz' });
    await admin.query(`alter database ${name} allow_connections true`);
    await admin.end();
    expect(away).toMatchObject({
      status: 503,
      body: { code: 'DATABASE_UNAVAILABLE' },
      headers: { 'retry-after': '5' },
    });
    expect([health.statusCode, health.json().status, ready.statusCode]).toEqual([503, 'down', 503]);
    await expect.poll(async () => (await test.call('GET', '/api/lists')).status, { timeout: 10_000 }).toBe(200);
    expect((await test.inject({ url: '/readyz' })).statusCode).toBe(200);
  });
});

describe('docs/errors.md', () => {
  const text = fs.readFileSync(path.join(packageRoot(), 'docs', 'errors.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([A-Z_]+)` \| (\d{3}|–) \| (.+?) \| (.+?) \|$/gm)].map(
    ([, code, status, meaning]) => ({ code, status, meaning }),
  );

  it('describes every code there is, and no other', () => {
    expect(rows.map((row) => row.code)).toEqual(Object.keys(ERROR_CODES).sort());
    expect(Object.keys(STATUS_OF).sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });

  it('says the status the API answers with, and the meaning the code has', () => {
    for (const { code, status, meaning } of rows) {
      expect(`${code} ${status}`).toBe(`${code} ${STATUS_OF[code as keyof typeof STATUS_OF]}`);
      expect(meaning).toBe(ERROR_CODES[code as keyof typeof ERROR_CODES]);
    }
  });
});
