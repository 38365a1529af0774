import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { LoginLimit } from '../core/login-limit.ts';
import { createLoginLink } from '../core/sessions.ts';
import { createUser } from '../core/users.ts';
import { uuid7 } from '../lib/uuid7.ts';

const PASSWORD = 'correct horse battery';

describe('who may call the API', () => {
  let test: TestApp;
  let routes: Array<{ method: 'GET' | 'POST' | 'PATCH' | 'DELETE'; url: string; isPublic: boolean }>;
  beforeAll(async () => {
    test = await openTestApp();
    const { paths } = (await test.inject({ url: '/api/openapi.json' })).json();
    routes = Object.entries<Record<string, { security?: unknown[] }>>(paths)
      .filter(([path]) => path.startsWith('/api/'))
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { security }]) => ({
          method: method.toUpperCase() as 'GET',
          url: path.replaceAll('{jobId}', 'campaign-x').replaceAll(/\{\w+\}/g, uuid7()),
          isPublic: security?.length === 0,
        })),
      );
  });
  afterAll(() => test.close());

  it('answers 401 on every route without a key or session, and on those that are not there', async () => {
    expect(routes.length).toBeGreaterThan(50);
    expect(routes.filter((route) => route.isPublic).map((route) => route.url)).toEqual([
      '/api/auth/methods',
      '/api/auth/login',
      '/api/auth/login/second-factor',
      '/api/auth/login/passkey-options',
      '/api/auth/login/passkey',
      '/api/auth/link',
      '/api/auth/password/reset-request',
      '/api/auth/password/reset',
      '/api/auth/invitation',
      '/api/auth/invitation/accept',
      '/api/auth/oidc/start',
      '/api/auth/oidc/callback',
      '/api/setup',
    ]);
    for (const { method, url } of [
      ...routes.filter((route) => !route.isPublic),
      { method: 'GET' as const, url: '/api/nothing' },
    ]) {
      for (const authorization of [undefined, 'Bearer pr_wrong', 'Basic YTpi', 'Bearer', "Bearer ' or 1=1 --"]) {
        const answer = await test.inject({ method, url, headers: authorization ? { authorization } : {} });
        expect(answer.statusCode, `${method} ${url} ${authorization}`).toBe(401);
        expect(answer.headers['www-authenticate']).toContain('Bearer');
      }
    }
  });

  it('lets a viewer read and change nothing, and an editor not touch accounts, keys and people', async () => {
    const viewer = test.as('viewer');
    const editor = test.as('editor');
    for (const { method, url } of routes.filter((route) => !route.isPublic && !route.url.endsWith('/stream'))) {
      if (url.startsWith('/api/auth/') || url.endsWith('/workspaces')) continue; // one's own: access.test.ts
      const forAdmins =
        /\/api\/(users|api-keys|invitations|audit-log|setup|queue\/admin)/.test(url) ||
        (method !== 'GET' && /\/api\/(accounts|bounce-mailboxes|domains|settings|webhooks)/.test(url)) ||
        (method === 'DELETE' && /\/(rate-limit|workers)$/.test(url)) ||
        (method === 'POST' && /\/(workers\/startup|erase|erasures)$/.test(url));
      const handsOver = /\/(data|contacts\/export)$/.test(url); // everybody, or all that is known of one
      const reads =
        (method === 'GET' && !forAdmins && !handsOver) ||
        /\/(logout|forecast|segments\/(count|contacts)|forms\/preview|content\/(check|preview)|campaigns\/[^/]+\/check)$/.test(
          url,
        );
      const asViewer = (await viewer(method, url)).status;
      expect(asViewer === 403, `viewer ${method} ${url}: ${asViewer}`).toBe(!reads);
      const asEditor = (await editor(method, url)).status;
      expect(asEditor === 403, `editor ${method} ${url}: ${asEditor}`).toBe(forAdmins);
      expect(asEditor, `editor ${method} ${url}`).toBeLessThan(500);
    }
  });

  it('makes keys that work, are shown once, and stop working when they are revoked', async () => {
    const made = await test.call('POST', '/api/api-keys', { name: 'CI', role: 'viewer' });
    expect(made.body.key).toMatch(/^pr_[0-9A-Za-z]{32}$/);
    const me = () => test.inject({ url: '/api/auth/me', headers: { authorization: `Bearer ${made.body.key}` } });
    expect((await me()).json()).toMatchObject({ user: null, role: 'viewer', workspace: { name: 'Test' } });
    const listed = await test.call('GET', '/api/api-keys?search=ci');
    expect(listed.body.items).toMatchObject([{ name: 'CI', hint: made.body.key.slice(0, 7) }]);
    expect(listed.text).not.toContain(made.body.key);
    const { rows } = await test.database.pool.query('select * from api_keys where id = $1', [made.body.id]);
    expect(JSON.stringify(rows)).not.toContain(made.body.key);
    await expect
      .poll(async () => (await test.call('GET', '/api/api-keys?search=CI')).body.items[0].lastUsedAt)
      .not.toBeNull();
    expect((await test.stranger('DELETE', `/api/api-keys/${made.body.id}`)).status).toBe(404);
    expect((await test.call('DELETE', `/api/api-keys/${made.body.id}`)).status).toBe(204);
    expect((await me()).statusCode).toBe(401);
  });

  it('lets nobody hand out more than they have', async () => {
    const admin = test.as('admin');
    expect(await admin('POST', '/api/api-keys', { name: 'x', role: 'owner' })).toMatchObject({ status: 403 });
    expect(await admin('POST', '/api/users', { email: 'x@y.test', role: 'owner' })).toMatchObject({ status: 403 });
    expect(await admin('POST', '/api/users', { email: 'x@y.test', role: 'admin' })).toMatchObject({ status: 201 });
  });
});

describe('logging in', () => {
  let test: TestApp;
  let userId: string;
  beforeAll(async () => {
    test = await openTestApp();
    const user = await createUser(test.core, test.caller, {
      email: 'Ada@example.com',
      name: 'Ada',
      password: PASSWORD,
      role: 'editor',
    });
    userId = user.id;
  });
  afterAll(() => test.close());
  const logIn = (password = PASSWORD, headers: Record<string, string> = {}) =>
    test.inject({ method: 'POST', url: '/api/auth/login', payload: { email: 'ada@EXAMPLE.com', password }, headers });
  const cookieOf = (response: { headers: object }) =>
    String((response.headers as Record<string, unknown>)['set-cookie']).split(';', 1)[0] ?? '';

  it('sets a cookie that no script reads, and the session works until it is ended', async () => {
    const response = await logIn();
    expect(response.json()).toMatchObject({ user: { id: userId, email: 'Ada@example.com' }, role: 'editor' });
    expect(response.headers['set-cookie']).toMatch(
      /^postrider_session=[\w-]{43}; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const cookie = cookieOf(response);
    expect((await test.inject({ url: '/api/auth/me', headers: { cookie } })).statusCode).toBe(200);
    const { rows } = await test.database.pool.query('select token_hash from sessions');
    expect(JSON.stringify(rows)).not.toContain(cookie.slice('postrider_session='.length));
    const out = await test.inject({
      method: 'POST',
      url: '/api/auth/logout',
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
    });
    expect(out.statusCode).toBe(204);
    expect((await test.inject({ url: '/api/auth/me', headers: { cookie } })).statusCode).toBe(401);
  });

  it('acts by cookie only for its own pages', async () => {
    const cookie = cookieOf(await logIn());
    const act = async (headers: Record<string, string>) =>
      (
        await test.inject({
          method: 'POST',
          url: '/api/lists',
          payload: { name: uuid7() },
          headers: { cookie, ...headers },
        })
      ).statusCode;
    expect(await act({})).toBe(403);
    expect(await act({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await act({ 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await act({ 'sec-fetch-site': 'none' })).toBe(403);
    expect(await act({ origin: 'https://evil.test' })).toBe(403);
    expect(await act({ origin: 'null' })).toBe(403);
    expect(await act({ origin: 'http://localhost:81', 'x-forwarded-host': 'evil.test' })).toBe(403);
    expect(await act({ origin: 'http://evil.test', 'x-forwarded-host': 'evil.test' })).toBe(403);
    expect(await act({ 'sec-fetch-site': 'same-origin' })).toBe(201);
    expect(await act({ origin: 'http://localhost:3000' })).toBe(201);
    expect(await act({ host: 'mail.example.com', origin: 'http://mail.example.com' })).toBe(201);
  });

  it('loses access with the membership, without waiting for the session to end', async () => {
    const cookie = cookieOf(await logIn());
    await test.database.pool.query('delete from memberships where user_id = $1', [userId]);
    expect((await test.inject({ url: '/api/auth/me', headers: { cookie } })).statusCode).toBe(401);
    expect((await logIn()).statusCode).toBe(403);
    await test.database.pool.query(`insert into memberships (workspace_id, user_id, role) values ($1, $2, 'editor')`, [
      test.caller.workspaceId,
      userId,
    ]);
  });

  it('says the same for a wrong password and for nobody, and refuses other sites', async () => {
    const wrong = await logIn('not the password');
    const nobody = await test.inject({
      method: 'POST',
      url: '/api/auth/login',
      payload: { email: 'nobody@b.test', password: 'x' },
    });
    expect([wrong.statusCode, nobody.statusCode]).toEqual([401, 401]);
    expect(wrong.json().detail).toBe(nobody.json().detail);
    expect((await logIn(PASSWORD, { origin: 'https://evil.test' })).statusCode).toBe(403);
  });

  it('logs in once by a link', async () => {
    const token = await createLoginLink(test.core.db.sql, userId);
    const use = () => test.inject({ method: 'POST', url: '/api/auth/link', payload: { token } });
    const both = await Promise.all([use(), use()]);
    expect(both.map((response) => response.statusCode).sort()).toEqual([200, 401]);
    const late = await createLoginLink(test.core.db.sql, userId);
    await test.database.pool.query(`update login_links set expires_at = now() - interval '1 second'`);
    expect((await test.inject({ method: 'POST', url: '/api/auth/link', payload: { token: late } })).statusCode).toBe(
      401,
    );
  });

  it('slows down who guesses, even with the right password in the end', async () => {
    const guesses = await Promise.all(Array.from({ length: 12 }, () => logIn('guess guess')));
    expect(guesses.some((guess) => guess.statusCode === 429)).toBe(true);
    const blocked = await logIn();
    expect(blocked.statusCode).toBe(429);
    expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('sends a Secure cookie when the public address is https', async () => {
    const secure = await openTestApp({ trustProxy: '127.0.0.1' });
    await createUser(secure.core, secure.caller, { email: 'a@b.test', password: PASSWORD, role: 'viewer' });
    const payload = { email: 'a@b.test', password: PASSWORD };
    const response = await secure.inject({
      method: 'POST',
      url: '/api/auth/login',
      payload,
      headers: { 'x-forwarded-proto': 'https' },
    });
    expect(response.headers['set-cookie']).toContain('; Secure');
    await secure.close();
  });
});

describe('the limit on logins', () => {
  it('forgets after a quarter of an hour and after a success, and counts an address as a whole', () => {
    const limit = new LoginLimit();
    for (let i = 0; i < 10; i++) limit.begin('a@b.test', '10.0.0.1', 1000 + i);
    expect(() => limit.begin('a@b.test', '10.0.0.1', 2000)).toThrow(/Too many failed logins/);
    expect(() => limit.begin('a@b.test', '10.0.0.2', 2000)).not.toThrow();
    expect(() => limit.begin('a@b.test', '10.0.0.1', 1000 + 15 * 60_000)).not.toThrow();
    limit.succeeded('a@b.test', '10.0.0.1');
    for (let i = 0; i < 39; i++) limit.begin(`u${i}@b.test`, '10.0.0.1', 3000);
    expect(() => limit.begin('x@b.test', '10.0.0.1', 3000)).not.toThrow();
    for (let i = 0; i < 20; i++)
      try {
        limit.begin(`v${i}@b.test`, '10.0.0.1', 3001);
      } catch {
        return;
      }
    expect.unreachable();
  });
});
