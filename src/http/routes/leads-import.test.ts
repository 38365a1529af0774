import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { textRow, xlsx } from '../../../test/helpers/xlsx.ts';
import { zip } from '../../../test/helpers/zip.ts';
import { runImport } from '../../core/import-run.ts';
import { uuid7 } from '../../lib/uuid7.ts';

const URL = '/api/queue/leads/import';

describe('POST /api/queue/leads/import', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await openTestApp();
  });
  afterAll(() => test.close());
  const spooled = () => fs.readdirSync(path.join(test.core.dataDir, 'uploads'), { withFileTypes: true }).length;

  /** A form as a browser sends it: `fields` in order, `file` where it stands among them. */
  function form(fields: Record<string, string>, file: string | Buffer | null, filename = 'people.csv') {
    const parts = Object.entries(fields).map(
      ([name, value]) => `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const head = `--B\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: text/csv\r\n\r\n`;
    if (file === null) return Buffer.from(`${parts.join('')}--B--\r\n`);
    return Buffer.concat([Buffer.from(`${head}`), Buffer.from(file), Buffer.from(`\r\n${parts.join('')}--B--\r\n`)]);
  }
  async function upload(payload: Buffer, headers: Record<string, string> = {}, call = test.call) {
    return call('POST', URL, payload, { 'content-type': 'multipart/form-data; boundary=B', ...headers });
  }
  const status = async (importId: string) => (await test.call('GET', `${URL}?importId=${importId}`)).body;

  it('imports JSON', async () => {
    const leads = [{ email: 'ada@j.test', name: 'Ada', city: 'London' }, { email: 'nobody' }, { email: 'ADA@j.test' }];
    const queued = await test.call('POST', URL, { leads, listName: 'From JSON' });
    expect(queued).toMatchObject({ status: 202, body: { status: 'queued' } });
    const { importId } = queued.body;
    expect(await status(importId)).toMatchObject({ state: 'waiting', progress: 0, total: 3 });
    await runImport(test.core, importId);
    expect(await status(importId)).toMatchObject({
      state: 'completed',
      progress: 100,
      counts: { inserted: 1, invalid: 1, duplicate: 1 },
    });
    expect(spooled()).toBe(0);
    const rejects = await test.call('GET', `/api/imports/${importId}/rejects`);
    expect(rejects.body.items).toEqual([
      { row: 2, field: 'email', value: 'nobody', reason: expect.stringContaining('no @') },
    ]);
    const csv = await test.call('GET', `/api/imports/${importId}/rejects?format=csv`);
    expect(csv.text).toMatch(/^row,field,value,reason\r\n2,email,nobody,/);
    const [list] = (await test.call('GET', '/api/lists?search=from')).body.items;
    expect(list).toMatchObject({ name: 'From JSON', contacts: { subscribed: 1 } });
  });

  it('imports an uploaded file with a mapping, whatever the order of the parts', async () => {
    const file = 'Kontakt;Vor;Weg\nada@u.test;Ada;x\n';
    const mapping = JSON.stringify({ Kontakt: 'email', Vor: 'firstName', Weg: null });
    const queued = await upload(form({ listName: 'Uploaded', mode: 'overwrite', mapping }, file));
    expect(queued.status).toBe(202);
    await runImport(test.core, queued.body.importId);
    expect(await status(queued.body.importId)).toMatchObject({
      state: 'completed',
      filename: 'people.csv',
      mode: 'overwrite',
      counts: { inserted: 1 },
    });
    const [contact] = (await test.call('GET', '/api/contacts?search=ada@u.test')).body.items;
    expect(contact).toMatchObject({ firstName: 'Ada', attributes: {} });
    expect(spooled()).toBe(0);
  });

  it.each<[string, string | Buffer]>([
    ['people.jsonl', '{"email":"ada@f.test","plan":"team"}\n{"email":\n{"email":"bob@f.test","seats":3}\n'],
    ['people.json', '{"leads":[{"email":"ada@f.test","plan":"team"},{"email":},{"email":"bob@f.test","seats":3}]}'],
    [
      'people.xlsx',
      xlsx({
        rows: `${textRow('email', 'plan', 'seats')}${textRow('ada@f.test', 'team')}${textRow('nobody')}<row><c t="str"><v>bob@f.test</v></c><c/><c><v>3</v></c></row>`,
      }),
    ],
  ])('imports an uploaded %s, told by its content', async (filename, file) => {
    const listName = `Of ${filename}`;
    const queued = await upload(form({ listName }, file, filename));
    expect(queued.status).toBe(202);
    await runImport(test.core, queued.body.importId);
    const counts = { inserted: filename === 'people.jsonl' ? 2 : 0, updated: filename === 'people.jsonl' ? 0 : 2 };
    expect(await status(queued.body.importId)).toMatchObject({
      state: 'completed',
      filename,
      total: 3,
      counts: { ...counts, invalid: 1 },
    });
    const rejects = await test.call('GET', `/api/imports/${queued.body.importId}/rejects`);
    expect(rejects.body.items).toMatchObject([{ row: 2 }]);
    const { items } = (await test.call('GET', '/api/contacts?search=@f.test')).body;
    const attributes = items
      .map((item: { email: string; attributes: unknown }) => [item.email, item.attributes])
      .sort();
    expect(attributes).toEqual([
      ['ada@f.test', { plan: 'team' }],
      ['bob@f.test', { seats: 3 }],
    ]);
    expect(spooled()).toBe(0);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['people.csv.gz', gzipSync('email\na@b.test\n'), /gzip. Unpack it/],
    ['people.zip', zip([{ name: 'people.csv', content: 'email\na@b.test\n' }]), /Unpack it/],
  ])('refuses an uploaded %s with what to do, and keeps no file', async (filename, file, detail) => {
    expect(await upload(form({}, file, filename))).toMatchObject({
      status: 400,
      body: { code: 'CSV_MALFORMED', detail: expect.stringMatching(detail) },
    });
    expect(spooled()).toBe(0);
  });

  it.each<[string, Record<string, string>, string | null, number, string]>([
    ['a column that is missing', {}, 'name\nx\n', 400, 'CSV_MALFORMED'],
    ['an empty file', {}, '', 400, 'CSV_MALFORMED'],
    ['no file', { listName: 'x' }, null, 422, 'VALIDATION'],
    ['an unknown field', { colour: 'red' }, 'email\na@b.test\n', 422, 'VALIDATION'],
    ['an unknown mode', { mode: 'replace' }, 'email\na@b.test\n', 422, 'VALIDATION'],
    ['a list id that is none', { listId: 'x' }, 'email\na@b.test\n', 422, 'VALIDATION'],
    ['a list of nobody', { listId: uuid7() }, 'email\na@b.test\n', 422, 'VALIDATION'],
    ['a mapping that is no JSON', { mapping: '{' }, 'email\na@b.test\n', 422, 'VALIDATION'],
    ['a mapping to nothing sensible', { mapping: '{"email":"a b"}' }, 'email\na@b.test\n', 422, 'VALIDATION'],
    ['a mapping of a column it has not', { mapping: '{"mail":"email"}' }, 'email\na@b.test\n', 422, 'VALIDATION'],
  ])('refuses an upload with %s, and keeps no file', async (_name, fields, file, code, name) => {
    expect(await upload(form(fields, file))).toMatchObject({ status: code, body: { code: name } });
    expect(spooled()).toBe(0);
  });

  it('refuses a form that breaks off, and keeps no file', async () => {
    const cut = form({}, 'email\na@b.test\n').subarray(0, -12);
    expect(await upload(cut)).toMatchObject({ status: 400, body: { code: 'BODY_MALFORMED' } });
    expect(await upload(Buffer.from('x'), { 'content-type': 'multipart/form-data' })).toMatchObject({ status: 400 });
    expect(spooled()).toBe(0);
  });

  it.each<[unknown, string]>([
    [{ leads: [] }, 'leads'],
    [{ leads: [{ name: 'x' }] }, 'leads/0/email'],
    [{ leads: 'x' }, 'leads'],
    [{ leads: [{ email: 'a@b.test' }], mode: 'x' }, 'mode'],
    [{ leads: [{ email: 'a@b.test' }], listId: uuid7() }, 'listId'],
    [{ leads: [{ email: 'a@b.test' }], listId: uuid7(), listName: 'x' }, 'listName'],
    [{}, 'leads'],
  ])('refuses %j', async (body, field) => {
    expect(await test.call('POST', URL, body)).toMatchObject({ status: 422, body: { errors: [{ path: field }] } });
  });

  it('wants JSON or a form', async () => {
    expect(await test.call('POST', URL, undefined)).toMatchObject({ status: 415 });
    expect(await test.call('POST', URL, Buffer.from('a,b'), { 'content-type': 'text/csv' })).toMatchObject({
      status: 415,
    });
  });

  it('recognises the same upload by its key, and another one', async () => {
    const payload = form({}, 'email\nkey@u.test\n');
    const key = { 'idempotency-key': 'upload' };
    const first = await upload(payload, key);
    expect(await upload(payload, key)).toMatchObject({
      status: 202,
      text: first.text,
      headers: { 'idempotency-replayed': 'true' },
    });
    expect(await upload(form({}, 'email\nother@u.test\n'), key)).toMatchObject({ status: 409 });
    expect(spooled()).toBe(1);
    await runImport(test.core, first.body.importId);
    const json = { leads: [{ email: 'k@j.test' }] };
    const one = await test.call('POST', URL, json, { 'idempotency-key': 'json' });
    expect((await test.call('POST', URL, json, { 'idempotency-key': 'json' })).body).toEqual(one.body);
  });

  it('cancels one that waits, and leaves one that has ended as it is', async () => {
    const { importId } = (await test.call('POST', URL, { leads: [{ email: 'c@j.test' }] })).body;
    const cancel = () => test.call('DELETE', `${URL}?importId=${importId}`);
    expect((await test.stranger('DELETE', `${URL}?importId=${importId}`)).status).toBe(404);
    expect(await cancel()).toMatchObject({ status: 200, body: { state: 'cancelled', counts: { inserted: 0 } } });
    expect(await cancel()).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    await runImport(test.core, importId);
    expect((await test.call('GET', '/api/contacts?search=c@j.test')).body.items).toEqual([]);
  });

  it('keeps imports from other workspaces, and says so of unknown ones', async () => {
    const { importId } = (await test.call('POST', URL, { leads: [{ email: 'c@j.test' }] })).body;
    for (const url of [
      `${URL}?importId=${importId}`,
      `/api/imports/${importId}`,
      `/api/imports/${importId}/rejects`,
      `/api/imports/${importId}/rejects?format=csv`,
    ]) {
      expect((await test.stranger('GET', url)).status, url).toBe(404);
    }
    expect((await test.stranger('GET', '/api/imports')).body.items).toEqual([]);
    expect((await test.call('GET', '/api/imports?limit=1')).body).toMatchObject({
      items: [{ importId }],
      nextCursor: expect.any(String),
    });
    expect((await test.call('GET', `${URL}?importId=${uuid7()}`)).status).toBe(404);
    expect((await test.call('GET', URL)).status).toBe(422);
    const theirs = (await test.stranger('POST', '/api/lists', { name: 'Theirs' })).body.id;
    expect(await test.call('POST', URL, { leads: [{ email: 'a@b.test' }], listId: theirs })).toMatchObject({
      status: 422,
    });
  });
});
