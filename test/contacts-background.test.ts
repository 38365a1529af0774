import { afterAll, beforeAll, expect, it } from 'vitest';
import { PostWorker } from '../src/workers/worker.ts';
import { openTestApp, type TestApp } from './helpers/app.ts';

let test: TestApp;
let worker: PostWorker;
beforeAll(async () => {
  test = await openTestApp();
  worker = new PostWorker(test.core, { campaigns: 1, batches: 1, jobStarts: { max: 10, durationMs: 1000 } });
});
afterAll(async () => {
  await worker.stop(1000);
  await test.close();
});

it('a worker goes on with what was left of a bulk action, a look for duplicates and an erasure', async () => {
  const { pool } = test.database;
  await pool.query(
    `insert into contacts (workspace_id, email, email_key)
     select $1::uuid, e, e from generate_series(1, 2300) g, lateral (select 'p' || g || case when g % 2 = 0 then '+x' else '' end || '@w.test' as e) a
     union all select $1::uuid, 'p1+tag@w.test', 'p1+tag@w.test'`,
    [test.caller.workspaceId],
  );
  const { rows } = await pool.query(
    `insert into lead_imports (workspace_id, mode, state, format) values ($1, 'merge', 'active', 'csv') returning id`,
    [test.caller.workspaceId],
  );
  const bulk = await test.call('POST', '/api/contacts/bulk', { filter: {}, action: 'add-tags', tags: ['all'] });
  expect([bulk.status, bulk.body.processed]).toEqual([202, 1000]);
  const look = await test.call('POST', '/api/contacts/duplicates');
  const erasure = await test.call('POST', '/api/contacts/erase', { email: 'p7@w.test' });
  expect([look.status, erasure.status]).toEqual([202, 202]);
  await pool.query(`update lead_imports set state = 'completed' where id = $1`, [rows[0].id]);
  await worker.start();
  const states = async () => [
    (await test.call('GET', `/api/contacts/bulk/${bulk.body.operationId}`)).body.state,
    (await test.call('GET', `/api/contacts/bulk/${look.body.operationId}`)).body.state,
    (await test.call('GET', '/api/contacts/erasures')).body.items[0].state,
  ];
  await expect.poll(states, { timeout: 60_000 }).toEqual(['completed', 'completed', 'completed']);
  const tagged = await pool.query(`select count(*)::int as n from contacts where tags = '{all}'`);
  expect(tagged.rows[0].n).toBe(2300); // all but who was erased
  const { body } = await test.call('GET', '/api/contacts/duplicates');
  expect(body.items).toMatchObject([
    { reason: 'mailbox', contacts: [{ email: 'p1@w.test' }, { email: 'p1+tag@w.test' }] },
  ]);
});
