import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, truncateAll } from '../../../test/helpers/database.ts';
import { uuid7 } from '../../lib/uuid7.ts';
import { type Database, type HotExecutor, openDatabase } from '../database.ts';
import { claimBatch } from './claim-batch.ts';
import { claimEmails, countDueEmails } from './claim-emails.ts';

const WORKSPACES = 10;
const WAITING = 20_000;
const READY = 2000;

let db: Database;
let workspaces: string[];

/** Twenty thousand emails that wait for tomorrow, two thousand that are due, of ten workspaces; and as many that are over. */
beforeAll(async () => {
  await truncateAll();
  db = openDatabase((await testDatabase()).config, () => {});
  const { rows } = await db.pool.query<{ id: string }>(
    `insert into workspaces (name) select 'w' from generate_series(1, $1::int) returning id`,
    [WORKSPACES],
  );
  workspaces = rows.map(({ id }) => id);
  const insert = (count: number, state: string, batch: string, wakeAt: string) =>
    db.pool.query(
      `with mail as (
         insert into campaigns (workspace_id, kind, name, state, launched_at)
         select ($1::uuid[])[1 + g % ${WORKSPACES}], 'email', 'x', '${state}', now() from generate_series(1, $2::int) g
         returning id, workspace_id
       ), send as (
         insert into campaign_sends (id, workspace_id, campaign_id, is_email, expanded_at, total)
         select id, workspace_id, id, true, now(), 1 from mail
       )
       insert into campaign_send_batches (send_id, batch_no, first_seq, last_seq, pending, sent, email_workspace_id, state, wake_at)
       select id, 1, 1, 1, ${batch === 'done' ? '0, 1' : '1, 0'}, workspace_id, '${batch}', ${wakeAt} from mail`,
      [workspaces, count],
    );
  await insert(WAITING, 'completed', 'done', 'null');
  await insert(WAITING, 'active', 'waiting', `now() + interval '1 day'`);
  await insert(READY, 'active', 'ready', 'now()');
  await db.pool.query('analyze');
});
afterAll(() => db.close());

/** Runs the statement as the program does and notes what it read. */
class Reader {
  readonly rows = new Map<string, number>();
  readonly query: HotExecutor['query'] = (async ({ text, values }: pg.QueryConfig) => {
    const client = await db.pool.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query<{ 'QUERY PLAN': Array<{ Plan: Node }> }>(
        `explain (analyze, format json) ${text}`,
        values,
      );
      for (const { Plan } of rows[0]?.['QUERY PLAN'] ?? []) this.#note(Plan);
      return { rows: [], rowCount: 0 };
    } finally {
      await client.query('rollback');
      client.release();
    }
  }) as unknown as HotExecutor['query'];

  /** Rows looked at, of every kind of scan. */
  #note(node: Node): void {
    const loops = node['Actual Loops'];
    const seen = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * loops;
    const name = node['Index Name'] ?? node['Relation Name'];
    if (name && node['Node Type'].includes('Scan')) this.rows.set(name, (this.rows.get(name) ?? 0) + seen);
    for (const child of node.Plans ?? []) this.#note(child);
  }

  get most(): number {
    return Math.max(...this.rows.values());
  }
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

const claim = { ready: true, woken: true, workerId: uuid7(), leaseMs: 30_000 };

describe('with twenty thousand emails waiting and two thousand due', () => {
  it('a claim of emails looks at some for each workspace, and at none that waits or is over', async () => {
    const reader = new Reader();
    await claimEmails(reader, { ...claim, most: 12, heldBack: [] });
    expect(Object.fromEntries(reader.rows)).toHaveProperty('campaign_send_batches_emails');
    expect(reader.most).toBeLessThan(100);
  });

  it('a claim of campaigns looks at none of them', async () => {
    const reader = new Reader();
    await claimBatch(reader, { ...claim, maxCampaigns: 5 });
    expect(reader.most).toBe(0);
  });

  it('counting those that are due does not look at those that wait', async () => {
    const reader = new Reader();
    await countDueEmails(reader);
    expect(reader.most).toBeLessThan(READY + 60);
    expect([...(await countDueEmails(db.pool)).values()]).toEqual(Array(WORKSPACES).fill(READY / WORKSPACES));
  });

  it('claims the oldest of each workspace in turns, none twice, and none of a workspace that is held back', async () => {
    const turns = [await claimEmails(db.pool, { ...claim, most: 12, heldBack: [] })];
    turns.push(...(await Promise.all([1, 2, 3].map(() => claimEmails(db.pool, { ...claim, most: 12, heldBack: [] })))));
    const claimed = turns.flat();
    expect(new Set(claimed.map(({ sendId }) => sendId)).size).toBe(claimed.length);
    expect(new Set(turns[0]?.map(({ workspaceId }) => workspaceId)).size).toBe(WORKSPACES);
    const { rows } = await db.pool.query<{ id: string }>(
      `select distinct on (email_workspace_id) send_id as id from campaign_send_batches where state in ('ready', 'leased')
       order by email_workspace_id, send_id`,
    );
    expect(turns[0]?.map(({ sendId }) => sendId)).toEqual(expect.arrayContaining(rows.map(({ id }) => id)));
    const rest = await claimEmails(db.pool, { ...claim, most: 12, heldBack: workspaces.slice(1) });
    expect(new Set(rest.map(({ workspaceId }) => workspaceId))).toEqual(new Set(workspaces.slice(0, 1)));
  });
});
