import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { runContactOperation } from '../../core/contact-bulk-run.ts';
import { listOpenContactOperations } from '../../db/contact-operations.ts';
import { uuid7 } from '../../lib/uuid7.ts';

let test: TestApp;
beforeAll(async () => {
  test = await openTestApp();
});
afterAll(() => test.close());
beforeEach(() =>
  test.database.pool.query('truncate contacts, list_subscriptions, contact_operations, contact_duplicates'),
);

const make = async (url: string, body: object) => (await test.call('POST', url, body)).body;
const bulk = (body: object) => test.call('POST', '/api/contacts/bulk', body);
const person = (email: string, more: object = {}) => make('/api/contacts', { email, ...more });
const fill = (rows: number) =>
  test.database.pool.query(
    `insert into contacts (workspace_id, email, email_key, tags)
     select $1, e, e, array['old'] from generate_series(1, $2::int) g, lateral (select 'p' || g || '@bulk.test' as e) a`,
    [test.caller.workspaceId, rows],
  );
const count = async (query: string) =>
  (await bulk({ filter: Object.fromEntries(new URLSearchParams(query)), action: 'delete', dryRun: true })).body.total;
const finish = async () => {
  for (const id of await listOpenContactOperations(test.core.db.sql)) await runContactOperation(test.core, id);
};

describe('a bulk action', () => {
  it('is over with its answer where it is about few', async () => {
    const [one, two] = [await person('one@b.test', { tags: ['x'] }), await person('two@b.test')];
    const done = await bulk({ ids: [one.id, two.id], action: 'add-tags', tags: ['x', ' vip '] });
    expect(done).toMatchObject({ status: 200, body: { state: 'completed', total: 2, processed: 2, changed: 2 } });
    expect((await test.call('GET', `/api/contacts/${one.id}`)).body.tags).toEqual(['vip', 'x']);
    const again = await bulk({ filter: { tag: 'vip' }, action: 'add-tags', tags: ['vip'] });
    expect(again.body).toMatchObject({ processed: 2, changed: 0 });
    const taken = await bulk({ filter: { tag: 'vip' }, action: 'remove-tags', tags: ['vip'] });
    expect(taken.body).toMatchObject({ changed: 2 });
    expect((await test.call('GET', '/api/contacts?tag=vip')).body.items).toEqual([]);
  });

  it('counts without changing anything when it is only tried', async () => {
    await fill(30);
    const tried = await bulk({ filter: { search: 'p1' }, action: 'delete', dryRun: true });
    expect(tried).toMatchObject({ status: 200, body: { operationId: null, state: 'counted', total: 11 } });
    expect(await count('')).toBe(30);
  });

  it('goes on behind its last chunk in the background, told as an operation', async () => {
    await fill(2500);
    const started = await bulk({ filter: { tag: 'old' }, action: 'remove-tags', tags: ['old'] });
    expect(started).toMatchObject({ status: 202, body: { state: 'active', processed: 1000, changed: 1000 } });
    const { operationId } = started.body;
    await fill2(7);
    await finish();
    const done = (await test.call('GET', `/api/contacts/bulk/${operationId}`)).body;
    expect(done).toMatchObject({ state: 'completed', total: 2500, processed: 2500, changed: 2500, error: null });
    const told = await test.call('GET', `/api/queue/progress?id=${operationId}`);
    expect(told.body.items ?? [told.body]).toMatchObject([
      { kind: 'contacts', state: 'completed', progress: 100, processed: 2500 },
    ]);
    expect((await test.stranger('GET', `/api/contacts/bulk/${operationId}`)).status).toBe(404);
  });

  /** Added while it runs: newer than where it is, so not met. */
  const fill2 = (rows: number) =>
    test.database.pool.query(
      `insert into contacts (workspace_id, email, email_key, tags)
       select $1, e, e, array['old'] from generate_series(1, $2::int) g, lateral (select 'late' || g || '@bulk.test' as e) a`,
      [test.caller.workspaceId, rows],
    );

  it('tells how many it is about, also when those who are done still fit', async () => {
    await fill(1500);
    const { operationId } = (await bulk({ filter: {}, action: 'add-tags', tags: ['new'] })).body;
    await finish();
    expect((await test.call('GET', `/api/contacts/bulk/${operationId}`)).body).toMatchObject({
      state: 'completed',
      total: 1500,
      processed: 1500,
    });
  });

  it('begins a chunk anew whose worker died before it was committed', async () => {
    await fill(1500);
    const { operationId } = (await bulk({ filter: {}, action: 'set-attribute', attribute: { name: 'n', value: 1 } }))
      .body;
    await test.database.pool.query(
      `update contact_operations set lease_until = now() + interval '1 minute' where id = $1`,
      [operationId],
    );
    await finish();
    expect((await test.call('GET', `/api/contacts/bulk/${operationId}`)).body).toMatchObject({
      state: 'active',
      processed: 1000,
    });
    await test.database.pool.query(
      `update contact_operations set lease_until = now() - interval '1 second' where id = $1`,
      [operationId],
    );
    await finish();
    expect((await test.call('GET', `/api/contacts/bulk/${operationId}`)).body).toMatchObject({
      state: 'completed',
      processed: 1500,
    });
    expect(await count('attribute=n:1')).toBe(1500);
  });

  it('adds to a list, takes from it and unsubscribes, and never takes back who unsubscribed', async () => {
    const list = await make('/api/lists', { name: `bulk ${uuid7()}` });
    const [one, two, three] = [await person('l1@b.test'), await person('l2@b.test'), await person('l3@b.test')];
    const ids = [one.id, two.id, three.id];
    expect((await bulk({ ids, action: 'add-to-list', listId: list.id })).body).toMatchObject({ changed: 3 });
    expect((await bulk({ ids: [one.id], action: 'unsubscribe', listId: list.id })).body).toMatchObject({ changed: 1 });
    expect((await bulk({ ids: [one.id, two.id], action: 'remove-from-list', listId: list.id })).body).toMatchObject({
      changed: 1,
    });
    expect((await bulk({ ids, action: 'add-to-list', listId: list.id })).body).toMatchObject({ changed: 1 });
    const left = await test.call('GET', `/api/contacts?listId=${list.id}&status=unsubscribed`);
    expect(left.body.items.map((item: { email: string }) => item.email)).toEqual(['l1@b.test']);
    expect((await bulk({ ids: [two.id], action: 'unsubscribe' })).body).toMatchObject({ changed: 1 });
    const { rows: records } = await test.database.pool.query(
      `select c.email, r.list_name, r.action from consent_records r join contacts c on c.id = r.contact_id where r.action = 'unsubscribed' and c.email in ('l1@b.test', 'l2@b.test') order by 1, 2`,
    );
    expect(records).toEqual([
      { email: 'l1@b.test', list_name: list.name, action: 'unsubscribed' },
      { email: 'l2@b.test', list_name: list.name, action: 'unsubscribed' },
      { email: 'l2@b.test', list_name: null, action: 'unsubscribed' },
    ]);
    expect((await test.call('GET', `/api/contacts/${two.id}`)).body).toMatchObject({
      status: 'suppressed',
      suppressed: 'unsubscribed',
      lists: [{ status: 'unsubscribed' }],
    });
  });

  it('suppresses, and takes who is suppressed out of campaigns under way', async () => {
    const one = await person('s1@b.test');
    const { rows } = await test.database.pool.query(
      `with c as (insert into campaigns (workspace_id, name, state, audience) values ($1, 'under way', 'active', '{"kind":"inline"}') returning id),
        s as (insert into campaign_sends (workspace_id, campaign_id, total, expanded_at) select $1, id, 1, now() from c returning id),
        b as (insert into campaign_send_batches (send_id, batch_no, first_seq, last_seq, pending) select id, 1, 1, 1, 1 from s)
       insert into email_sends (send_id, seq, contact_id, email, email_key, data, state) select id, 1, $2, 's1@b.test', 's1@b.test', '{}', 0 from s returning send_id`,
      [test.caller.workspaceId, one.id],
    );
    expect((await bulk({ ids: [one.id], action: 'suppress' })).body).toMatchObject({ state: 'completed', changed: 1 });
    const { rows: ledger } = await test.database.pool.query(
      'select state, reason from email_sends where send_id = $1',
      [rows[0].send_id],
    );
    expect(ledger).toEqual([{ state: 5, reason: 'suppressed' }]);
  });

  it('deletes contacts with their subscriptions', async () => {
    const list = await make('/api/lists', { name: `gone ${uuid7()}` });
    await person('d1@b.test', { listIds: [list.id] });
    expect((await bulk({ filter: { listId: list.id }, action: 'delete' })).body).toMatchObject({ changed: 1 });
    expect((await test.database.pool.query('select 1 from list_subscriptions')).rowCount).toBe(0);
  });

  it.each<[object, string]>([
    [{ action: 'delete' }, 'filter'],
    [{ action: 'delete', filter: {}, ids: [uuid7()] }, 'filter'],
    [{ action: 'add-tags', filter: {} }, 'tags'],
    [{ action: 'add-tags', filter: {}, tags: ['a,b'] }, 'tags/0'],
    [{ action: 'delete', filter: {}, tags: ['a'] }, 'tags'],
    [{ action: 'add-to-list', filter: {}, listId: uuid7() }, 'listId'],
    [{ action: 'delete', filter: { status: 'subscribed' } }, 'status'],
  ])('is refused: %j', async (body, path) => {
    expect(await bulk(body)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });
});

describe('duplicates', () => {
  const look = async () => {
    expect((await test.call('POST', '/api/contacts/duplicates')).status).toBe(202);
    await finish();
    return (await test.call('GET', '/api/contacts/duplicates')).body;
  };

  it('are one mailbox by the rules of its provider, or one whole name at one domain', async () => {
    expect((await test.call('GET', '/api/contacts/duplicates')).body).toEqual({
      items: [],
      nextCursor: null,
      lookedAt: null,
      looking: false,
    });
    await person('a.da.l@gmail.com');
    await person('adal+news@googlemail.com');
    await person('ada@corp.test', { firstName: 'Ada', lastName: 'King' });
    await person('a.king@corp.test', { name: 'ada KING' });
    await person('ada@other.test', { name: 'Ada King' });
    await person('ada.king@gmail.com', { name: 'Ada King' });
    const { items, looking, lookedAt } = await look();
    expect([looking, typeof lookedAt]).toEqual([false, 'string']);
    const groups = items.map(({ reason, contacts }: { reason: string; contacts: Array<{ email: string }> }) => [
      reason,
      contacts.map((c) => c.email),
    ]);
    expect(groups).toEqual([
      ['mailbox', ['a.da.l@gmail.com', 'adal+news@googlemail.com']],
      ['person', ['ada@corp.test', 'a.king@corp.test']],
    ]);
  });

  it('become one contact that has what any of them had, and is unsubscribed where one of them is', async () => {
    const list = await make('/api/lists', { name: `merge ${uuid7()}` });
    const other = await make('/api/lists', { name: `merge ${uuid7()}` });
    const to = await person('to@m.test', {
      firstName: 'Ada',
      attributes: { city: 'Rome' },
      tags: ['a'],
      notes: 'first',
      listIds: [list.id],
    });
    const from = await person('from@m.test', {
      firstName: 'Eve',
      lastName: 'Smith',
      timeZone: 'europe/rome',
      attributes: { city: 'Oslo', plan: 'pro' },
      tags: ['b'],
      notes: 'second',
      listIds: [list.id, other.id],
    });
    await bulk({ ids: [from.id], action: 'unsubscribe', listId: list.id });
    const merged = await test.call('POST', `/api/contacts/${to.id}/merge`, { from: [from.id] });
    expect(merged).toMatchObject({
      status: 200,
      body: {
        contact: {
          firstName: 'Ada',
          lastName: null,
          attributes: { city: 'Rome', plan: 'pro' },
          tags: ['a', 'b'],
          notes: 'first\n\nsecond',
          timeZone: 'Europe/Rome',
        },
        merged: [{ id: from.id, email: 'from@m.test' }],
        taken: { attributes: ['plan'], tags: ['b'], suppressed: null },
      },
    });
    const statuses = new Map(
      merged.body.contact.lists.map((one: { id: string; status: string }) => [one.id, one.status]),
    );
    expect([statuses.get(list.id), statuses.get(other.id)]).toEqual(['unsubscribed', 'subscribed']);
    expect((await test.call('GET', `/api/contacts/${from.id}`)).status).toBe(404);
    expect((await test.call('POST', `/api/contacts/${to.id}/merge`, { from: [from.id] })).status).toBe(404);
    expect((await test.call('POST', `/api/contacts/${to.id}/merge`, { from: [to.id] })).status).toBe(422);
  });

  it('stay without messages where one of them wanted none', async () => {
    const [to, from] = [await person('keep@m.test'), await person('stop@m.test')];
    await bulk({ ids: [from.id], action: 'unsubscribe' });
    const merged = await test.call('POST', `/api/contacts/${to.id}/merge`, { from: [from.id] });
    expect(merged.body).toMatchObject({
      contact: { status: 'suppressed', suppressed: 'unsubscribed' },
      taken: { suppressed: 'unsubscribed' },
    });
  });
});
