import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { runImport } from '../../core/import-run.ts';
import { deleteExpired } from '../../db/housekeeping.ts';
import { expandCampaign } from '../../engine/expand.ts';

let test: TestApp;
beforeAll(async () => {
  test = await openTestApp();
  await test.addAccount(25);
});
afterAll(() => test.close());

const post = (url: string, body: object) => test.call('POST', url, body);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const soon = () => new Date(Date.now() + 3_600_000).toISOString();

describe('suppressions', () => {
  it('are of addresses, domains and hashes, for good or for a time', async () => {
    expect(await post('/api/suppressions', { domain: 'Gone.Example', reason: 'complaint' })).toMatchObject({
      status: 201,
      body: { email: '@gone.example', kind: 'domain', reason: 'complaint', expiresAt: null },
    });
    expect((await post('/api/suppressions', { hash: md5('a@b.test').toUpperCase() })).body).toMatchObject({
      email: `md5:${md5('a@b.test')}`,
      kind: 'hash',
    });
    const expiresAt = soon();
    const short = (await post('/api/suppressions', { email: 'short@b.test', expiresAt })).body;
    expect(short).toMatchObject({ kind: 'address', expiresAt });
    expect((await post('/api/suppressions', { email: 'short@b.test' })).body).toMatchObject({
      id: short.id,
      expiresAt: null,
    });
    const kept = (await post('/api/suppressions', { email: 'short@b.test', expiresAt, reason: 'role' })).body;
    expect(kept).toMatchObject({ id: short.id, reason: 'manual', expiresAt: null });
  });

  it.each([
    [{}, 'email'],
    [{ email: 'a@b.test', domain: 'b.test' }, 'email'],
    [{ email: 'b.test' }, 'email'],
    [{ domain: 'com' }, 'domain'],
    [{ domain: 'a@b.test' }, 'domain'],
    [{ hash: 'abc' }, 'hash'],
    [{ hash: 'b.test' }, 'hash'],
    [{ email: 'a@b.test', expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ email: 'a@b.test', reason: 'erased' }, 'reason'],
  ])('refuse %j', async (body, path) => {
    expect(await post('/api/suppressions', body)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });

  it('are found by their beginning, kind and reason, and by whom they bind', async () => {
    await post('/api/suppressions', { email: 'Prefix.One@find.example' });
    await post('/api/suppressions', { email: 'prefix.two@find.example', reason: 'role' });
    await post('/api/suppressions', { domain: 'find.example' });
    await post('/api/suppressions', { hash: sha256('prefix.one@find.example') });
    const found = async (query: string) =>
      (await test.call('GET', `/api/suppressions?${query}`)).body.items.map((item: { email: string }) => item.email);
    expect(await found('search=PREFIX.')).toEqual(['prefix.two@find.example', 'Prefix.One@find.example']);
    expect(await found('search=prefix.&reason=role')).toEqual(['prefix.two@find.example']);
    expect(await found('search=%25')).toEqual([]);
    expect(await found('kind=domain&search=%40find')).toEqual(['@find.example']);
    expect(await found('binds=Prefix.One%40find.example')).toEqual([
      'Prefix.One@find.example',
      '@find.example',
      `sha256:${sha256('prefix.one@find.example')}`,
    ]);
    expect(await found('binds=somebody%40sub.find.example')).toEqual(['@find.example']);
    expect((await test.call('GET', '/api/suppressions?binds=x')).status).toBe(422);
  });

  it('take text that no database can hold without it', async () => {
    const made = await post('/api/suppressions', { email: 'nul@x.test', source: 'a\0b' });
    expect(made).toMatchObject({ status: 201, body: { source: 'ab' } });
    expect((await test.call('GET', '/api/suppressions?search=%00')).status).toBe(200);
    const list = await post('/api/lists', {
      name: 'Nul',
      description: 'a\0b',
      confirmation: { subject: 'x', text: '\0{{confirmUrl}}' },
    });
    expect(list).toMatchObject({ status: 201, body: { description: 'ab' } });
    const consent = { source: '\0', text: 'a\0\ud800' };
    expect((await post(`/api/lists/${list.body.id}/contacts`, { emails: ['nul@x.test'], consent })).status).toBe(200);
    const settings = { title: 'a\0b\ud800' };
    expect((await post('/api/forms', { name: 'x', listIds: [list.body.id], settings })).status).toBe(201);
  });

  it('say what it means when they are taken away', async () => {
    const { body: domain } = await post('/api/suppressions', { domain: 'both.example' });
    const { body: address } = await post('/api/suppressions', { email: 'a@both.example', reason: 'complaint' });
    const first = await test.call('DELETE', `/api/suppressions/${address.id}`);
    expect(first.body.meaning).toBe(
      'Nothing is sent to a@both.example yet: @both.example (manual) still keeps it from being sent to.',
    );
    const second = await test.call('DELETE', `/api/suppressions/${domain.id}`);
    expect(second.body.meaning).toContain('campaigns send to addresses @both.example and below again');
    expect((await test.call('DELETE', `/api/suppressions/${domain.id}`)).status).toBe(404);
  });

  it('go when their time is over', async () => {
    await post('/api/suppressions', { email: 'over@b.test', expiresAt: soon() });
    await test.database.pool.query(`update suppressions set expires_at = now() where email_key = 'over@b.test'`);
    const contact = (await post('/api/contacts', { email: 'over@b.test' })).body;
    expect(contact.suppressed).toBeNull();
    await deleteExpired(test.core.db.sql);
    expect((await test.call('GET', '/api/suppressions?search=over%40b.test')).body.items).toEqual([]);
  });

  it('mean the same to forecast, list, contact, expansion and campaigns under way', async () => {
    const list = (await post('/api/lists', { name: 'Agreement' })).body;
    const emails = ['free', 'address', 'domain', 'hash', 'md5', 'over'].map((name) => `${name}@${name}.agree.example`);
    await post(`/api/lists/${list.id}/contacts`, { emails });
    const before = await post('/api/campaigns/send', { ...LETTER, audience: { listIds: [list.id] } });
    const inline = await post('/api/campaigns/send', { ...LETTER, audience: emails.map((email) => ({ email })) });
    for (const sent of [before, inline])
      await expandCampaign(test.core.db, sent.body.campaignId, { onBatchesReady: async () => {} });
    await post('/api/suppressions', { email: emails[1] });
    await post('/api/suppressions', { domain: 'domain.agree.example' });
    await post('/api/suppressions', { hash: sha256(emails[3] ?? '') });
    await post('/api/suppressions', { hash: `md5:${md5(emails[4] ?? '')}` });
    await post('/api/suppressions', { email: emails[5], expiresAt: soon() });
    await test.database.pool.query('update suppressions set expires_at = now() where expires_at is not null');
    // Those under way lost theirs when each suppression was made, and the one that was for a time with them.
    for (const sent of [before, inline]) {
      const status = await test.call('GET', `/api/campaigns/status/campaign-${sent.body.campaignId}`);
      expect(status.body.counts).toMatchObject({ pending: 1, excluded: 5 });
    }
    for (const audience of [{ listIds: [list.id] }, emails.map((email) => ({ email }))]) {
      const sent = (await post('/api/campaigns/send', { ...LETTER, audience })).body.campaignId;
      await expandCampaign(test.core.db, sent, { onBatchesReady: async () => {} });
      const { items } = (await test.call('GET', `/api/campaigns/${sent}/recipients?state=excluded`)).body;
      expect(items.map((item: { email: string; reason: string }) => [item.email, item.reason]).sort()).toEqual(
        emails
          .slice(1, 5)
          .map((email) => [email, 'suppressed'])
          .sort(),
      );
      const forecast = (await post(`/api/campaigns/${sent}/forecast`, {})).body;
      expect(forecast.recipients).toBe(2);
    }
    for (const [i, email] of emails.entries()) {
      const [contact] = (await test.call('GET', `/api/contacts?search=${encodeURIComponent(email)}`)).body.items;
      const { suppressed } = (await test.call('GET', `/api/contacts/${contact.id}`)).body;
      expect([email, suppressed !== null]).toEqual([email, i > 0 && i < 5]);
    }
  });
});

const LETTER = { subject: 'x', textContent: 'x', from: 'Ada <ada@b.test>' };

describe('a suppression list', () => {
  let list: TestApp;
  beforeAll(async () => {
    list = await openTestApp();
  });
  afterAll(() => list.close());

  async function upload(content: string, filename: string, fields: Record<string, string> = {}) {
    const parts = Object.entries(fields).map(
      ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const file = `--b\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: text/plain\r\n\r\n${content}\r\n--b--\r\n`;
    const response = await list.inject({
      method: 'POST',
      url: '/api/suppressions/import',
      headers: {
        authorization: `Bearer test-key-editor-${list.caller.workspaceId}`,
        'content-type': 'multipart/form-data; boundary=b',
      },
      payload: parts.join('') + file,
    });
    return { status: response.statusCode, body: response.json() };
  }
  async function imported(content: string, filename: string, fields: Record<string, string> = {}) {
    const { status, body } = await upload(content, filename, fields);
    expect(status, JSON.stringify(body)).toBe(202);
    await runImport(list.core, body.importId);
    return (await list.call('GET', `/api/imports/${body.importId}`)).body;
  }

  it('comes in as text, one entry a line, and its faults come back with their lines', async () => {
    const done = await imported(
      `One@list.example\nlist.test\n\n${md5('three@list.example')}\none@LIST.example\nnobody\ncom\n`,
      'list.txt',
      { reason: 'complaint', source: 'partner' },
    );
    expect(done).toMatchObject({
      state: 'completed',
      target: 'suppressions',
      counts: { inserted: 3, updated: 0, skipped: 0, invalid: 2, duplicate: 1 },
    });
    const rejects = (await list.call('GET', done.rejectsUrl)).body.items;
    expect(rejects.map((reject: { row: number; value: string }) => [reject.row, reject.value])).toEqual([
      [5, 'nobody'],
      [6, 'com'],
    ]);
    const { items } = (await list.call('GET', '/api/suppressions')).body;
    expect(items.map((item: { kind: string }) => item.kind).sort()).toEqual(['address', 'domain', 'hash']);
    expect(items[0]).toMatchObject({ reason: 'complaint', source: 'partner' });
  });

  it('comes in as CSV by a column of its own, and as JSONL', async () => {
    const csv = 'Name;E-Mail\nAda;ada@csv.example\nBob;"bob@csv.example"\n';
    expect((await imported(csv, 'list.csv')).counts).toMatchObject({ inserted: 2, invalid: 0 });
    const named = 'who,what\nx,eve@csv.example\n';
    expect((await imported(named, 'list.csv', { column: 'What' })).counts).toMatchObject({ inserted: 1 });
    const lines = '"lin@jsonl.example"\n{"email":"obj@jsonl.example","reason":"role"}\n{"x":1}\n{oops\n';
    expect((await imported(lines, 'list.jsonl')).counts).toMatchObject({ inserted: 2, invalid: 2 });
    expect((await list.call('GET', '/api/suppressions?reason=role')).body.items).toHaveLength(1);
  });

  it.each([
    ['a,b\n1,2\n', {}, 'CSV_MALFORMED'],
    ['a,b\n1,2\n', { column: 'c' }, 'CSV_MALFORMED'],
    ['', {}, 'CSV_MALFORMED'],
    ['a@b.test\n', { reason: 'erased' }, 'VALIDATION'],
    ['a@b.test\n', { listId: 'x' }, 'VALIDATION'],
  ])('is refused while somebody is there to read why: %j %j', async (content, fields, code) => {
    const answer = await upload(content, 'list.csv', fields as unknown as Record<string, string>);
    expect(answer.body).toMatchObject({ code });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  it('goes out as CSV that comes in again as it is', async () => {
    await list.call('POST', '/api/suppressions', { email: '-odd@export.example', expiresAt: soon() });
    await list.call('POST', '/api/suppressions', { domain: 'export.example', reason: 'role' });
    const csv = (await list.call('GET', '/api/suppressions/export')).text;
    const before = await everything();
    expect(csv.split('\r\n')).toHaveLength(before.length + 2);
    await list.database.pool.query('delete from suppressions');
    const done = await imported(csv, 'suppressions.csv');
    expect(done.counts).toMatchObject({ inserted: before.length, invalid: 0 });
    expect(await everything()).toEqual(before);
  });

  it('goes on behind the last chunk after a crash, and binds what stands in it at once', async () => {
    const lines = Array.from({ length: 12_000 }, (_, i) => `crash${i}@crash.example`);
    lines[11_000] = 'crash0@crash.example';
    await list.addAccount(25);
    const audience = [{ email: 'crash3@crash.example' }, { email: 'free@free.example' }];
    const { campaignId } = (await list.call('POST', '/api/campaigns/send', { ...LETTER, audience })).body;
    await expandCampaign(list.core.db, campaignId, { onBatchesReady: async () => {} });
    const { body } = await upload(lines.join('\n'), 'crash.txt');
    let looks = 0;
    const afterOneChunk = {
      get aborted() {
        return ++looks > 1;
      },
    } as AbortSignal;
    await runImport(list.core, body.importId, afterOneChunk);
    expect((await list.call('GET', `/api/imports/${body.importId}`)).body.counts.inserted).toBe(5000);
    await runImport(list.core, body.importId);
    const status = (await list.call('GET', `/api/campaigns/status/campaign-${campaignId}`)).body;
    expect(status.counts).toMatchObject({ pending: 1, excluded: 1 });
    const { counts, state, total } = (await list.call('GET', `/api/imports/${body.importId}`)).body;
    expect({ counts, state, total }).toEqual({
      state: 'completed',
      total: 12_000,
      counts: { inserted: 11_999, updated: 0, skipped: 0, invalid: 0, duplicate: 1 },
    });
  });

  async function everything(): Promise<unknown[]> {
    const { rows } = await list.database.pool.query(
      'select kind, email, email_key, reason, source, expires_at from suppressions order by email_key',
    );
    return rows;
  }
});
