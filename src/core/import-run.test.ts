import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import { ImportBench } from '../../test/helpers/import.ts';
import type { ImportMode } from '../contract/imports.ts';
import { listSpoolFiles, listUnfinishedImports } from '../db/imports.ts';
import { runImport } from './import-run.ts';
import { cancelImport, startImportFromFile } from './imports.ts';
import { removeLostUploads } from './spool.ts';

let test: TestCore;
let bench: ImportBench;
beforeAll(async () => {
  test = await openTestCore();
  bench = new ImportBench(test);
});
afterAll(() => test.close());

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);
const people = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `p${from + i}@x.test,Name ${from + i}\r\n`).join('');

describe('what becomes of rows', () => {
  it('counts every row once: inserted, updated, skipped, invalid, duplicate', async () => {
    await bench.run('email,name\nknown@c.test,Known\n');
    const status = await bench.run(
      'email,name\nknown@c.test,New\nnew@c.test,N\nNEW@c.test,Later\nbad,x\nplus+tag@c.test,P\nplus@c.test,Q\nwide@c.test,a,b\n',
    );
    expect(status.counts).toEqual({ inserted: 3, updated: 1, skipped: 0, invalid: 2, duplicate: 1 });
    expect(sum(status.counts)).toBe(status.total);
    expect((await bench.contact('new@c.test')).name).toBe('Later');
    expect(status.rejectsUrl).toBe(`/api/imports/${status.importId}/rejects`);
  });

  it.each<[ImportMode, object]>([
    ['merge', { first_name: 'New', last_name: 'Last', attributes: { city: 'Rome', plan: 'a', size: 'L' } }],
    ['overwrite', { first_name: 'New', last_name: null, attributes: { city: 'Rome', size: 'L' } }],
    ['skip', { first_name: 'Old', last_name: 'Last', attributes: { city: 'Oslo', plan: 'a' } }],
  ])('treats contacts that exist as %s says', async (mode, expected) => {
    const email = `mode-${mode}@x.test`;
    await bench.run(`email,firstName,lastName,city,plan\n${email},Old,Last,Oslo,a\n`);
    const status = await bench.run(`email,firstName,lastName,city,plan,size\n${email},New,,Rome,,L\n`, {
      mode,
      listName: `mode ${mode}`,
    });
    expect(await bench.contact(email)).toMatchObject(expected);
    expect(status.counts).toMatchObject(mode === 'skip' ? { skipped: 1, updated: 0 } : { skipped: 0, updated: 1 });
    expect(await bench.members(`mode ${mode}`)).toHaveLength(1);
  });

  it('leaves alone what a file says nothing about, and writes nothing when nothing is new', async () => {
    await bench.run('email,name,city\nsame@x.test,S,Rome\n');
    const before = await bench.contact('same@x.test');
    await bench.run('email\nsame@x.test\n', { mode: 'overwrite' });
    await bench.run('email,name,city\nsame@x.test,S,Rome\n');
    expect(await bench.contact('same@x.test')).toEqual(before);
  });

  it('never subscribes again who unsubscribed', async () => {
    await bench.run('email\nleft@x.test\n', { listName: 'Left' });
    await test.database.pool.query(
      `update list_subscriptions set status = 'unsubscribed' where contact_id = (select id from contacts where email_key = 'left@x.test')`,
    );
    await bench.run('email\nleft@x.test\n', { listName: 'Left', mode: 'overwrite' });
    expect(await bench.members('Left')).toEqual([{ email_key: 'left@x.test', status: 'unsubscribed' }]);
  });

  it.each([
    ['a quote that is never closed', 'e@m.test,"open', 'a quote is opened and never closed (line 3 of the file)'],
    [
      'text behind a closing quote',
      '"e"x@m.test,y',
      expect.stringMatching(/^something stands between a closing quote/),
    ],
    ['a quote in the middle', 'e@m.test,John "J" Doe', expect.stringMatching(/^a quote stands inside a field/)],
  ])('refuses a row with %s, and goes on at the next line', async (name, line, reason) => {
    const email = `before${name.length}@m.test`;
    const status = await bench.run(`email,name\n${email},A\n${line}\nafter${name.length}@m.test,B\n`);
    expect(status).toMatchObject({ state: 'completed', error: null, counts: { inserted: 2, invalid: 1 } });
    expect(await bench.rejects(status.importId)).toEqual([{ row: 2, field: null, value: line, reason }]);
    expect(await bench.contact(email)).toBeDefined();
    expect(await bench.contact(`after${name.length}@m.test`)).toMatchObject({ name: 'B' });
  });
});

it('commits long rows in chunks of about 16 MB, however few they are', async () => {
  const line = (i: number) => `{"email":"long${i}@x.test","x":"${'x'.repeat(900_000)}"}\n`;
  const file = Array.from({ length: 20 }, (_, i) => line(i)).join('');
  const status = await bench.run(file, { name: 'long.jsonl' });
  expect(status).toMatchObject({ state: 'completed', counts: { inserted: 20 } });
  const { rows } = await test.database.pool.query(
    'select (last_row - first_row + 1)::int as rows from lead_import_batches where import_id = $1 order by batch_no',
    [status.importId],
  );
  expect(rows.map((batch) => batch.rows)).toEqual([19, 1]);
});

describe('an import that is interrupted', () => {
  const rows = 12_345;
  const file = `email,name\r\n${people(0, rows)}bad\r\n${people(0, 10)}`;

  /** Lets something happen in the middle of a chunk's transaction. */
  async function duringChunk(when: string, what: string): Promise<void> {
    await test.database.pool.query(
      `create or replace function in_chunk() returns trigger language plpgsql as $$ begin ${what}; return new; end $$`,
    );
    await test.database.pool.query(
      `create or replace trigger in_chunk after insert on lead_import_batches for each row when (${when}) execute function in_chunk()`,
    );
  }
  const undisturbed = () => test.database.pool.query('drop trigger in_chunk on lead_import_batches');

  it('goes on behind the last chunk after a crash, and every row counts once', async () => {
    const { importId } = await bench.start(file, { listName: 'Crash' });
    for (const batch of [1, 2, 2, 3]) {
      await duringChunk(`new.batch_no = ${batch}`, `raise exception 'the server goes down' using errcode = '57P01'`);
      await expect(runImport(test.core, importId)).rejects.toThrow('the server goes down');
      expect(await listUnfinishedImports(test.core.db.sql)).toEqual([{ id: importId }]);
      expect((await bench.status(importId)).counts.inserted).toBe((batch - 1) * 5000);
    }
    await undisturbed();
    await Promise.all([runImport(test.core, importId), runImport(test.core, importId)]);
    const status = await bench.status(importId);
    const counts = { inserted: rows, updated: 0, skipped: 0, invalid: 1, duplicate: 10 };
    expect(status).toMatchObject({ state: 'completed', total: rows + 11, counts });
    expect(await bench.members('Crash')).toHaveLength(rows);
    const batches = await test.database.pool.query(
      'select batch_no, first_row::int, last_row::int from lead_import_batches where import_id = $1 order by 1',
      [importId],
    );
    expect(batches.rows).toEqual([
      { batch_no: 1, first_row: 1, last_row: 5000 },
      { batch_no: 2, first_row: 5001, last_row: 10_000 },
      { batch_no: 3, first_row: 10_001, last_row: 12_356 },
    ]);
    expect(await listUnfinishedImports(test.core.db.sql)).toEqual([]);
  });

  it('stops between chunks when it is cancelled, and reports what was committed', async () => {
    const { importId } = await bench.start(file, { listName: 'Cancelled' });
    await duringChunk('true', 'perform pg_sleep(0.5)');
    const run = runImport(test.core, importId);
    await expect.poll(async () => (await bench.status(importId)).total, { timeout: 15_000 }).toBeGreaterThan(0);
    await cancelImport(test.core, test.caller, importId);
    await run;
    await undisturbed();
    const status = await bench.status(importId);
    expect(status.state).toBe('cancelled');
    expect([5000, 10_000]).toContain(status.total);
    expect(sum(status.counts)).toBe(status.total);
    expect(await bench.members('Cancelled')).toHaveLength(status.total);
    await runImport(test.core, importId);
    expect(await bench.status(importId)).toEqual(status);
  });

  it('stops between chunks when the program does, and goes on at the next start', async () => {
    const { importId } = await bench.start(file, { listName: 'Stopped' });
    const stop = new AbortController();
    await duringChunk('true', 'perform pg_sleep(0.5)');
    const run = runImport(test.core, importId, stop.signal);
    await expect.poll(async () => (await bench.status(importId)).total, { timeout: 15_000 }).toBeGreaterThan(0);
    stop.abort();
    await run;
    await undisturbed();
    expect(await bench.status(importId)).toMatchObject({ state: 'active' });
    await runImport(test.core, importId);
    expect(await bench.status(importId)).toMatchObject({ state: 'completed', total: rows + 11 });
    expect(await bench.members('Stopped')).toHaveLength(rows);
  });

  it('leaves a file alone that was not its own to remove', async () => {
    const mine = bench.write('email\nmine@x.test\n', 'mine.csv');
    const { importId } = await startImportFromFile(test.core, test.caller, { path: mine });
    await runImport(test.core, importId);
    expect(fs.existsSync(mine)).toBe(true);
  });

  it('ends when its upload is gone', async () => {
    const { importId } = await bench.start('email\nx@x.test\n', { name: 'vanishing.csv' });
    fs.rmSync(path.join(test.core.dataDir, 'vanishing.csv'));
    await runImport(test.core, importId);
    expect(await bench.status(importId)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('not on this machine'),
    });
  });

  it('removes uploads that nobody waits for, after a day', async () => {
    const uploads = path.join(test.core.dataDir, 'uploads');
    fs.mkdirSync(uploads, { recursive: true });
    const { importId } = await bench.start('email\nw@x.test\n', { name: 'uploads/wanted.upload' });
    fs.writeFileSync(path.join(uploads, 'lost.upload'), 'x');
    const wanted = new Set(await listSpoolFiles(test.core.db.sql));
    const isWanted = (file: string) => wanted.has(file);
    await removeLostUploads(test.core, isWanted);
    expect(fs.readdirSync(uploads).sort()).toEqual(['lost.upload', 'wanted.upload']);
    await removeLostUploads(test.core, isWanted, Date.now() + 25 * 3_600_000);
    expect(fs.readdirSync(uploads)).toEqual(['wanted.upload']);
    await runImport(test.core, importId);
    expect(fs.readdirSync(uploads)).toEqual([]);
  });
});

describe('what a file tells of a person beside names', () => {
  it('takes tags, time zone and locale as such, and keeps as an attribute what is none', async () => {
    await bench.run(
      'email,tags,timezone,language\nplace@x.test,"b, a;a",europe/berlin,pt_br\nodd@x.test,,Mars,English\n',
    );
    expect(await bench.contact('place@x.test')).toMatchObject({
      tags: ['a', 'b'],
      time_zone: 'Europe/Berlin',
      locale: 'pt-BR',
      attributes: {},
    });
    expect(await bench.contact('odd@x.test')).toMatchObject({
      tags: [],
      time_zone: null,
      locale: null,
      attributes: { timezone: 'Mars', language: 'English' },
    });
  });

  it.each<[ImportMode, object]>([
    ['merge', { tags: ['new', 'old'], time_zone: 'Europe/Rome', locale: 'it' }],
    ['overwrite', { tags: ['new'], time_zone: null, locale: 'it' }],
    ['skip', { tags: ['old'], time_zone: 'Europe/Rome', locale: null }],
  ])('and of contacts that exist as %s says', async (mode, expected) => {
    const email = `told-${mode}@x.test`;
    await bench.run(`email,tags,timezone\n${email},old,Europe/Rome\n`);
    await bench.run(`email,tags,timezone,locale\n${email},new,,it\n`, { mode });
    expect(await bench.contact(email)).toMatchObject(expected);
  });

  it('gives attributes the type that the first rows have of them, and takes later values as that where nothing is lost', async () => {
    await bench.run('email,age,vip,since,zip,mixed\nt1@x.test,41,TRUE,2024-02-29,01234,1\nt2@x.test,,false,,,x\n');
    await bench.run('email,age,zip\nt3@x.test,many,7\nt4@x.test,1.50,8\n');
    const { rows } = await test.database.pool.query(
      `select name, type from contact_attributes where name in ('age', 'vip', 'since', 'zip', 'mixed') order by name`,
    );
    expect(rows.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'age number',
      'mixed string',
      'since date',
      'vip boolean',
      'zip string',
    ]);
    const attributes = async (email: string) => (await bench.contact(email)).attributes;
    expect(await attributes('t1@x.test')).toEqual({
      age: 41,
      vip: true,
      since: '2024-02-29',
      zip: '01234',
      mixed: '1',
    });
    expect(await attributes('t2@x.test')).toEqual({ vip: false, mixed: 'x' });
    expect(await attributes('t3@x.test')).toEqual({ age: 'many', zip: '7' });
    expect(await attributes('t4@x.test')).toEqual({ age: '1.50', zip: '8' });
  });
});

describe('consent', () => {
  const list = async (name: string, optIn: string) => {
    const { rows } = await test.database.pool.query(
      'insert into lists (workspace_id, name, opt_in) values ($1, $2, $3) returning id',
      [test.caller.workspaceId, name, optIn],
    );
    return rows[0].id as string;
  };
  const records = async () => {
    const { rows } = await test.database.pool.query(
      `select c.email_key, r.list_name, r.action, r.method, r.detail from consent_records r join contacts c on c.id = r.contact_id order by r.id`,
    );
    return rows;
  };

  it('leaves who is imported into a list with double opt-in unconfirmed, unless the importer says how they agreed', async () => {
    await list('Asks first', 'double');
    await bench.run('email,status\nsilent@x.test,\nagreed@x.test,\nleft@y.test,unsubscribed\n', {
      listName: 'Asks first',
    });
    const members = (status: string) => [
      { email_key: 'agreed@x.test', status },
      { email_key: 'left@y.test', status: 'unsubscribed' },
      { email_key: 'silent@x.test', status: 'unconfirmed' },
    ];
    expect(await bench.members('Asks first')).toEqual(members('unconfirmed'));
    expect(await records()).toEqual([]);
    await bench.run('email\nagreed@x.test\nleft@y.test\nnew@y.test\n', {
      listName: 'Asks first',
      consent: 'fair in May',
    });
    expect(await bench.members('Asks first')).toEqual([
      ...members('subscribed').slice(0, 2),
      { email_key: 'new@y.test', status: 'subscribed' },
      ...members('').slice(2),
    ]);
    const record = { list_name: 'Asks first', action: 'imported', method: 'import', detail: 'fair in May' };
    expect((await records()).sort((a, b) => (a.email_key < b.email_key ? -1 : 1))).toEqual([
      { email_key: 'agreed@x.test', ...record },
      { email_key: 'new@y.test', ...record },
    ]);
  });
});
