import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, truncateAll } from '../../../test/helpers/database.ts';
import { type Database, openDatabase } from '../database.ts';
import { excludeBlockedRows, type GateWindow, gateDueRows, gateRows, ownsBatch } from './gate-rows.ts';

const ACCOUNT = '018f0000-0000-7000-8000-000000000001';

describe('the gate', () => {
  let db: Database;
  let window: GateWindow;
  const query = (text: string, values: unknown[] = []) => db.pool.query(text, values);

  /** A list campaign with six rows in one batch that a worker owns; the last two are put off and due. */
  beforeEach(async () => {
    await truncateAll();
    db ??= openDatabase((await testDatabase()).config, () => {});
    const { rows } = await query(
      `with w as (insert into workspaces (name) values ('w') returning id),
       l as (insert into lists (workspace_id, name) select id, 'l' from w returning id),
       c as (insert into campaigns (workspace_id, name, state) select id, 'c', 'active' from w returning id, workspace_id),
       s as (insert into campaign_sends (workspace_id, campaign_id) select workspace_id, id from c returning id)
       select w.id as "workspaceId", l.id as "listId", c.id as "campaignId", s.id as "sendId" from w, l, c, s`,
    );
    const { workspaceId, listId, campaignId, sendId } = rows[0];
    await query(
      `with people as (
         insert into contacts (workspace_id, email, email_key) select $1, g || '@x.test', g || '@x.test' from generate_series(1, 6) g
         returning id, email), subscribed as (
         insert into list_subscriptions (list_id, contact_id) select $2, id from people)
       insert into email_sends (send_id, seq, contact_id, email, email_key, data, state, attempts)
       select $3, left(email, 1)::int, id, email, email, '{}', case when left(email, 1) > '4' then 3 else 0 end, case when left(email, 1) > '4' then 1 else 0 end
       from people`,
      [workspaceId, listId, sendId],
    );
    await query(
      `insert into campaign_send_batches (send_id, batch_no, first_seq, last_seq, state, fence, lease_until, pending)
       values ($1, 1, 1, 6, 'leased', 3, now() + interval '1 minute', 4)`,
      [sendId],
    );
    await query(
      `insert into email_retry_jobs (send_id, seq, due_at, since) select $1, g, now(), '2026-01-01' from generate_series(5, 6) g`,
      [sendId],
    );
    const range = { batchNo: 1, fence: 3, firstSeq: 1, lastSeq: 6, accountId: ACCOUNT };
    window = { ...range, sendId, campaignId, workspaceId, listIds: [listId] };
  });
  afterAll(() => db.close());

  const gate = async (of = window) => (await gateRows(db.pool, of)).map((row) => row.seq).sort();
  const gateDue = async (of = window) => gateDueRows(db.pool, of, 10);
  const stateOf = async (seq: number) => {
    const { rows } = await query('select state, reason from email_send_states where seq = $1', [seq]);
    return rows[0];
  };
  const suppress = (email: string) =>
    query(`insert into suppressions (workspace_id, email, email_key, reason) values ($1, $2, $2, 'manual')`, [
      window.workspaceId,
      email,
    ]);
  const unsubscribe = (email: string) =>
    query(
      `update list_subscriptions set status = 'unsubscribed' where contact_id = (select id from contacts where email_key = $1)`,
      [email],
    );

  it('lets each pending row through once, and each row that is due, with when it was first put off', async () => {
    expect(await gate()).toEqual([1, 2, 3, 4]);
    expect(await gate()).toEqual([]);
    const due = await gateDue();
    expect(due).toMatchObject([{ attempt: 2, since: new Date('2026-01-01') }, { attempt: 2 }]);
    expect(await gateDue()).toEqual([]);
  });

  it('keeps back who was suppressed or unsubscribed since the audience was written out, retries included', async () => {
    await suppress('1@x.test');
    await unsubscribe('2@x.test');
    await suppress('5@x.test');
    await unsubscribe('6@x.test');
    expect(await gate()).toEqual([3, 4]);
    expect(await gateDue()).toEqual([]);
    expect(await excludeBlockedRows(db.pool, window)).toBe(4);
    expect(await stateOf(1)).toEqual({ state: 'excluded', reason: 'suppressed' });
    expect(await stateOf(2)).toEqual({ state: 'excluded', reason: 'unsubscribed' });
    expect(await stateOf(5)).toEqual({ state: 'excluded', reason: 'suppressed' });
    expect(await stateOf(6)).toEqual({ state: 'excluded', reason: 'unsubscribed' });
  });

  it.each([
    ['an older fence', (of: GateWindow) => ({ ...of, fence: 2 }), ''],
    ['a lease that ran out', (of: GateWindow) => of, 'update campaign_send_batches set lease_until = now()'],
    ['a paused campaign', (of: GateWindow) => of, `update campaigns set state = 'paused'`],
    ['a cancelled campaign', (of: GateWindow) => of, `update campaigns set state = 'cancelled'`],
  ])('lets nothing through for %s', async (_why, change, statement) => {
    if (statement !== '') await query(statement);
    expect(await gate(change(window))).toEqual([]);
    expect(await gateDue(change(window))).toEqual([]);
    expect(await ownsBatch(db.pool, change(window))).toBe(false);
    expect((await query('select 1 from email_retry_jobs')).rows).toHaveLength(2);
  });
});
