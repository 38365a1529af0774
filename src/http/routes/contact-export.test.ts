import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { storeApiKey } from '../../core/api-keys.ts';

const ROWS = 20_000;
const KEY = 'test-key-that-exports-contacts';

let test: TestApp;
beforeAll(async () => {
  test = await openTestApp();
  await test.database.pool.query(
    `insert into contacts (workspace_id, email, email_key, attributes)
     select $1, e, e, jsonb_build_object('text', repeat('x', 500)) from generate_series(1, $2::int) g, lateral (select 'e' || g || '@x.test' as e) a`,
    [test.caller.workspaceId, ROWS],
  );
});
afterAll(() => test.close());

it('answers with a file of whoever fits the filter', async () => {
  const csv = await test.call('GET', '/api/contacts/export?search=e1999');
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(csv.headers['content-disposition']).toBe('attachment; filename="contacts.csv"');
  expect(csv.text.trimEnd().split('\r\n')).toHaveLength(12);
  const lines = await test.inject({
    method: 'GET',
    url: '/api/contacts/export?format=jsonl&search=e1999',
    headers: { authorization: `Bearer test-key-owner-${test.caller.workspaceId}` },
  });
  const emails = lines.body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).email);
  expect(emails).toContain('e19990@x.test');
  expect((await test.call('GET', '/api/contacts/export?format=pdf')).status).toBe(422);
  expect((await test.as('viewer')('GET', '/api/contacts/export')).status).toBe(403);
  expect((await test.stranger('GET', '/api/contacts/export')).text.trimEnd().split('\r\n')).toHaveLength(1);
});

it('ends when whoever downloads it goes away, and leaves no transaction behind', async () => {
  await storeApiKey(test.core, { workspaceId: test.caller.workspaceId, name: 'export', role: 'owner', key: KEY });
  await test.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = test.app.server.address() as AddressInfo;
  const request = http.get({
    port,
    host: '127.0.0.1',
    path: '/api/contacts/export',
    headers: { authorization: `Bearer ${KEY}` },
  });
  request.on('error', () => {});
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  await once(response, 'data');
  request.destroy();
  await once(request, 'close');
  const busy = async () => {
    const { rows } = await test.database.pool.query(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
    );
    return rows[0].n;
  };
  await expect.poll(busy, { timeout: 20_000 }).toBe(0);
});
