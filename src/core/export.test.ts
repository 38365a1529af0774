import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import { ImportBench } from '../../test/helpers/import.ts';
import { exportList } from './export.ts';

let test: TestCore;
let bench: ImportBench;
beforeAll(async () => {
  test = await openTestCore();
  bench = new ImportBench(test);
});
afterAll(() => test.close());
const exported = (listName: string) => text(exportList(test.core, test.caller, { listName }));

it('writes a list so that it can be imported again, and no cell is a formula', async () => {
  const source =
    'email,firstName,lastName,name,city,note\na@x.test,Ada,L,,"Łódź, PL","=HYPERLINK(""x"")"\nb@x.test,,,Bea,,"two\nlines"\nc@x.test,,,,,\n';
  await bench.run(source, { listName: 'Out' });
  await test.database.pool.query(
    `update list_subscriptions set status = 'unsubscribed' where contact_id = (select id from contacts where email_key = 'c@x.test')`,
  );
  const csv = await exported('Out');
  expect(csv.split('\r\n')).toEqual([
    'email,firstName,lastName,name,subscriptionStatus,city,note',
    `a@x.test,Ada,L,,subscribed,"Łódź, PL","'=HYPERLINK(""x"")"`,
    'b@x.test,,,Bea,subscribed,,"two\nlines"',
    'c@x.test,,,,unsubscribed,,',
    '',
  ]);
  await bench.run(csv, { listName: 'Back' });
  expect(await bench.members('Back')).toEqual(await bench.members('Out'));
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
