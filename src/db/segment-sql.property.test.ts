import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, truncateAll } from '../../test/helpers/database.ts';
import { type Deed, type GivenFilter, matches, type Person } from '../../test/helpers/segment-match.ts';
import { readFilter } from '../domain/segment-filter.ts';
import { type Database, openDatabase } from './database.ts';
import { listSegmentSends } from './segment-sends.ts';
import { filterSql } from './segment-sql.ts';
import { SqlValues } from './sql-values.ts';

const NOW = new Date('2028-02-27T15:30:00Z');
const ids = (n: number) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const WORKSPACE = ids(1);
const LISTS = [ids(11), ids(12)];
const CAMPAIGNS = [ids(21), ids(22), ids(23)];
const sendOf = (campaignId: string) => campaignId.replace('000000000', '100000000');

const TYPES = {
  country: 'string',
  age: 'number',
  joined: 'date',
  vip: 'boolean',
  likes: 'array',
  "it's $1 \\": 'string',
};
const NAMES = Object.keys(TYPES);
const given = { now: NOW, types: TYPES };
const declared = new Map(Object.entries(TYPES)) as Parameters<typeof readFilter>[1];

const WORDS = [
  'Germany',
  'germany',
  'France',
  '',
  'a%b',
  "Robert'); drop table contacts; --",
  '$1',
  '\\',
  '_',
  'Ünï',
  '12',
  'true',
];
const words = fc.constantFrom(...WORDS);
const DAYS = [
  '2028-02-27',
  '2028-02-29',
  '2027-02-28',
  '2000-02-29',
  '1990-12-31',
  '2028-03-05',
  '2028-02-20',
  '2026-02-27',
];
const NUMBERS = [0, 1, -1, 12, 18.5, 1e21, 1e-7, 65];

/** What stands in attributes, whatever they are declared as. */
const anything = fc.oneof(
  words,
  fc.constantFrom(...NUMBERS),
  fc.constantFrom(
    '12',
    '+12',
    '.5',
    '5.',
    '1e3',
    '1e999',
    '0x1f',
    'NaN',
    'Infinity',
    '12abc',
    ' 12',
    '9'.repeat(500),
    '--1',
  ),
  fc.constantFrom(...DAYS),
  fc.constantFrom('2028-02-30', '2027-02-29', '1900-02-29', '0000-01-01', '2028-13-01', '2028-02-27T23:30:00-02:00'),
  fc.constantFrom(
    '2028-02-27 10:00',
    '2028-02-26T00:30:00.123456+0200',
    '2028-02-27T24:00:00Z',
    '2028-02-27T10:00:61Z',
    'tomorrow',
    '2028-2-7',
  ),
  fc.boolean(),
  fc.constantFrom('TRUE', 'False', 'yes', null),
  fc.array(fc.oneof(words, fc.constantFrom(1, true, null)), { maxLength: 3 }),
  fc.constantFrom<unknown>({ a: 1 }, [[1]], {}),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const deed: fc.Arbitrary<Deed> = fc.record({
  activity: fc.constantFrom('opened', 'clicked', 'bounced', 'complained', 'unsubscribed'),
  campaignId: fc.constantFrom(...CAMPAIGNS),
  at: fc.integer({ min: -3, max: 60 }).map((days) => new Date(NOW.getTime() - days * 86_400_000 + 1000)),
  link: fc.constantFrom('https://a.test/', "https://b.test/?q='x'"),
});
const person = fc.record({
  firstName: maybe(words),
  lastName: maybe(words),
  name: maybe(words),
  locale: maybe(fc.constantFrom('pt-BR', 'de')),
  timeZone: maybe(fc.constantFrom('Europe/Berlin', 'Asia/Tokyo')),
  createdAt: fc.integer({ min: 0, max: 90 * 24 }).map((hours) => new Date(NOW.getTime() - hours * 3_600_000)),
  attributes: fc.dictionary(fc.constantFrom(...NAMES), anything, { maxKeys: NAMES.length }),
  tags: fc.uniqueArray(words, { maxLength: 3 }),
  lists: fc.dictionary(fc.constantFrom(...LISTS), fc.constantFrom('subscribed', 'unconfirmed', 'unsubscribed')),
  suppressed: maybe(fc.constantFrom('unsubscribed', 'hard-bounce', 'manual')),
  events: fc.array(deed, { maxLength: 3 }),
  ledger: fc.uniqueArray(
    fc.record({
      activity: fc.constantFrom('sent', 'failed', 'open'),
      campaignId: fc.constantFrom(...CAMPAIGNS),
      days: fc.integer({ min: 1, max: 60 }),
    }),
    { maxLength: 3, selector: ({ campaignId }) => campaignId },
  ),
});

const presence = fc.constantFrom({ op: 'isSet' }, { op: 'isNotSet' });
const compare = <T>(ops: readonly string[], value: fc.Arbitrary<T>) =>
  fc.record({ op: fc.constantFrom(...ops), value });
const textOps = fc.oneof(
  compare(['is', 'isNot', 'contains', 'notContains', 'startsWith', 'endsWith'], words),
  compare(['isOneOf', 'isNoneOf'], fc.array(words, { minLength: 1, maxLength: 3 })),
  presence,
);
const numbers = fc.constantFrom(...NUMBERS);
const numberOps = fc.oneof(
  compare(['is', 'isNot', 'below', 'atMost', 'above', 'atLeast'], numbers),
  fc.tuple(numbers, numbers).map((pair) => ({ op: 'between', value: pair.sort((a, b) => a - b) })),
  presence,
);
const days = fc.constantFrom(...DAYS);
const dateOps = fc.oneof(
  compare(['before', 'after', 'on'], days),
  fc.tuple(days, days).map((pair) => ({ op: 'between', value: pair.sort() })),
  compare(['inLastDays', 'moreThanDaysAgo', 'inNextDays', 'anniversaryInDays'], fc.integer({ min: 0, max: 40 })),
  presence,
);
const items = fc.array(words, { minLength: 1, maxLength: 3 });
const arrayOps = fc.oneof(compare(['containsAny', 'containsAll', 'containsNone'], items), presence);
const onAttribute = (name: string, ops: fc.Arbitrary<object>) => ops.map((clause) => ({ attribute: name, ...clause }));
const onField = (name: string, ops: fc.Arbitrary<object>) => ops.map((clause) => ({ field: name, ...clause }));
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });
const defined = (clause: object) => JSON.parse(JSON.stringify(clause)) as object;
const activities = fc
  .record({
    activity: fc.constantFrom('sent', 'failed', 'opened', 'clicked', 'bounced', 'complained', 'unsubscribed'),
    op: optional(fc.constantFrom('did', 'didNot')),
    campaignIds: optional(fc.uniqueArray(fc.constantFrom(...CAMPAIGNS), { minLength: 1, maxLength: 2 })),
    days: optional(fc.integer({ min: 1, max: 50 })),
    link: optional(fc.constantFrom('https://a.test/', "https://b.test/?q='x'")),
  })
  .map(({ link, days: within, ...clause }) => ({
    ...clause,
    // A refusal has no moment: by days it goes by its campaign.
    ...(within !== undefined && clause.activity !== 'failed' ? { days: within } : {}),
    ...(clause.activity === 'clicked' && link !== undefined ? { link } : {}),
  }))
  .map(defined);
const clause: fc.Arbitrary<GivenFilter> = fc.oneof(
  onAttribute('country', textOps),
  onAttribute("it's $1 \\", textOps),
  onAttribute('age', numberOps),
  onAttribute('joined', dateOps),
  onAttribute('vip', fc.oneof(fc.constantFrom({ op: 'isTrue' }, { op: 'isFalse' }), presence)),
  onAttribute('likes', arrayOps),
  onField('tags', arrayOps),
  onField('createdAt', dateOps),
  ...['email', 'domain', 'firstName', 'lastName', 'name', 'locale', 'timeZone'].map((field) => onField(field, textOps)),
  fc
    .record({
      op: fc.constantFrom('in', 'notIn'),
      value: fc.uniqueArray(fc.constantFrom(...LISTS), { minLength: 1 }),
      status: optional(fc.constantFrom('subscribed', 'unsubscribed', 'unconfirmed', 'any')),
    })
    .map((parts) => defined({ field: 'lists', ...parts })),
  compare(['is', 'isNot'], fc.constantFrom('active', 'suppressed', 'manual', 'hard-bounce', 'erased')).map((parts) => ({
    field: 'status',
    ...parts,
  })),
  activities,
);
const { filter } = fc.letrec<{ filter: GivenFilter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    clause,
    fc.record({ and: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ or: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: fc.array(tie('filter'), { minLength: 1, maxLength: 2 }) }),
  ),
}));

describe('a filter in SQL', () => {
  let db: Database;
  const people: Person[] = [];

  beforeAll(async () => {
    await truncateAll();
    db = openDatabase((await testDatabase()).config, () => {});
    await fill(db, people);
  });
  afterAll(() => db.close());

  const ask = async (raw: GivenFilter, lookups: 'each' | 'all'): Promise<Set<string>> => {
    const reading = readFilter(raw, declared);
    if (!reading.ok) throw new Error(JSON.stringify(reading.findings));
    const values = new SqlValues([WORKSPACE]);
    const sends = await listSegmentSends(db.sql, WORKSPACE);
    const sql = filterSql(reading.filter, { workspace: '$1', values, lookups, moment: NOW, zone: 'UTC', sends });
    const { rows } = await db.pool.query<{ email: string }>(
      `select c.email from contacts c where c.workspace_id = $1 and ${sql}`,
      values.list,
    );
    return new Set(rows.map((row) => row.email));
  };

  it('means what the same filter means when it is read plainly', async () => {
    await fc.assert(
      fc.asyncProperty(filter, async (raw) => {
        const expected = people.filter((one) => matches(raw, one, given)).map(({ email }) => email);
        for (const lookups of ['each', 'all'] as const) {
          const found = await ask(raw, lookups);
          expect([...found].sort()).toEqual([...expected].sort());
        }
      }),
      { numRuns: Number(process.env.SEGMENT_RUNS ?? 400) },
    );
  });

  it('holds or does not hold for everybody: never neither, and never an error', async () => {
    await fc.assert(
      fc.asyncProperty(clause, async (raw) => {
        const yes = await ask(raw, 'all');
        const no = await ask({ not: [raw] }, 'all');
        expect(yes.size + no.size).toBe(people.length);
      }),
      { numRuns: 150 },
    );
  });

  it.each(["zz'; drop table contacts; --", 'zz" or 1=1', 'zz$1', 'zz\\', 'zz{}', 'zz%', "zz'' or true"])(
    'takes %j as text wherever it stands',
    async (hostile) => {
      const types = new Map([[hostile, 'string'] as const]);
      for (const raw of [
        { attribute: hostile, op: 'is', value: hostile },
        { field: 'email', op: 'contains', value: hostile },
        { field: 'tags', op: 'containsAll', value: [hostile] },
        { activity: 'clicked', link: hostile },
      ]) {
        const reading = readFilter(raw, types);
        if (!reading.ok) throw new Error(JSON.stringify(reading.findings));
        const values = new SqlValues([WORKSPACE]);
        const sql = filterSql(reading.filter, {
          workspace: '$1',
          values,
          lookups: 'each',
          moment: NOW,
          zone: 'UTC',
          sends: [],
        });
        expect(sql).not.toContain('zz');
        const { rows } = await db.pool.query(
          `select 1 from contacts c where c.workspace_id = $1 and ${sql}`,
          values.list,
        );
        expect(rows.length).toBeLessThanOrEqual(people.length);
      }
      expect((await db.pool.query('select count(*)::int as rows from contacts')).rows[0]).toEqual({
        rows: people.length,
      });
    },
  );
});

async function fill(db: Database, people: Person[]): Promise<void> {
  const { pool } = db;
  await pool.query(`insert into workspaces (id, name) values ($1, 'Filters')`, [WORKSPACE]);
  for (const id of LISTS)
    await pool.query('insert into lists (id, workspace_id, name) values ($1, $2, $3)', [id, WORKSPACE, id]);
  for (const id of CAMPAIGNS) {
    await pool.query(
      `insert into campaigns (id, workspace_id, name, state, finished_at) values ($1, $2, 'A campaign', 'completed', $3)`,
      [id, WORKSPACE, NOW],
    );
    await pool.query('insert into campaign_sends (id, workspace_id, campaign_id) values ($1, $2, $3)', [
      sendOf(id),
      WORKSPACE,
      id,
    ]);
  }
  const made = fc.sample(person, { numRuns: 150, seed: 4711 });
  for (const [i, one] of made.entries()) {
    const email = `p${i}@${['example.test', 'mail.example.test', 'web.test'][i % 3]}`;
    const { rows } = await pool.query<{ id: string }>(
      `insert into contacts (workspace_id, email, email_key, first_name, last_name, name, locale, time_zone, created_at, attributes, tags)
       values ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`,
      [
        WORKSPACE,
        email,
        one.firstName,
        one.lastName,
        one.name,
        one.locale,
        one.timeZone,
        one.createdAt,
        JSON.stringify(one.attributes),
        one.tags,
      ],
    );
    for (const [listId, status] of Object.entries(one.lists))
      await pool.query('insert into list_subscriptions (list_id, contact_id, status) values ($1, $2, $3)', [
        listId,
        rows[0]?.id,
        status,
      ]);
    if (one.suppressed)
      await pool.query('insert into suppressions (workspace_id, email, email_key, reason) values ($1, $2, $2, $3)', [
        WORKSPACE,
        email,
        one.suppressed,
      ]);
    const did: Deed[] = [...one.events];
    for (const { activity, campaignId, days: ago } of one.ledger) {
      const at = new Date(NOW.getTime() - ago * 86_400_000 + 1000);
      const state = { sent: 2, failed: 4, open: 0 }[activity as 'sent' | 'failed' | 'open'];
      await pool.query(
        `insert into email_sends (send_id, seq, email, email_key, data, state, sent_at) values ($1, $2, $3, $3, '{}', $4, $5)`,
        [sendOf(campaignId), i, email, state, activity === 'sent' ? at : null],
      );
      did.push({ activity, campaignId, at });
    }
    for (const { activity, campaignId, at, link } of one.events)
      await pool.query(
        `insert into email_events (workspace_id, send_id, seq, type, email_key, occurred_at, data) values ($1, $2, $3, $4, $5, $6, $7)`,
        [WORKSPACE, sendOf(campaignId), i, activity, email, at, JSON.stringify({ url: link })],
      );
    people.push({ ...one, email, did });
  }
}
