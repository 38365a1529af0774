import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { Visitor } from '../../test/helpers/visitor.ts';
import { createUser } from '../core/users.ts';
import { deleteExpired } from '../db/housekeeping.ts';
import { auditAction } from '../domain/audit-action.ts';

const PASSWORD = 'correct horse battery';

let test: TestApp;
beforeAll(async () => {
  test = await openTestApp();
});
afterAll(() => test.close());

const entries = async (query = '') => (await test.call('GET', `/api/audit-log${query}`)).body.items;
/** Entries are written behind the answer. */
const until = (query: string, count: number) => expect.poll(async () => (await entries(query)).length).toBe(count);

describe('the audit log', () => {
  it('has who did what to which thing, from where, with the names of changed fields and no secret', async () => {
    const ada = await createUser(test.core, test.caller, { email: 'ada@own.test', role: 'admin', password: PASSWORD });
    const visitor = new Visitor(test);
    await visitor.logIn('ada@own.test', PASSWORD);
    const account = await visitor.call('POST', '/api/accounts', {
      name: 'Relay',
      type: 'smtp',
      host: '127.0.0.1',
      port: 2525,
      username: 'u',
      password: 'a very secret one',
    });
    await visitor.call('PATCH', '/api/settings', { name: 'Test', from: 'A <a@b.test>' });
    const made = await visitor.call('POST', '/api/api-keys', { name: 'CI', role: 'viewer' });
    await visitor.call('PATCH', `/api/users/${ada.id}`, { role: 'admin' });
    await visitor.call('DELETE', `/api/api-keys/${made.body.id}`);
    await until('?who=ada', 6);
    const mine = await entries('?who=ada@own');
    expect(mine.map(({ action }: { action: string }) => action).reverse()).toEqual([
      'login.succeeded',
      'account.created',
      'settings.changed',
      'api-key.created',
      'user.role-changed',
      'api-key.revoked',
    ]);
    expect(mine[4]).toMatchObject({
      actor: { kind: 'user', id: ada.id, name: 'ada@own.test' },
      object: { kind: 'account', id: account.body.id, name: 'Relay' },
      address: '127.0.0.1',
      requestId: expect.any(String),
    });
    expect(mine[3]).toMatchObject({ detail: { fields: ['name', 'from'] } });
    expect(mine[2]).toMatchObject({
      object: { kind: 'api-key', name: 'CI' },
      detail: { role: 'viewer', scopes: null },
    });
    expect(mine[1]).toMatchObject({
      object: { kind: 'user', id: ada.id, name: 'ada@own.test' },
      detail: { role: 'admin' },
    });
    const all = JSON.stringify(mine);
    for (const secret of ['a very secret one', PASSWORD, made.body.key, 'a@b.test']) expect(all).not.toContain(secret);
  });

  it('tells keys from people, and has neither questions, refusals nor answers that are given again', async () => {
    const before = (await entries('?limit=1000')).length;
    const list = () => test.as('editor')('POST', '/api/lists', { name: 'Audited' }, { 'idempotency-key': 'audited' });
    expect((await list()).status).toBe(201);
    expect((await list()).headers['idempotency-replayed']).toBe('true');
    await test.as('viewer')('POST', '/api/lists', { name: 'refused' });
    await test.as('editor')('POST', '/api/lists', {});
    await test.as('viewer')('POST', '/api/segments/count', { filter: { match: 'all', rules: [] } });
    await test.as('editor')('POST', '/api/queue/rate-limit', { operation: 'api' });
    await test.as('editor')('POST', '/api/lists', { name: 'Second audited' });
    await until('?what=list', 2);
    expect(await entries('?limit=1000')).toHaveLength(before + 2);
    expect((await entries('?what=list.created&object=Audited'))[0]).toMatchObject({
      actor: { kind: 'key', name: 'editor' },
      object: { kind: 'list', name: expect.stringContaining('udited') },
    });
  });

  it('has failed logins of who is known, and nothing of who is not', async () => {
    const before = (await entries('?limit=1000')).length;
    await createUser(test.core, test.caller, { email: 'eve@own.test', role: 'viewer', password: PASSWORD });
    await new Visitor(test).logIn('nobody@own.test', 'wrong');
    await new Visitor(test).logIn('eve@own.test', 'wrong');
    await until('?what=login.failed', 1);
    expect((await entries('?what=login.failed'))[0]).toMatchObject({
      object: { kind: 'user' },
      detail: { way: 'password' },
    });
    expect(await entries('?limit=1000')).toHaveLength(before + 1);
  });

  it('is read by admins, of their own workspace, page by page, by time, and as CSV', async () => {
    expect((await test.as('editor')('GET', '/api/audit-log')).status).toBe(403);
    expect((await test.stranger('GET', '/api/audit-log')).body.items).toEqual([]);
    const all = await entries('?limit=1000');
    const walked: unknown[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await test.call('GET', `/api/audit-log?limit=3${cursor}`);
      walked.push(...body.items);
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(walked).toEqual(all);
    expect(await entries(`?since=${encodeURIComponent(all[2].at)}&limit=1000`)).toHaveLength(3);
    expect(await entries(`?until=${encodeURIComponent(all.at(-1).at)}`)).toHaveLength(0);
    expect(await entries('?since=2999-01-01T00:00:00Z')).toEqual([]);
    const csv = await test.call('GET', '/api/audit-log?format=csv&what=login');
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.text.split('\r\n')[0]).toContain('at,actor_kind');
    expect(csv.text).toContain('login.failed');
    expect((await test.call('GET', '/api/audit-log?since=yesterday')).status).toBe(422);
  });

  it('is not rewritten, and only what is old enough goes', async () => {
    const change = (sql: string) => test.database.pool.query(sql);
    await expect(change(`update audit_log set action = 'nothing.happened'`)).rejects.toThrow('not changed');
    await expect(change(`update audit_log set actor_id = null where actor_id is not null`)).rejects.toThrow(
      'not changed',
    );
    await expect(change('delete from audit_log')).rejects.toThrow('not deleted');
    await test.call('PATCH', '/api/settings', { auditDays: 60 });
    await until('?what=settings', 2);
    const before = (await entries('?limit=1000')).length;
    await change(
      `insert into audit_log (workspace_id, at, actor_kind, action) select workspace_id, now() - d * interval '1 day', 'system', 'old.thing'
       from (select workspace_id from audit_log limit 1) w, unnest(array[59, 61]) d`,
    );
    await deleteExpired(test.core.db.sql);
    const left = await entries('?limit=1000');
    expect(left).toHaveLength(before + 1);
    expect((await test.call('PATCH', '/api/settings', { auditDays: 7 })).status).toBe(422);
  });

  it('has a name for every route that changes something', async () => {
    const { paths } = (await test.inject({ url: '/api/openapi.json' })).json();
    type Described = { tags: string[]; 'x-role'?: string };
    const named = Object.entries<Record<string, Described>>(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method, { tags, 'x-role': role }]) => {
          const isOwn = ['auth', 'workspaces', 'setup'].includes(tags[0] ?? '');
          return method !== 'get' && !isOwn && role !== 'viewer';
        })
        .map(([method, { tags }]) => [
          `${method.toUpperCase()} ${path}`,
          auditAction({ method: method.toUpperCase(), url: path.replaceAll(/\{(\w+)\}/g, ':$1'), tags }),
        ]),
    );
    expect(named.length).toBeGreaterThan(60);
    for (const [route, name] of named)
      if (route !== 'POST /api/queue/rate-limit') expect(name, route).toMatch(/^[a-z-]+\.[a-z-]+(d|t|n|p|bulk|for)$/);
  });
});
