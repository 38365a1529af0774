import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import { ImportBench } from '../../test/helpers/import.ts';
import { EXPORT_FORMATS, exportContacts, exportList } from './export.ts';

let test: TestCore;
let bench: ImportBench;
beforeAll(async () => {
  test = await openTestCore();
  bench = new ImportBench(test);
});
afterAll(() => test.close());
const exported = (listName: string) => text(exportList(test.core, test.caller, { listName }));

const contacts = async () => {
  const { rows } = await test.database.pool.query(
    'select email, first_name, last_name, name, tags, time_zone, locale, notes, attributes from contacts order by email_key',
  );
  return rows;
};

it('writes a list so that it can be imported again, and no cell is a formula', async () => {
  const source =
    'email,firstName,lastName,name,city,note\na@x.test,Ada,L,,"Łódź, PL","=HYPERLINK(""x"")"\nb@x.test,,,Bea,,"two\nlines"\nc@x.test,,,,,\n';
  await bench.run(source, { listName: 'Out' });
  await test.database.pool.query(
    `update list_subscriptions set status = 'unsubscribed' where contact_id = (select id from contacts where email_key = 'c@x.test')`,
  );
  const csv = await exported('Out');
  const lines = csv.split('\r\n');
  expect(lines[0]).toBe(
    'email,firstName,lastName,name,tags,timeZone,locale,notes,subscriptionStatus,city,note,attributes,#status,#lists,#id,#createdAt,#updatedAt',
  );
  const cut = lines.slice(1).map((line) => line.replace(/,active,.*/, ''));
  expect(cut.sort()).toEqual([
    '',
    `a@x.test,Ada,L,,,,,,subscribed,"Łódź, PL","'=HYPERLINK(""x"")",`,
    'b@x.test,,,Bea,,,,,subscribed,,"two\nlines",',
    'c@x.test,,,,,,,,unsubscribed,,,',
  ]);
  const before = await contacts();
  await bench.run(csv, { listName: 'Back' });
  expect(await bench.members('Back')).toEqual(await bench.members('Out'));
  expect(await contacts()).toEqual(before);
});

it('gives back the same contacts whatever they hold, into an empty workspace', async () => {
  await test.database.pool.query('truncate contacts, list_subscriptions');
  const attributes = {
    city: '=1+1',
    quoted: "'=x",
    phone: '+49 30 1',
    edge: ' blank ',
    n: 5,
    f: -1.5,
    yes: true,
    list: ['a', 'b'],
    nested: { a: [1, null] },
    status: 'kept',
    'Zip Code': 'ten',
    '#odd': 'x',
    email: 'not the address',
    line: 'a\r\nb',
    emoji: '🦊',
    'semi;colon': 'x;y',
  };
  await test.database.pool.query(
    `insert into contacts (workspace_id, email, email_key, first_name, last_name, name, tags, time_zone, locale, notes, attributes)
     values ($1, 'O''Neil@x.test', 'o''neil@x.test', '-Eve', '''+x', '@home', array['a b', 'vip'], 'Europe/Rome', 'pt-BR', E'met in Rome\n=twice', $2),
       ($1, '+plus@x.test', '+plus@x.test', null, null, null, '{}', null, null, null, '{}')`,
    [test.caller.workspaceId, JSON.stringify(attributes)],
  );
  const before = await contacts();
  const csv = await text(exportContacts(test.core, { workspaceId: test.caller.workspaceId }, 'csv'));
  expect(csv.split('\r\n').some((line) => /(^|,)"?[=+\-@]/.test(line.split(',').slice(0, 4).join(',')))).toBe(false);
  const book = await buffer(exportContacts(test.core, { workspaceId: test.caller.workspaceId }, 'xlsx'));
  await test.database.pool.query('truncate contacts');
  expect(await bench.run(csv)).toMatchObject({ state: 'completed', counts: { inserted: 2, invalid: 0 } });
  expect(await contacts()).toEqual(before);
  await test.database.pool.query('truncate contacts');
  expect(await bench.run(book, { name: 'contacts.xlsx' })).toMatchObject({
    state: 'completed',
    counts: { inserted: 2, invalid: 0 },
  });
  expect(await contacts()).toEqual(before);
});

it('writes JSON lines with lists and status, and keeps to its filter', async () => {
  await bench.run('email,plan\nj1@x.test,pro\nj2@x.test,free\n', { listName: 'Json' });
  const filter = { workspaceId: test.caller.workspaceId, attribute: { name: 'plan', value: 'pro' } };
  const lines = (await text(exportContacts(test.core, filter, 'jsonl')))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    {
      email: 'j1@x.test',
      attributes: { plan: 'pro' },
      status: 'active',
      lists: [{ name: 'Json', status: 'subscribed' }],
    },
  ]);
});

it('asks nothing more of the database when whoever reads it goes away', async () => {
  await bench.run(`email\n${Array.from({ length: 9000 }, (_, i) => `gone${i}@x.test\n`).join('')}`);
  for (const format of EXPORT_FORMATS) {
    let pages = 0;
    const watched = new Proxy(test.core.db.sql, {
      get: (target, name) => {
        if (name === 'transaction') pages++;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const stream = exportContacts(
      { db: { ...test.core.db, sql: watched } },
      { workspaceId: test.caller.workspaceId },
      format,
    );
    await new Promise((resolve) => stream.once('data', resolve));
    stream.destroy();
    await new Promise((resolve) => stream.once('close', resolve));
    const read = pages;
    await test.database.pool.query('select pg_sleep(0.1)');
    expect(pages - read).toBeLessThanOrEqual(1);
    expect(read).toBeLessThan(9);
  }
});

it('goes through any number of pages', async () => {
  const rows = Array.from({ length: 4500 }, (_, i) => `p${i}@y.test\n`).join('');
  await bench.run(`email\n${rows}`, { listName: 'Long' });
  const lines = (await exported('Long')).trimEnd().split('\r\n');
  expect(new Set(lines).size).toBe(4501);
});

it('says so when there is no such list', async () => {
  await expect(exported('Nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
