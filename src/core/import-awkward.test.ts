import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AWKWARD_FILES } from '../../test/helpers/awkward-files.ts';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import { ImportBench } from '../../test/helpers/import.ts';

let test: TestCore;
let bench: ImportBench;
beforeAll(async () => {
  test = await openTestCore();
  bench = new ImportBench(test);
});
afterAll(() => test.close());

/** Everybody there is, as the corpus writes contacts; whoever was there before has been removed. */
async function everybody() {
  const { rows } = await test.database.pool.query(
    'select email, first_name, last_name, name, attributes from contacts order by email collate "C"',
  );
  return rows.map(({ email, first_name, last_name, name, attributes }) => ({
    email,
    ...(first_name === null ? {} : { firstName: first_name }),
    ...(last_name === null ? {} : { lastName: last_name }),
    ...(name === null ? {} : { name }),
    ...attributes,
  }));
}

/** A reason of the corpus that ends in … stands for all that begin so. */
const reasonLike = (reason: string) => (reason.endsWith('…') ? expect.stringContaining(reason.slice(0, -1)) : reason);
const byEmail = (a: { email: string }, b: { email: string }) =>
  Buffer.compare(Buffer.from(a.email), Buffer.from(b.email));

describe('an awkward file', () => {
  it('has a title of its own, so that a failure can be found', () => {
    const titles = AWKWARD_FILES.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it.each(AWKWARD_FILES.map((file) => [file.title, file] as const))('%s', async (_title, file) => {
    const { content, filename: name = 'people.csv', imported = [], rejects = [], duplicates = 0 } = file;
    await test.database.pool.query('delete from contacts');
    if (file.refused !== undefined) {
      const message = expect.stringContaining(file.refused);
      await expect(bench.start(content, { name })).rejects.toMatchObject({ code: 'CSV_MALFORMED', message });
      expect(await everybody()).toEqual([]);
      return;
    }
    const status = await bench.run(content, { name });
    expect(await everybody()).toEqual([...imported].sort(byEmail));
    const refused = (await bench.rejects(status.importId)).map(({ row, field, reason }) => [row, field, reason]);
    expect(refused).toEqual(rejects.map(([row, field, reason]) => [row, field, reasonLike(reason)]));
    expect(status).toMatchObject({
      state: file.fails === undefined ? 'completed' : 'failed',
      error: file.fails === undefined ? null : expect.stringContaining(file.fails),
      counts: { inserted: imported.length, invalid: rejects.length, duplicate: duplicates },
    });
  });
});
