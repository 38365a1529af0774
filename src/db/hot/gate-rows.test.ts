import { createHash } from 'node:crypto';
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

  const entry = (kind: string, key: string, expires = 'null') =>
    query(
      `insert into suppressions (workspace_id, kind, email, email_key, reason, expires_at) values ($1, $2, $3, $3, 'manual', ${expires})`,
      [window.workspaceId, kind, key],
    );
  const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const md5 = (text: string) => `md5:${createHash('md5').update(text).digest('hex')}`;

  it.each([
    ['its domain', 'domain', '@x.test'],
    ['a domain above its own', 'domain', '@test'],
    ['the SHA-256 of the address', 'hash', sha256('1@x.test')],
    ['the MD5 of the address', 'hash', md5('1@x.test')],
    ['a pause', 'address', '1@x.test', `now() + interval '1 month'`],
  ])('keeps back who is suppressed by %s', async (_what, kind, key, expires?: string) => {
    await entry(kind, key, expires);
    const passed = kind === 'domain' ? [] : [2, 3, 4];
    expect(await gate()).toEqual(passed);
    expect(await excludeBlockedRows(db.pool, window)).toBe(kind === 'domain' ? 4 : 1);
    expect(await stateOf(1)).toEqual({ state: 'excluded', reason: 'suppressed' });
  });

  it('keeps back those put off too, when their domain or hash was suppressed meanwhile', async () => {
    await entry('hash', sha256('5@x.test'));
    expect((await gateDue()).map(({ seq }) => seq)).toEqual([6]);
    await query(`update email_sends set state = 3 where seq = 6`);
    await query('insert into email_retry_jobs (send_id, seq, due_at) values ($1, 6, now())', [window.sendId]);
    await entry('domain', '@x.test');
    expect(await gateDue()).toEqual([]);
  });

  it('lets through who is bound no longer, or by what only looks alike', async () => {
    const over = `now() - interval '1 second'`;
    await entry('address', '1@x.test', over);
    await entry('domain', '@x.test', over);
    await entry('hash', sha256('2@x.test'), over);
    await entry('domain', '@sub.x.test');
    await entry('domain', '@ax.test');
    await entry('hash', md5('@x.test'));
    expect(await gate()).toEqual([1, 2, 3, 4]);
  });

  it('lets nobody through who has not confirmed', async () => {
    await query(`update list_subscriptions set status = 'unconfirmed'`);
    expect(await gate()).toEqual([]);
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
