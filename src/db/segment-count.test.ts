import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, truncateAll } from '../../test/helpers/database.ts';
import { Random } from '../../test/helpers/random.ts';
import { type Database, openDatabase } from './database.ts';
import { type Condition, countOrEstimate, estimate, type Patience, sharesOf } from './segment-count.ts';
import { SqlValues } from './sql-values.ts';

const WORKSPACES = 30;
const CONTACTS = 4000;
const workspace = (n: number) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const TOWNS = 20;

const condition = (n: number, sql: string): Condition => ({ sql, values: new SqlValues([workspace(n)]) });
const whenDone = () => performance.now() + 60_000;

/** Contacts as imports leave them: one town after the other, two workspaces by turns. Ids, and so the samples, are always the same. */
async function fill(pool: pg.Pool): Promise<void> {
  for (let n = 1; n <= WORKSPACES; n++) {
    await pool.query(
      `insert into contacts (id, workspace_id, email, email_key, attributes)
       select md5($1 || 'b' || g)::uuid, $1::uuid, g || '@x.test', g || '@x.test',
         jsonb_build_object('town', g * ${TOWNS} / $2::int, 'age', (g * 7919 + length($1)) % 97, 'one', g % 1000)
       from generate_series(0, $2::int - 1) g`,
      [workspace(n), CONTACTS],
    );
  }
  await pool.query('vacuum analyze contacts');
}

describe('counting contacts by a sample', () => {
  let db: Database;
  let client: pg.PoolClient;
  beforeAll(async () => {
    await truncateAll();
    db = openDatabase((await testDatabase()).config, () => {});
    await fill(db.pool);
    client = await db.pool.connect();
  });
  afterAll(async () => {
    client.release();
    await db.close();
  });

  const truth = async (n: number, sql: string): Promise<number> => {
    const { rows } = await db.pool.query<{ count: number }>(
      `select count(*) as count from contacts c where c.workspace_id = $1 and ${sql}`,
      [workspace(n)],
    );
    return rows[0]?.count ?? 0;
  };

  it('tells a margin that holds the truth at least 95 times in 100, also of what lies together', async () => {
    const random = new Random(20_261_123);
    let held = 0;
    let asked = 0;
    for (let n = 1; n <= WORKSPACES; n++) {
      for (let i = 0; i < 10; i++) {
        const from = random.below(TOWNS);
        const town = `(c.attributes->>'town')::int between ${from} and ${from + random.below(3)}`;
        const age = `(c.attributes->>'age')::int < ${random.below(97)}`;
        const sql =
          [town, age, `(${town} and ${age})`, `(${town} or ${age})`, `(not ${town} and ${age})`][i % 5] ?? town;
        const found = await estimate(client, workspace(n), condition(n, sql), whenDone());
        const count = await truth(n, sql);
        asked++;
        if (count >= found.atLeast && count <= found.atMost) held++;
        expect(found.count).toBeGreaterThanOrEqual(found.atLeast);
        expect(found.count).toBeLessThanOrEqual(found.atMost);
      }
    }
    expect(held / asked).toBeGreaterThanOrEqual(0.95);
  });

  it('says how many there may be where the sample met nobody', async () => {
    const sql = `c.email_key = '17@x.test'`;
    const found = await estimate(client, workspace(1), condition(1, sql), whenDone());
    expect(found.count).toBe(0);
    expect(found.atMost).toBeGreaterThan(20);
    expect(found.atMost).toBeLessThan(200);
  });

  it('knows only its own workspace, and everybody in it', async () => {
    const found = await estimate(client, workspace(2), condition(2, 'true'), whenDone());
    expect(found.atLeast).toBeLessThanOrEqual(CONTACTS);
    expect(found.atMost).toBeGreaterThanOrEqual(CONTACTS);
    const nobody = await estimate(client, workspace(99), condition(99, 'true'), whenDone());
    expect(nobody).toMatchObject({ count: 0, atLeast: 0, atMost: 48 }); // of 48 three would be in the sample
  });

  it('tells shares of what those it holds for say', async () => {
    const shares = await sharesOf(
      client,
      workspace(1),
      condition(1, `c.attributes->>'town' in ('3', '4')`),
      `c.attributes->>'town'`,
    );
    expect(shares.map(({ value }) => value).sort()).toEqual(['3', '4']);
    for (const { share } of shares) expect(Math.abs(share - 0.5)).toBeLessThan(0.2);
  });

  it('counts exactly where that is quick, and keeps its promise of time where a condition is slow', async () => {
    const few = workspace(70);
    await db.pool.query(
      `insert into contacts (workspace_id, email, email_key) select $1, e, e from (select g || '@few.test' as e from generate_series(1, 1000) g) x`,
      [few],
    );
    const ask = (id: string, sql: string, patience?: Patience) => {
      const asked = { sql, values: new SqlValues([id]) };
      return countOrEstimate(client, id, { all: asked, each: asked }, patience);
    };
    expect(await ask(few, `c.email_key like '7%'`)).toEqual({ count: 111, exact: true, atLeast: 111, atMost: 111 });
    // A tenth of a millisecond each: a fifth of a second for half of them.
    const halfOfThem = `(c.attributes->>'one')::int < 500 and pg_sleep(0.0001) is not null`;
    const slow = await ask(workspace(1), halfOfThem);
    expect(slow.exact).toBe(false);
    expect(slow.atMost).toBeGreaterThan(slow.count);
    // Who is about to send to them waits until they are counted.
    const patient = { people: 100_000, ms: 60_000 };
    expect(await ask(workspace(1), halfOfThem, patient)).toMatchObject({ exact: true, count: CONTACTS / 2 });
    // The connection is as it was.
    expect((await client.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '0' }]);
  });

  it.each([
    ['that nobody has analyzed', `delete from pg_statistic where starelid = 'contacts'::regclass`],
    ['that were taken before this workspace came', ''],
  ])('reads the sample by its index with statistics %s', async (_, before) => {
    if (before) await db.pool.query(before);
    const late = workspace(50);
    await db.pool.query(
      `insert into contacts (workspace_id, email, email_key) select $1, g || '@x.test', g || '@x.test' from generate_series(1, 20000) g on conflict do nothing`,
      [late],
    );
    const texts: string[] = [];
    const watched = Object.assign(Object.create(client), {
      query: async (text: string, values?: unknown[]) => {
        if (/^select count/.test(text)) {
          const { rows } = await client.query<Record<'QUERY PLAN', string>>(`explain ${text}`, values);
          texts.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
        }
        return client.query(text, values);
      },
    }) as pg.PoolClient;
    await estimate(watched, late, { sql: `c.email_key like '1%'`, values: new SqlValues([late]) }, whenDone());
    expect(texts.length).toBeGreaterThanOrEqual(2);
    for (const text of texts) {
      expect(text).toContain('contacts_sample');
      expect(text).not.toMatch(/Seq Scan|contacts_workspace|contacts_address/);
    }
  });
});
