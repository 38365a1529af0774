import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDatabase, truncateAll } from '../../../test/helpers/database.ts';
import { STATE_CODE } from '../../domain/recipient-state.ts';
import { type Database, type HotExecutor, openDatabase } from '../database.ts';
import { countByDomain, gateOtherRows, gateRowsOfDomain } from './gate-domains.ts';
import { excludeBlockedRows, gateDueRows, gateRows } from './gate-rows.ts';
import { type OutcomeRow, recordOutcomes } from './record-outcomes.ts';
import { recordSent } from './record-sent.ts';
import { findOwnSending, recountBatch, releaseBatch, returnUnseenRows, settleLostRows } from './settle-batch.ts';

const ROWS = 5000;
const ids = (n: number) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const SEND = ids(3);

let db: Database;

/** Two sends that PostgreSQL knows of, and one that began after it last looked. */
beforeAll(async () => {
  await truncateAll();
  db = openDatabase((await testDatabase()).config, () => {});
  const insert = (sendId: string) =>
    db.pool.query(
      `insert into email_sends (send_id, seq, email, email_key, data, state)
       select $1, g, g || '@x.test', g || '@x.test', '{}', 0 from generate_series(1, $2::int) g`,
      [sendId, ROWS],
    );
  await insert(ids(1));
  await insert(ids(2));
  await db.pool.query('analyze email_sends');
  await insert(SEND);
  // Nor does it know of any of these.
  await db.pool.query(`insert into workspaces (id, name) values ($1, 'w')`, [ids(5)]);
  await db.pool.query(
    `insert into suppressions (workspace_id, kind, email, email_key, reason)
     select $2, k.kind, k.key, k.key, 'manual' from generate_series(1, $1::int) g,
       lateral (values ('address', g || '@y.test'), ('domain', '@' || g || '.y.test'), ('hash', 'md5:' || md5(g::text))) k(kind, key)`,
    [ROWS, ids(5)],
  );
});
afterAll(() => db.close());

/** Runs nothing: asks how each statement would be run, with its values. */
class Planner {
  readonly indexes = new Set<string>();
  readonly query: HotExecutor['query'] = (async (config: string | pg.QueryConfig, values?: unknown[]) => {
    const { text, values: own } = typeof config === 'string' ? { text: config, values } : config;
    const { rows } = await db.pool.query(`explain (format json) ${text}`, own);
    for (const [, index] of JSON.stringify(rows).matchAll(/"Index Name":"(\w+)"/g)) if (index) this.indexes.add(index);
    if (/"Node Type":"Seq Scan"[^}]*"(email_sends|suppressions)"/.test(JSON.stringify(rows)))
      this.indexes.add('seq scan');
    return { rows: [], rowCount: 0 };
  }) as unknown as HotExecutor['query'];
}

const batch = { sendId: SEND, batchNo: 1, fence: 3, campaignId: ids(4), firstSeq: 1, lastSeq: 500, isEmail: false };
const window = { ...batch, lastSeq: 100, workspaceId: ids(5), accountId: ids(6), listIds: [ids(7)] };
const outcome: OutcomeRow = {
  sendId: SEND,
  seq: 1,
  fence: 3,
  attempt: 1,
  state: STATE_CODE.sent,
  charged: true,
  code: 250,
  class: null,
  response: '250 Ok',
  sentAt: new Date(),
  dueAt: null,
  since: null,
  suppressIn: null,
};
const STATEMENTS: Record<string, (planner: Planner) => Promise<unknown>> = {
  gateRows: (planner) => gateRows(planner, window),
  gateDueRows: (planner) => gateDueRows(planner, window, 100),
  gateOtherRows: (planner) => gateOtherRows(planner, window, ['x.test']),
  gateRowsOfDomain: (planner) => gateRowsOfDomain(planner, window, 'x.test', 100),
  countByDomain: (planner) => countByDomain(planner, batch, ['x.test']),
  excludeBlockedRows: (planner) => excludeBlockedRows(planner, window),
  recordSent: (planner) => recordSent(planner, [outcome]),
  recordOutcomes: (planner) => recordOutcomes(planner, [{ ...outcome, state: STATE_CODE.failed }]),
  settleLostRows: (planner) => settleLostRows(planner, batch, 'hold'),
  findOwnSending: (planner) => findOwnSending(planner, batch),
  returnUnseenRows: (planner) => returnUnseenRows(planner, batch, [1, 2]),
  releaseBatch: (planner) => releaseBatch(planner, batch, null),
  recountBatch: (planner) => recountBatch(planner, batch),
};

// By (send_id, email_key) a gate reads the whole send for its 100 rows: a campaign then goes at a third of its rate.
it.each(Object.entries(STATEMENTS))('%s reads a send that no statistics know by its numbers', async (_, statement) => {
  const planner = new Planner();
  await statement(planner);
  expect(planner.indexes).toContain('email_sends_pkey');
  expect(planner.indexes).not.toContain('email_sends_one_copy');
  expect(planner.indexes).not.toContain('seq scan');
});

// Through all entries of a workspace a gate would take as long as they are many.
it.each(['gateRows', 'gateDueRows', 'gateOtherRows', 'gateRowsOfDomain', 'excludeBlockedRows'])(
  '%s looks suppressions up that no statistics know of by what they bind',
  async (name) => {
    const planner = new Planner();
    await STATEMENTS[name]?.(planner);
    expect(planner.indexes).not.toContain('suppressions_workspace');
    expect(planner.indexes).not.toContain('seq scan');
    expect([...planner.indexes].filter((index) => index.startsWith('suppressions_'))).not.toEqual([]);
  },
);
