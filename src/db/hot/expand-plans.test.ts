import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, truncateAll } from '../../../test/helpers/database.ts';
import type { CheckedFilter } from '../../domain/segment-clause.ts';
import { membersCondition, type SegmentAudience } from '../audience-sql.ts';
import { type Database, type HotExecutor, openDatabase } from '../database.ts';
import { walkContacts } from '../walk-contacts.ts';
import { type ExpandSource, expandChunk } from './expand-chunk.ts';

const ROWS = 20_000;
const ids = (n: number) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [KNOWN, LATE, LIST, OTHER_LIST, CAMPAIGN, OLD_CAMPAIGN] = [1, 2, 3, 4, 5, 6].map(ids) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const [SEND, OLD_SEND] = [ids(7), ids(8)];

/** What was analyzed: one workspace with its list. The other came after that, as after an import. */
async function fill(pool: pg.Pool): Promise<void> {
  const contacts = (workspaceId: string, listId: string) =>
    pool.query(
      `with c as (insert into contacts (workspace_id, email, email_key, tags, attributes)
         select $1, e, e, '{news}', '{"city":"rome"}' from (select g || '@x.test' as e from generate_series(1, ${ROWS}) g) x returning id)
       insert into list_subscriptions (list_id, contact_id) select $2, id from c`,
      [workspaceId, listId],
    );
  for (const id of [KNOWN, LATE]) await pool.query(`insert into workspaces (id, name) values ($1, 'w')`, [id]);
  await pool.query(`insert into lists (id, workspace_id, name) values ($1, $2, 'a'), ($3, $4, 'b')`, [
    OTHER_LIST,
    KNOWN,
    LIST,
    LATE,
  ]);
  for (const id of [CAMPAIGN, OLD_CAMPAIGN])
    await pool.query(`insert into campaigns (id, workspace_id, name, state) values ($1, $2, 'c', 'active')`, [
      id,
      LATE,
    ]);
  await pool.query(`insert into campaign_sends (id, workspace_id, campaign_id) values ($1, $2, $3), ($4, $2, $5)`, [
    SEND,
    LATE,
    CAMPAIGN,
    OLD_SEND,
    OLD_CAMPAIGN,
  ]);
  await contacts(KNOWN, OTHER_LIST);
  await pool.query('analyze');
  await contacts(LATE, LIST);
  await pool.query(
    `insert into email_sends (send_id, seq, email, email_key, data, state, sent_at)
     select $1, row_number() over (order by id), email, email_key, '{}', 2, now() from contacts where workspace_id = $2`,
    [OLD_SEND, LATE],
  );
}

const FILTER: CheckedFilter = {
  kind: 'and',
  filters: [
    { kind: 'array', of: { column: 'tags' }, op: 'containsAny', values: ['news'] },
    { kind: 'lists', op: 'in', ids: [LIST], status: 'subscribed' },
    { kind: 'status', op: 'is', status: 'active' },
    { kind: 'activity', activity: 'sent', did: true, campaignIds: null, days: null, link: null },
    { kind: 'activity', activity: 'opened', did: false, campaignIds: null, days: 30, link: null },
  ],
};

const segments = (include: boolean): SegmentAudience => ({
  workspaceId: LATE,
  audience: { kind: 'lists', listIds: [LIST], excludeListIds: [] },
  filters: {
    zone: 'UTC',
    include: include ? [{ id: ids(9), name: 's', filter: FILTER }] : [],
    exclude: [{ id: ids(9), name: 's', filter: { kind: 'not', filters: [FILTER] } }],
  },
  sends: [{ id: OLD_SEND, campaignId: OLD_CAMPAIGN, endedAt: null }],
  moment: new Date(Date.now() + 60_000),
  madeUntil: new Date(Date.now() + 60_000),
});

/** What is read of a big table in a plan that was run, by node. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

function reads(node: PlanNode): Array<[string, number]> {
  const rows = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
  const own: Array<[string, number]> = node['Relation Name']
    ? [[`${node['Node Type']} ${node['Relation Name']}`, rows]]
    : [];
  return [...own, ...(node.Plans ?? []).flatMap(reads)];
}

describe('expansion in a workspace that no statistics know', () => {
  let db: Database;
  beforeAll(async () => {
    await truncateAll();
    db = openDatabase((await testDatabase()).config, () => {});
    await fill(db.pool);
  });
  afterAll(() => db.close());

  /** Runs statements as they are and notes how many rows each read of which table. */
  const watching = (client: HotExecutor, seen: Array<[string, number]>): HotExecutor['query'] =>
    (async (text: string, values?: unknown[]) => {
      if (/^\s*(with|select c\.id)/.test(text)) {
        await client.query('savepoint watched');
        const { rows } = await client.query(`explain (analyze, format json) ${text}`, values);
        await client.query('rollback to savepoint watched');
        seen.push(...reads((rows[0] as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'][0].Plan));
      }
      return client.query(text, values);
    }) as unknown as HotExecutor['query'];

  const expectBounded = (seen: ReadonlyArray<[string, number]>) => {
    const read = seen.filter(([, rows]) => rows > 6000);
    expect(read).toEqual([]);
    expect(seen.filter(([what]) => what.includes('contacts')).length).toBeGreaterThan(0);
  };

  it('walks a stretch of contacts and asks each of them by an index', async () => {
    const client = await db.pool.connect();
    const seen: Array<[string, number]> = [];
    await client.query('begin');
    const condition = membersCondition(segments(true), 'each');
    const walk = { condition, order: 'asc', from: null, limit: 5000, budgetMs: 0 } as const;
    const { ids: found } = await walkContacts({ query: watching(client, seen) }, walk);
    await client.query('rollback');
    client.release();
    expect(found).toHaveLength(5000);
    expectBounded(seen);
  });

  it.each([
    ['a list', null, null],
    ['a list in variants', null, [0.1, 0.2]],
    ['a list without a segment', segments(false), null],
    ['a list and a segment', segments(true), null],
  ])('writes a chunk of %s without reading more than the chunk', async (_, withSegments, splitBounds) => {
    const client = await db.pool.connect();
    const seen: Array<[string, number]> = [];
    const source: ExpandSource = {
      sendId: SEND,
      campaignId: CAMPAIGN,
      workspaceId: LATE,
      audience: { kind: 'lists', listIds: [LIST], excludeListIds: [OTHER_LIST] },
      segments: withSegments,
      clock: null,
      splitBounds,
    };
    // The walk is outside of its transaction, and watched above; it is undone, for the next case.
    const query = watching(client, seen);
    const inTransaction = async (text: string, values?: unknown[]) => {
      if (text === 'commit') return client.query('rollback');
      return (/^with/.test(text) ? query(text, values) : client.query(text, values)) as Promise<unknown>;
    };
    const watched = Object.assign(Object.create(client), { query: inTransaction }) as pg.PoolClient;
    const { rows } = await expandChunk(watched, source);
    client.release();
    expect(rows).toBe(5000);
    expectBounded(seen);
  });
});
