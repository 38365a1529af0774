import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase, truncateAll } from '../../test/helpers/database.ts';
import { listSentTo } from './contact-activity.ts';
import type { ContactFilter } from './contact-filter.ts';
import { searchContacts } from './contact-search.ts';
import type { DB } from './schema.generated.ts';

const id = (n: number) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [KNOWN, LATE, SMALL, LIST] = [id(1), id(2), id(3), id(4)];
const LATE_ROWS = 8000;

let database: TestDatabase;

/** A workspace that PostgreSQL knows of; a large one and one of ten that were filled after it last looked. */
beforeAll(async () => {
  await truncateAll();
  database = await testDatabase();
  await fill(KNOWN, 3000);
  await database.pool.query('analyze contacts, list_subscriptions');
  await fill(LATE, LATE_ROWS);
  await fill(SMALL, 10);
  await database.pool.query(
    `insert into list_subscriptions (list_id, contact_id, status)
     select $1, id, case when n % 1000 = 0 then 'unsubscribed' else 'subscribed' end
     from (select id, row_number() over () as n from contacts where workspace_id = $2) c`,
    [LIST, LATE],
  );
});

function fill(workspaceId: string, rows: number): Promise<unknown> {
  return database.pool.query(
    `insert into contacts (workspace_id, email, email_key, first_name, last_name, attributes, tags)
     select $1, e, e, 'Given' || g % 7, 'Family' || g, jsonb_build_object('plan', 'team', 'number', g),
       case when g % 4000 = 1 then array['rare'] else array['common'] end
     from generate_series(1, $2::int) g, lateral (select 'person' || g || '@d' || g || '.test' as e) a`,
    [workspaceId, rows],
  );
}

interface Explained {
  readonly indexes: Set<string>;
  readonly rows: number;
  /** Most rows that any one statement read from the table or an index. */
  readonly read: number;
}

/** Runs a page, and every statement of it once more as EXPLAIN ANALYZE, planned as it was. */
function explain(filter: ContactFilter): Promise<Explained> {
  return explained((db) => searchContacts(db, filter, { before: null, limit: 50 }));
}

async function explained(work: (db: Kysely<DB>) => Promise<{ readonly rows: readonly unknown[] }>): Promise<Explained> {
  const statements: Array<{ sql: string; parameters: readonly unknown[] }> = [];
  const kysely = new Kysely<DB>({
    dialect: new PostgresDialect({ pool: database.pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
    log: ({ query }) => void statements.push(query),
  });
  const { rows } = await work(kysely);
  const client = await database.pool.connect();
  const indexes = new Set<string>();
  let read = 0;
  try {
    await client.query('begin');
    for (const { sql, parameters } of statements) {
      if (sql.includes('set_config')) await client.query(sql, [...parameters]);
      else if (sql.trimStart().startsWith('select'))
        read = Math.max(read, await look(client, sql, parameters, indexes));
    }
  } finally {
    await client.query('rollback');
    client.release();
  }
  return { indexes, rows: rows.length, read };
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

async function look(client: pg.PoolClient, text: string, values: readonly unknown[], indexes: Set<string>) {
  const { rows } = await client.query(`explain (analyze, timing off, format json) ${text}`, [...values]);
  let read = 0;
  const visit = (node: Node) => {
    if (node['Index Name']) indexes.add(node['Index Name']);
    if (node['Node Type'] === 'Seq Scan') indexes.add('seq scan');
    if (node['Node Type'] === 'Sort') indexes.add('sort');
    read += /Scan/.test(node['Node Type'])
      ? node['Actual Loops'] * (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0))
      : 0;
    node.Plans?.forEach(visit);
  };
  visit(rows[0]['QUERY PLAN'][0].Plan);
  return read;
}

const late = (filter: Partial<ContactFilter> = {}): ContactFilter => ({ workspaceId: LATE, ...filter });
const WALK = 'contacts_workspace';
const NAMES = ['contacts_whole_name', 'contacts_last_name', 'contacts_other_name'];

/** What is asked, the rows that fit, and the only indexes that may be read for it. */
const PAGES: Array<[string, ContactFilter, number, string[]]> = [
  ['all contacts', late(), 50, [WALK]],
  ['a workspace of ten beside a large one', { workspaceId: SMALL }, 10, [WALK]],
  ['a rare name in a workspace of ten', { workspaceId: SMALL, search: 'nobody' }, 0, [WALK]],
  ['a rare address', late({ search: 'person17@' }), 1, [WALK, 'contacts_address', 'contacts_pkey']],
  ['a rare last name', late({ search: 'FAMILY17' }), 11 + 100, [WALK, 'contacts_address', ...NAMES, 'contacts_pkey']],
  ['a rare whole name', late({ search: 'given3 family17' }), 17, [WALK, 'contacts_address', ...NAMES, 'contacts_pkey']],
  ['nobody', late({ search: 'nobody' }), 0, [WALK, 'contacts_address', ...NAMES, 'contacts_pkey']],
  ['a common name', late({ search: 'given' }), 50, [WALK]],
  ['a domain', late({ search: '@d17.test' }), 1, [WALK, 'contacts_domain', 'contacts_pkey']],
  ['a rare tag', late({ tag: 'rare' }), 2, [WALK, 'contacts_terms', 'contacts_pkey']],
  ['a common tag', late({ tag: 'common' }), 50, [WALK]],
  ['a rare value', late({ attribute: { name: 'number', value: '17' } }), 1, [WALK, 'contacts_terms', 'contacts_pkey']],
  ['a common value', late({ attribute: { name: 'plan', value: 'team' } }), 50, [WALK]],
  ['a list', late({ listId: LIST }), 50, ['list_subscriptions_pkey', 'contacts_pkey']],
  ['who left a list', late({ listId: LIST, status: 'unsubscribed' }), 8, ['list_subscriptions_left', 'contacts_pkey']],
];

it.each(PAGES)(
  '%s: the page reads a stretch of the right indexes, though no statistics know its workspace',
  async (_, filter, fitting, allowed) => {
    const { indexes, rows, read } = await explain(filter);
    expect(rows).toBe(Math.min(fitting, 50));
    expect([...indexes].filter((index) => !allowed.includes(index))).toEqual([]);
    // The first 2,000, each with a look-up of its membership or contact at most; never the 8,000 of the workspace.
    expect(read).toBeLessThanOrEqual(4200);
  },
);

it('what was sent to somebody is looked up by their address, send by send', async () => {
  for (let n = 0; n < 20; n++)
    await database.pool.query(
      `with c as (insert into campaigns (workspace_id, name, state) values ($1, 'x', 'completed') returning id),
         s as (insert into campaign_sends (workspace_id, campaign_id) select $1, id from c returning id)
       insert into email_sends (send_id, seq, email, email_key, data, state) select s.id, g, k, k, '{}', 2 from s, generate_series(1, 500) g, lateral (select 'p' || g || '@x.test' as k) a`,
      [await workspace()],
    );
  const of = { workspaceId: await workspace(), emailKey: 'p7@x.test', before: null, limit: 5 };
  const { indexes, rows, read } = await explained((db) => listSentTo(db, of));
  expect(rows).toBe(5);
  expect([...indexes].sort()).toEqual([
    'campaign_sends_pkey',
    'campaign_sends_workspace',
    'campaigns_pkey',
    'email_recipients_pkey',
    'email_sends_one_copy',
    'email_sends_pkey',
  ]);
  expect(read).toBeLessThan(100);
});

let made: string | null = null;
async function workspace(): Promise<string> {
  made ??= (await database.pool.query(`insert into workspaces (name) values ('sends') returning id`)).rows[0]
    .id as string;
  return made;
}
