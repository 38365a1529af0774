import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import { ImportBench } from '../../test/helpers/import.ts';
import { textRow, xlsx } from '../../test/helpers/xlsx.ts';
import { previewImport } from './import-preview.ts';
import { runImport } from './import-run.ts';
import { startAfterDryRun, startImportOfLeads } from './imports.ts';

let test: TestCore;
let bench: ImportBench;
beforeAll(async () => {
  test = await openTestCore();
  bench = new ImportBench(test);
});
afterAll(() => test.close());

const FILE =
  'email,First Name,orders,tags\nknown@dry.test,K,1,a\nnew@dry.test,N,2,b\nNEW@dry.test,N,3,\nbad,x,4,\ninfo@dry.test,I,5,\n';
const COUNTS = { inserted: 2, updated: 1, skipped: 0, invalid: 1, duplicate: 1 };
const tables = async () => {
  const { rows } = await test.database.pool.query(
    `select (select count(*)::int from contacts) as contacts, (select count(*)::int from list_subscriptions) as subscriptions,
       (select count(*)::int from contact_attributes) as attributes, (select count(*)::int from lists) as lists`,
  );
  return rows[0];
};

describe('a dry run', () => {
  it('tells what would become of every row, writes nothing, and is imported from once', async () => {
    await bench.run('email\nknown@dry.test\n');
    const before = await tables();
    const dry = await bench.run(FILE, { dryRun: true, listName: 'Dry', name: 'uploads/dry.upload' });
    expect(dry).toMatchObject({ state: 'completed', dryRun: true, total: 5, counts: COUNTS, listId: null });
    expect(dry.findings).toEqual({ role: { rows: 1, examples: [{ row: 5, value: 'info@dry.test', hint: null }] } });
    expect(await bench.rejects(dry.importId)).toMatchObject([{ row: 4, field: 'email', value: 'bad' }]);
    expect(await tables()).toEqual(before);

    const { importId } = await startAfterDryRun(test.core, test.caller, dry.importId, {
      listName: 'Dry',
      checks: { role: 'refuse' },
    });
    await runImport(test.core, importId);
    const counts = { ...COUNTS, inserted: 1, invalid: 2 };
    expect(await bench.status(importId)).toMatchObject({ state: 'completed', dryRun: false, counts });
    expect(await bench.members('Dry')).toHaveLength(2);
    await expect(startAfterDryRun(test.core, test.caller, dry.importId, {})).rejects.toMatchObject({
      code: 'IMPORT_NOT_READY',
    });
  });

  it('of contacts that came with a request goes on as well', async () => {
    const leads = [{ email: 'json@dry.test', name: 'J' }];
    const dry = await startImportOfLeads(test.core, test.caller, { leads, dryRun: true });
    await runImport(test.core, dry.importId);
    expect(await bench.status(dry.importId)).toMatchObject({ counts: { inserted: 1 } });
    expect(await bench.contact('json@dry.test')).toBeUndefined();
    const { importId } = await startAfterDryRun(test.core, test.caller, dry.importId, {});
    await runImport(test.core, importId);
    expect(await bench.contact('json@dry.test')).toMatchObject({ name: 'J' });
  });

  it('is done again with other settings, and then imported from', async () => {
    const dry = await bench.run('email,Again\nagain@dry.test,1\nbad,2\n', {
      dryRun: true,
      name: 'uploads/again.upload',
    });
    expect(dry).toMatchObject({ startable: true });
    const again = await startAfterDryRun(test.core, test.caller, dry.importId, {
      dryRun: true,
      mapping: { Again: null },
    });
    await runImport(test.core, again.importId);
    expect(await bench.status(dry.importId)).toMatchObject({ startable: false });
    expect(await bench.status(again.importId)).toMatchObject({
      dryRun: true,
      startable: true,
      counts: { inserted: 1 },
    });
    const { importId } = await startAfterDryRun(test.core, test.caller, again.importId, {});
    await runImport(test.core, importId);
    expect(await bench.contact('again@dry.test')).toMatchObject({ attributes: {} });
  });

  it('keeps its upload when what is asked for is wrong', async () => {
    const dry = await bench.run('email\nwrong@dry.test\n', { dryRun: true, name: 'uploads/wrong.upload' });
    const start = (body: object) => startAfterDryRun(test.core, test.caller, dry.importId, body);
    await expect(start({ mapping: { nothing: 'email' } })).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(start({ mode: 'skip' })).resolves.toMatchObject({ importId: expect.any(String) });
  });
});

describe('a preview', () => {
  const previewOf = async (content: string | Buffer, name: string, mapping?: Record<string, string | null>) => {
    const { importId } = await bench.start(content, { name, dryRun: true, ...(mapping ? { mapping } : {}) });
    return previewImport(test.core, test.caller, importId);
  };

  it('tells of a CSV file its program, what each column is taken for, three values of each, and the first rows', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `p${i}@pre.test,${i % 4},x${i},2024-01-0${(i % 9) + 1}\n`).join(
      '',
    );
    const preview = await previewOf(`Email Address,MEMBER_RATING,CODE,Since\n${rows}`, 'pre.csv', { CODE: null });
    expect(preview).toMatchObject({ format: 'csv', layout: 'mailchimp' });
    expect(preview.columns).toEqual([
      {
        header: 'Email Address',
        target: 'email',
        isAttribute: false,
        type: null,
        samples: ['p0@pre.test', 'p1@pre.test', 'p2@pre.test'],
      },
      { header: 'MEMBER_RATING', target: 'memberRating', isAttribute: true, type: 'number', samples: ['0', '1', '2'] },
      { header: 'CODE', target: null, isAttribute: false, type: null, samples: ['x0', 'x1', 'x2'] },
      {
        header: 'Since',
        target: 'since',
        isAttribute: true,
        type: 'date',
        samples: ['2024-01-01', '2024-01-02', '2024-01-03'],
      },
    ]);
    expect(preview.rows).toHaveLength(20);
    expect(preview.rows[1]).toEqual(['p1@pre.test', '1', 'x1', '2024-01-02']);
  });

  it('of a sheet, and of JSON the names its objects have', async () => {
    const sheet = await previewOf(
      xlsx({ rows: `${textRow('email', 'n')}<row><c t="str"><v>s@pre.test</v></c><c><v>3</v></c></row>` }),
      'pre.xlsx',
    );
    expect(sheet).toMatchObject({ format: 'xlsx', layout: 'plain', rows: [['s@pre.test', 3]] });
    const json = await previewOf(
      '{"EMAIL":"j@pre.test","a_b":true}\n{"EMAIL":"k@pre.test","c":{"d":1}}\n',
      'pre.jsonl',
    );
    expect(json.columns.map(({ header, target, type }) => [header, target, type])).toEqual([
      ['EMAIL', 'email', null],
      ['a_b', 'a_b', 'boolean'],
      ['c', 'c', 'string'],
    ]);
  });
});
