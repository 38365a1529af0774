import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { ProgressNode } from '../../test/helpers/progress-node.ts';
import { SmtpSink } from '../../test/helpers/smtp-sink.ts';
import { Visitor } from '../../test/helpers/visitor.ts';
import { createResetLink } from '../core/own-password.ts';
import { createLoginLink } from '../core/sessions.ts';
import { createUser } from '../core/users.ts';
import { deleteExpired } from '../db/housekeeping.ts';
import { uuid7 } from '../lib/uuid7.ts';

// Each hashes many passwords.
vi.setConfig({ testTimeout: 90_000 });

const PASSWORD = 'correct horse battery';
const NEW_PASSWORD = 'entirely other words';

let test: TestApp;
let sink: SmtpSink;

beforeAll(async () => {
  test = await openTestApp();
  sink = await new SmtpSink({}).listen();
  await test.addAccount(sink.port);
});
afterAll(async () => {
  await test.close();
  await sink.close();
});
beforeEach(() => {
  sink.accepted.length = 0;
});

async function somebody(role: 'viewer' | 'editor' | 'admin' | 'owner' = 'viewer') {
  const email = `q-${uuid7().slice(-10)}@own.test`;
  const { id } = await createUser(test.core, test.caller, { email, role, password: PASSWORD });
  const visitor = new Visitor(test);
  expect((await visitor.logIn(email, PASSWORD)).status).toBe(200);
  return { id, email, visitor };
}

/** The token behind the # of a link in a mail, however its lines are folded. */
function tokenIn(text: string): string {
  const plain = text.replace(/=\r\n/g, '').replaceAll('=3D', '=');
  return /#token=([\w-]{43})/.exec(plain)?.[1] ?? '';
}

describe('a forgotten password', () => {
  const ask = (email: string) => new Visitor(test).call('POST', '/api/auth/password/reset-request', { email });
  const reset = (token: string, password = NEW_PASSWORD) =>
    new Visitor(test).call('POST', '/api/auth/password/reset', { token, password });

  it('is replaced by a mailed link, once; every session ends, and nobody learns who has an account', async () => {
    const { id, email, visitor } = await somebody();
    const known = await ask(email.toUpperCase());
    const unknown = await ask('nobody@own.test');
    expect([known.status, unknown.status]).toEqual([202, 202]);
    expect(known.body).toEqual(unknown.body);
    await expect.poll(() => sink.accepted.length).toBe(1);
    expect(sink.accepted[0]?.to).toEqual([email]);
    const token = tokenIn(String(sink.accepted[0]?.content));
    const { rows } = await test.database.pool.query(`select t::text from one_time_tokens t where user_id = $1`, [id]);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(await reset(token, 'short')).toMatchObject({ status: 422 }); // and the link still works
    const both = await Promise.all([reset(token), reset(token)]);
    expect(both.map(({ status }) => status).sort()).toEqual([204, 410]);
    expect(await visitor.isLoggedIn()).toBe(false);
    expect((await visitor.logIn(email, PASSWORD)).status).toBe(401);
    expect((await visitor.logIn(email, NEW_PASSWORD)).status).toBe(200);
    expect(sink.accepted).toHaveLength(1);
  });

  it('takes an hour at most, the last link alone counts, and the command line has one for who cannot be mailed to', async () => {
    const { id } = await somebody();
    const first = await createResetLink(test.core, id);
    const second = await createResetLink(test.core, id);
    expect(second).toMatch(/^http:\/\/localhost:3000\/reset-password#token=[\w-]{43}$/);
    expect(await reset(tokenIn(first))).toMatchObject({ status: 410, body: { code: 'TOKEN_EXPIRED' } });
    await test.database.pool.query(
      `update one_time_tokens set expires_at = now() - interval '1 second' where user_id = $1`,
      [id],
    );
    expect((await reset(tokenIn(second))).status).toBe(410);
    await deleteExpired(test.core.db.sql);
    const { rows } = await test.database.pool.query('select 1 from one_time_tokens where user_id = $1', [id]);
    expect(rows).toEqual([]);
  });

  it('is asked for ten times a quarter of an hour for one address, and no more', async () => {
    const asked = await Promise.all(Array.from({ length: 12 }, () => ask('often@own.test')));
    expect(asked.filter(({ status }) => status === 429)).toHaveLength(2);
  });
});

describe('an invitation', () => {
  const invite = (as: Visitor, email: string, role = 'viewer') => as.call('POST', '/api/invitations', { email, role });
  const open = (token: string) => new Visitor(test).call('POST', '/api/auth/invitation', { token });
  const accept = (visitor: Visitor, body: object) => visitor.call('POST', '/api/auth/invitation/accept', body);

  it('is mailed and answered once; a new person sets name and password and is in', async () => {
    const { visitor: admin } = await somebody('admin');
    const email = `New.${uuid7().slice(-8)}@own.test`;
    const sent = await invite(admin, email, 'editor');
    expect(sent).toMatchObject({ status: 201, body: { email, role: 'editor', mailed: true, mailNote: null } });
    const token = tokenIn(sent.body.link);
    expect(tokenIn(String(sink.accepted[0]?.content))).toBe(token);
    const listed = await admin.call('GET', '/api/invitations');
    expect(listed.body.items).toMatchObject([{ email, expired: false }]);
    expect(listed.text).not.toContain(token);
    const { rows } = await test.database.pool.query('select i::text from invitations i');
    expect(JSON.stringify(rows)).not.toContain(token);
    expect((await open(token)).body).toMatchObject({
      email,
      role: 'editor',
      workspace: { name: 'Test' },
      known: false,
    });
    const visitor = new Visitor(test);
    expect((await accept(visitor, { token, name: 'New One', password: 'short' })).status).toBe(422);
    const joined = await accept(visitor, { token, name: 'New One', password: NEW_PASSWORD });
    expect(joined).toMatchObject({ status: 200, body: { user: { email, name: 'New One' }, role: 'editor' } });
    expect(await visitor.isLoggedIn()).toBe(true);
    expect(await accept(new Visitor(test), { token, password: NEW_PASSWORD })).toMatchObject({ status: 410 });
    expect((await admin.call('GET', '/api/invitations')).body.items).toEqual([]);
    expect(await invite(admin, email)).toMatchObject({ status: 409, body: { code: 'NAME_TAKEN' } });
  });

  it('of somebody known wants their password, or their session, and joins them to the workspace', async () => {
    const other = (await (await somebody('owner')).visitor.call('POST', '/api/workspaces', { name: 'Elsewhere' })).body;
    const { rows } = await test.database.pool.query(`select user_id from memberships where workspace_id = $1`, [
      other.id,
    ]);
    const caller = { workspaceId: other.id, role: 'owner', userId: rows[0].user_id } as const;
    const known = await createUser(test.core, caller, { email: 'known@own.test', role: 'viewer', password: PASSWORD });
    const { visitor: admin } = await somebody('admin');
    const token = tokenIn((await invite(admin, 'KNOWN@own.test', 'editor')).body.link);
    expect((await open(token)).body.known).toBe(true);
    expect((await accept(new Visitor(test), { token, password: 'not their password' })).status).toBe(401);
    const { visitor: somebodyElse } = await somebody();
    expect((await somebodyElse.call('POST', '/api/auth/invitation/join', { token })).status).toBe(403);
    const visitor = new Visitor(test);
    await visitor.logIn('known@own.test', PASSWORD);
    const joined = await visitor.call('POST', '/api/auth/invitation/join', { token });
    expect(joined).toMatchObject({ status: 200, body: { role: 'editor', workspace: { name: 'Test' } } });
    expect(joined.body.workspaces).toHaveLength(2);
    expect(joined.body.user.id).toBe(known.id);
    // Taken out again, they come back by an invitation, with the password they have.
    await admin.call('DELETE', `/api/users/${known.id}`);
    await test.database.pool.query('delete from memberships where user_id = $1', [known.id]);
    expect((await visitor.logIn('known@own.test', PASSWORD)).status).toBe(403);
    const again = tokenIn((await invite(admin, 'known@own.test')).body.link);
    expect((await accept(visitor, { token: again, password: PASSWORD })).body).toMatchObject({ role: 'viewer' });
  });

  it('raises nobody above who sends it, and ends when it is withdrawn, sent again or a week old', async () => {
    const { visitor: admin } = await somebody('admin');
    const { visitor: editor } = await somebody('editor');
    expect(await invite(editor, 'x@own.test')).toMatchObject({ status: 403 });
    expect(await invite(admin, 'x@own.test', 'owner')).toMatchObject({ status: 403 });
    expect(await invite(admin, 'nobody')).toMatchObject({ status: 422 });
    const { body } = await invite(admin, 'x@own.test', 'admin');
    const resent = await admin.call('POST', `/api/invitations/${body.id}/resend`);
    expect(resent).toMatchObject({ status: 200, body: { id: body.id, role: 'admin' } });
    expect((await open(tokenIn(body.link))).status).toBe(410);
    expect((await open(tokenIn(resent.body.link))).status).toBe(200);
    expect((await test.stranger('DELETE', `/api/invitations/${body.id}`)).status).toBe(404);
    expect((await test.stranger('POST', `/api/invitations/${body.id}/resend`)).status).toBe(404);
    expect((await admin.call('DELETE', `/api/invitations/${body.id}`)).status).toBe(204);
    expect((await open(tokenIn(resent.body.link))).status).toBe(410);
    const late = await invite(admin, 'late@own.test');
    await test.database.pool.query(`update invitations set expires_at = now() - interval '1 second'`);
    expect((await accept(new Visitor(test), { token: tokenIn(late.body.link), password: NEW_PASSWORD })).status).toBe(
      410,
    );
    expect((await admin.call('GET', '/api/invitations')).body.items).toMatchObject([{ expired: true }]);
    await admin.call('DELETE', `/api/invitations/${late.body.id}`);
  });

  it('is answered with its link where there is no way to mail it, and says why', async () => {
    const bare = await openTestApp();
    const sent = await bare.call('POST', '/api/invitations', { email: 'a@b.test', role: 'viewer' });
    expect(sent).toMatchObject({ status: 201, body: { mailed: false, mailNote: expect.stringContaining('active') } });
    expect(tokenIn(sent.body.link)).toHaveLength(43);
    await bare.close();
  });
});

describe('the set-up of the first start', () => {
  let fresh: TestApp;
  beforeEach(async () => {
    fresh = await openTestApp();
  });
  afterEach(() => fresh.close());

  it('is done once, by whoever came with the link', async () => {
    const done = async () => (await fresh.inject({ url: '/api/setup' })).json();
    expect(await done()).toEqual({ done: false });
    const owner = await createUser(fresh.core, fresh.caller, { email: 'owner@localhost', role: 'owner' });
    const visitor = new Visitor(fresh);
    await visitor.call('POST', '/api/auth/link', { token: await createLoginLink(fresh.core.db.sql, owner.id) });
    const body = {
      name: 'Ada',
      email: 'Ada@own.test',
      password: PASSWORD,
      workspaceName: 'Acme',
      timezone: 'Europe/Berlin',
    };
    for (const wrong of [{ email: 'nobody' }, { password: 'short' }, { timezone: 'Mars/Olympus' }, { name: '' }])
      expect((await visitor.call('POST', '/api/setup', { ...body, ...wrong })).status).toBe(422);
    expect(await done()).toEqual({ done: false });
    expect((await fresh.as('owner')('POST', '/api/setup', body)).status).toBe(403);
    const before = visitor.cookie;
    const me = await visitor.call('POST', '/api/setup', body);
    expect(me).toMatchObject({
      status: 200,
      body: { user: { email: 'Ada@own.test', name: 'Ada' }, workspace: { name: 'Acme' }, setupDone: true },
    });
    expect(await done()).toEqual({ done: true });
    expect((await fresh.inject({ url: '/api/auth/me', headers: { cookie: before } })).statusCode).toBe(401);
    expect((await visitor.call('GET', '/api/settings')).body.timezone).toBe('Europe/Berlin');
    expect(await visitor.call('POST', '/api/setup', body)).toMatchObject({ status: 409, body: { code: 'SETUP_DONE' } });
    expect((await new Visitor(fresh).logIn('ada@own.test', PASSWORD)).status).toBe(200);
  });
});

describe('a stream that is open', () => {
  it('ends at once when its session is ended, or its key revoked, on another node', async () => {
    const node = await ProgressNode.start(test);
    try {
      const { visitor } = await somebody('editor');
      const [{ id }] = (await visitor.call('GET', '/api/auth/sessions')).body.items;
      const here = await node.connect({ cookie: visitor.cookie, 'sec-fetch-site': 'same-origin' });
      const key = (await test.call('POST', '/api/api-keys', { name: 'streams', role: 'viewer' })).body;
      const byKey = await node.listen({ authorization: `Bearer ${key.key}` });
      const other = await node.listen();
      await expect.poll(() => [here.told.length, byKey.told.length, other.told.length]).toEqual([1, 1, 1]);
      await visitor.call('DELETE', `/api/auth/sessions/${id}`);
      expect(await here.ended).toBe(4401);
      await test.call('DELETE', `/api/api-keys/${key.id}`);
      await byKey.ended;
      expect(await Promise.race([other.ended.then(() => 'ended'), delay(50, 'open')])).toBe('open');
      other.close();
    } finally {
      await node.stop();
    }
  });
});
