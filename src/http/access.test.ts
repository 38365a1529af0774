import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { Visitor } from '../../test/helpers/visitor.ts';
import { createUser } from '../core/users.ts';
import { uuid7 } from '../lib/uuid7.ts';

// Some walk every route.
vi.setConfig({ testTimeout: 90_000 });

const PASSWORD = 'correct horse battery';

interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly url: string;
  readonly isPublic: boolean;
  readonly role: string;
  readonly scope: string | null;
  readonly isClosed: boolean;
}

/** Every POST that only asks, so that viewers may make it: whoever adds one adds it here. */
const ASKING =
  /\/(campaigns\/\{id\}\/(forecast|check)|segments\/(count|contacts)|forms\/preview|content\/(check|preview))$/;

let test: TestApp;
let routes: Route[];

beforeAll(async () => {
  test = await openTestApp();
  const { paths } = (await test.inject({ url: '/api/openapi.json' })).json();
  type Described = { security: Array<{ apiKey?: string[] }>; 'x-role'?: string; 'x-closed-to-scoped-keys'?: boolean };
  routes = Object.entries<Record<string, Described>>(paths)
    .filter(([path]) => path.startsWith('/api/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]) => ({
        method: method.toUpperCase() as 'GET',
        path,
        url: path.replaceAll('{jobId}', 'campaign-x').replaceAll(/\{\w+\}/g, uuid7()),
        isPublic: described.security.length === 0,
        role: described['x-role'] ?? 'public',
        scope: described.security[0]?.apiKey?.[0] ?? null,
        isClosed: described['x-closed-to-scoped-keys'] === true,
      })),
    );
});
afterAll(() => test.close());

async function person(
  role: 'viewer' | 'editor' | 'admin' | 'owner',
): Promise<{ visitor: Visitor; id: string; email: string }> {
  const email = `${role}-${uuid7().slice(-8)}@own.test`;
  const { id } = await createUser(test.core, test.caller, { email, role, password: PASSWORD });
  const visitor = new Visitor(test);
  expect(await visitor.logIn(email, PASSWORD)).toMatchObject({ status: 200, body: { role } });
  return { visitor, id, email };
}

/** What is in all tables but those that every request may write. */
async function contents(): Promise<Record<string, string>> {
  const { rows } = await test.database.pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'
       and tablename not in ('api_limits', 'sessions', 'api_keys', 'audit_log', 'idempotency_keys', 'one_time_tokens')`,
  );
  const found: Record<string, string> = {};
  for (const { name } of rows) {
    const { rows: sums } = await test.database.pool.query(
      `select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum from ${name} t`,
    );
    found[name] = sums[0].sum;
  }
  return found;
}

describe('a viewer', () => {
  it('changes nothing by any route of the API, with a session or a key', async () => {
    const { visitor } = await person('viewer');
    const key = test.as('viewer');
    const before = await contents();
    const changing = routes.filter(({ method, isPublic }) => method !== 'GET' && !isPublic);
    expect(changing.length).toBeGreaterThan(70);
    let refused = 0;
    for (const { method, url, path } of changing) {
      const asksOnly = ASKING.test(path) || path.endsWith('/logout');
      const isOwn = path.startsWith('/api/auth/');
      const body = path === '/api/workspaces' ? { name: 'Mine' } : undefined;
      const byKey = (await key(method, url, body)).status;
      if (!asksOnly && !isOwn) {
        expect([403, 404], `${method} ${path} with a key: ${byKey}`).toContain(byKey);
        const bySession = (await visitor.call(method, url, body)).status;
        expect([403, 404], `${method} ${path} with a session: ${bySession}`).toContain(bySession);
        refused++;
      } else if (isOwn && !asksOnly) {
        // One's own account is for people: a key has none.
        expect([403, 422], `${method} ${path} with a key: ${byKey}`).toContain(byKey);
      }
    }
    expect(refused).toBeGreaterThan(60);
    expect(await contents()).toEqual(before);
  });
});

describe('an owner of another workspace', () => {
  it('sees to nothing that belongs to the whole installation', async () => {
    const { stranger } = test;
    expect(await stranger('GET', '/api/queue/admin?action=stats')).toMatchObject({ status: 403 });
    expect(await stranger('POST', '/api/queue/admin', { action: 'pause', queue: 'campaigns' })).toMatchObject({
      status: 403,
    });
    expect(await stranger('POST', '/api/workers', { action: 'scale', count: 1 })).toMatchObject({ status: 403 });
    expect(await stranger('POST', '/api/workers/startup', { action: 'stop' })).toMatchObject({ status: 403 });
    expect(await stranger('DELETE', `/api/workers?workerId=${uuid7()}`)).toMatchObject({ status: 403 });
    expect(await stranger('GET', '/api/workers')).toMatchObject({ status: 200 });
    expect((await stranger('GET', '/api/auth/me')).body.operator).toBe(false);
    expect((await test.as('owner')('GET', '/api/auth/me')).body.operator).toBe(true);
  });
});

describe('a session of the dashboard', () => {
  it('acts for no other site, whatever the route', async () => {
    const { visitor } = await person('owner');
    const cookie = visitor.cookie;
    const before = await contents();
    for (const { method, url, path } of routes.filter((route) => route.method !== 'GET' && !route.isPublic)) {
      for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.test' }, {}]) {
        const { statusCode } = await test.inject({ method, url, headers: { cookie, ...headers }, payload: {} });
        expect(statusCode, `${method} ${path} ${JSON.stringify(headers)}`).toBe(403);
      }
    }
    for (const { method, url, path } of routes.filter((route) => route.method === 'POST' && route.isPublic)) {
      const { statusCode } = await test.inject({
        method,
        url,
        headers: { 'sec-fetch-site': 'cross-site' },
        payload: { email: 'a@b.test', password: 'x', token: 'x', ticket: 'x', response: {} },
      });
      expect([403, 422], `${method} ${path}`).toContain(statusCode);
    }
    expect(await contents()).toEqual(before);
  });
});

describe('an API key with scopes', () => {
  const ALL = ['campaigns', 'contacts', 'sending', 'operations'].flatMap((part) => [`${part}:read`, `${part}:write`]);
  const keyWith = async (scopes: string[]) => {
    const made = await test.call('POST', '/api/api-keys', { name: scopes.join(' '), role: 'owner', scopes });
    expect(made).toMatchObject({ status: 201, body: { scopes } });
    return (method: Route['method'], url: string) =>
      test.inject({ method, url, headers: { authorization: `Bearer ${made.body.key}` } });
  };

  it('opens each route by the scope that the document names, and by no other', async () => {
    const keys = new Map<string, Awaited<ReturnType<typeof keyWith>>>();
    for (const scope of ALL) keys.set(scope, await keyWith([scope]));
    const tried = { opened: 0, closed: 0 };
    for (const { method, url, path, scope, isClosed, isPublic } of routes) {
      if (isPublic || path.endsWith('/stream')) continue;
      for (const own of ALL) {
        const { statusCode } = await keys.get(own)!(method, url);
        const isOpen = scope !== null && (own === scope || own === scope.replace(':read', ':write'));
        const isAny = scope === null && !isClosed;
        if (isAny) continue;
        expect(statusCode === 403, `${method} ${path} with ${own}: ${statusCode}`).toBe(!isOpen);
        tried[isOpen ? 'opened' : 'closed']++;
      }
    }
    expect(tried.opened).toBeGreaterThan(100);
    expect(tried.closed).toBeGreaterThan(500);
  });

  it('reaches neither people, keys, settings nor the audit log, and still tells who it is', async () => {
    const key = await keyWith(ALL);
    for (const url of [
      '/api/users',
      '/api/api-keys',
      '/api/settings',
      '/api/audit-log',
      '/api/invitations',
      '/api/workspaces',
    ])
      expect((await key('GET', url)).statusCode, url).toBe(403);
    expect((await key('GET', '/api/auth/me')).json()).toMatchObject({ user: null, scopes: ALL });
  });

  it('writes what it may read, does not go beyond its role, and ends when it says', async () => {
    const made = await test.call('POST', '/api/api-keys', {
      name: 'viewer with much',
      role: 'viewer',
      scopes: ['contacts:write'],
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    const headers = { authorization: `Bearer ${made.body.key}` };
    expect((await test.inject({ url: '/api/lists', headers })).statusCode).toBe(200);
    expect((await test.inject({ url: '/api/campaigns', headers })).statusCode).toBe(403);
    const make = () => test.inject({ method: 'POST', url: '/api/lists', headers, payload: { name: 'x' } });
    expect((await make()).json().detail).toContain('role editor');
    await test.database.pool.query(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [
      made.body.id,
    ]);
    await expect.poll(async () => (await make()).statusCode, { timeout: 10_000 }).toBe(401);
    for (const body of [
      { name: 'x', role: 'viewer', scopes: [] },
      { name: 'x', role: 'viewer', scopes: ['everything'] },
      { name: 'x', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' },
    ])
      expect((await test.call('POST', '/api/api-keys', body)).status).toBe(422);
  });
});

describe('sessions', () => {
  it('are listed without their tokens, and a revoked one is refused at its next request', async () => {
    const { visitor: here, email } = await person('editor');
    const there = new Visitor(test, { 'user-agent': 'Elsewhere/2' });
    await there.logIn(email, PASSWORD);
    const listed = (await here.call('GET', '/api/auth/sessions')).body.items;
    expect(listed).toHaveLength(2);
    expect(listed.filter((each: { current: boolean }) => each.current)).toMatchObject([{ userAgent: 'Visitor/1' }]);
    const other = listed.find((each: { current: boolean }) => !each.current);
    expect(other).toMatchObject({ userAgent: 'Elsewhere/2', address: '127.0.0.1' });
    const token = there.cookie.slice('postrider_session='.length);
    expect(JSON.stringify(listed)).not.toContain(token);
    expect(await there.isLoggedIn()).toBe(true);
    expect((await here.call('DELETE', `/api/auth/sessions/${other.id}`)).status).toBe(204);
    expect(await there.isLoggedIn()).toBe(false);
    expect(await here.isLoggedIn()).toBe(true);
    expect((await here.call('DELETE', `/api/auth/sessions/${other.id}`)).status).toBe(404);
  });

  it('of others cannot be ended, and all but this one can at once', async () => {
    const { visitor: ann } = await person('editor');
    const { visitor: bob, email } = await person('editor');
    const [own] = (await ann.call('GET', '/api/auth/sessions')).body.items;
    expect((await bob.call('DELETE', `/api/auth/sessions/${own.id}`)).status).toBe(404);
    const more = [new Visitor(test), new Visitor(test)];
    for (const each of more) await each.logIn(email, PASSWORD);
    expect(await bob.call('DELETE', '/api/auth/sessions')).toMatchObject({ status: 200, body: { ended: 2 } });
    for (const each of more) expect(await each.isLoggedIn()).toBe(false);
    expect(await bob.isLoggedIn()).toBe(true);
    expect(await ann.isLoggedIn()).toBe(true);
  });

  it('write when they were last used at most once a minute', async () => {
    const { visitor, id } = await person('viewer');
    const seen = async () =>
      (await test.database.pool.query('select last_seen_at, address from sessions where user_id = $1', [id])).rows[0];
    const first = (await seen()).last_seen_at;
    await visitor.isLoggedIn();
    expect((await seen()).last_seen_at).toEqual(first);
    await test.database.pool.query(
      `update sessions set last_seen_at = now() - interval '2 minutes' where user_id = $1`,
      [id],
    );
    await visitor.isLoggedIn();
    await expect.poll(async () => Date.now() - (await seen()).last_seen_at.getTime()).toBeLessThan(60_000);
  });
});

describe('passwords', () => {
  it('are changed with the one there is; sessions elsewhere end, and this one goes on under another token', async () => {
    const { visitor, email } = await person('viewer');
    const there = new Visitor(test);
    await there.logIn(email, PASSWORD);
    const before = visitor.cookie;
    const change = (body: object) => visitor.call('POST', '/api/auth/password', body);
    expect(await change({ currentPassword: 'not it at all', newPassword: 'another horse 77' })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'currentPassword' }] },
    });
    for (const newPassword of ['short', 'passwordpassword', '123456789012', 'qwertyuiop12', 'aaaaaaaaaaaaab', email])
      expect(await change({ currentPassword: PASSWORD, newPassword })).toMatchObject({
        status: 422,
        body: { errors: [{ path: 'newPassword' }] },
      });
    expect(await there.isLoggedIn()).toBe(true);
    expect((await change({ currentPassword: PASSWORD, newPassword: 'another horse 77' })).status).toBe(204);
    expect(await there.isLoggedIn()).toBe(false);
    expect(await visitor.isLoggedIn()).toBe(true);
    const old = await test.inject({ url: '/api/auth/me', headers: { cookie: before } });
    expect(old.statusCode).toBe(401);
    expect((await there.logIn(email, PASSWORD)).status).toBe(401);
    expect((await there.logIn(email, 'another horse 77')).status).toBe(200);
  });
});

describe('members', () => {
  it('lose what their role no longer allows at once, and cannot raise anybody above themselves', async () => {
    const { visitor: admin, id: adminId } = await person('admin');
    const { visitor: editor, id } = await person('editor');
    const { id: ownerId } = await person('owner');
    const role = (who: Visitor, user: string, wanted: string) =>
      who.call('PATCH', `/api/users/${user}`, { role: wanted });
    expect(await role(editor, id, 'admin')).toMatchObject({ status: 403 });
    expect(await role(admin, id, 'owner')).toMatchObject({ status: 403 });
    expect(await role(admin, adminId, 'owner')).toMatchObject({ status: 403 });
    expect(await role(admin, ownerId, 'viewer')).toMatchObject({ status: 403 });
    expect(await admin.call('DELETE', `/api/users/${ownerId}`)).toMatchObject({ status: 403 });
    expect(await role(admin, id, 'viewer')).toMatchObject({ status: 200, body: { role: 'viewer' } });
    expect(await editor.isLoggedIn()).toBe(false);
    expect(await admin.call('DELETE', `/api/users/${id}`)).toMatchObject({ status: 204 });
    expect(await role(admin, id, 'viewer')).toMatchObject({ status: 404 });
    expect((await test.stranger('PATCH', `/api/users/${adminId}`, { role: 'viewer' })).status).toBe(404);
  });

  it('keep one owner, however many leave at once', async () => {
    const lone = await openTestApp();
    const email = (n: number) => `o${n}@own.test`;
    const owners = await Promise.all(
      [1, 2].map(async (n) => {
        const { id } = await createUser(lone.core, lone.caller, { email: email(n), role: 'owner', password: PASSWORD });
        const visitor = new Visitor(lone);
        await visitor.logIn(email(n), PASSWORD);
        return { id, visitor };
      }),
    );
    const [one, two] = owners as [(typeof owners)[0], (typeof owners)[0]];
    const left = await Promise.all([
      one.visitor.call('PATCH', `/api/users/${one.id}`, { role: 'viewer' }),
      two.visitor.call('DELETE', `/api/users/${two.id}`),
    ]);
    expect(left.map(({ status }) => status).sort()).toEqual([expect.any(Number), 409]);
    expect(left.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'LAST_OWNER' });
    const { rows } = await lone.database.pool.query(`select count(*)::int as n from memberships where role = 'owner'`);
    expect(rows[0].n).toBe(1);
    await lone.close();
  });
});

describe('several workspaces', () => {
  it('are made by owners, listed with the role in each, and gone into with the same session', async () => {
    const { visitor: editor } = await person('editor');
    expect(await editor.call('POST', '/api/workspaces', { name: 'Mine' })).toMatchObject({ status: 403 });
    const { visitor } = await person('owner');
    const made = await visitor.call('POST', '/api/workspaces', { name: 'Second' });
    expect(made).toMatchObject({ status: 201, body: { name: 'Second', role: 'owner', current: false } });
    const before = visitor.cookie;
    const moved = await visitor.call('POST', '/api/auth/workspace', { workspaceId: made.body.id });
    expect(moved).toMatchObject({ status: 200, body: { workspace: { name: 'Second' }, setupDone: true } });
    expect(moved.body.workspaces).toMatchObject([
      { name: 'Test', role: 'owner' },
      { name: 'Second', role: 'owner' },
    ]);
    expect((await test.inject({ url: '/api/auth/me', headers: { cookie: before } })).statusCode).toBe(401);
    expect((await visitor.call('GET', '/api/workspaces')).body.items).toMatchObject([
      { name: 'Test', current: false },
      { name: 'Second', current: true },
    ]);
    await visitor.call('POST', '/api/lists', { name: 'Of the second' });
    expect((await visitor.call('GET', '/api/lists')).body.items).toHaveLength(1);
    expect((await editor.call('POST', '/api/auth/workspace', { workspaceId: made.body.id })).status).toBe(404);
    expect((await test.as('owner')('POST', '/api/workspaces', { name: 'By key' })).status).toBe(403);
  });
});
