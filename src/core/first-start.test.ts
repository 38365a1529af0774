import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../test/helpers/core.ts';
import { logIn } from '../../test/helpers/log-in.ts';
import { listAccountsOfWorkspace } from '../db/accounts.ts';
import { ApiKeyAuthenticator } from './api-keys.ts';
import { ensureResendAccount, ensureSandboxAccount, firstStart } from './first-start.ts';
import { checkLoginLink, findSessionCaller, openSession } from './sessions.ts';
import { isSetUp } from './setup.ts';

const nobody = { email: null, password: null, apiKey: null };

describe('the first start', () => {
  let test: TestCore;
  beforeEach(async () => {
    test = await openTestCore();
    await test.database.pool.query('delete from workspaces');
  });
  afterEach(() => test.close());

  it('makes one workspace and one owner who logs in by a link, however many processes start at once', async () => {
    const starts = await Promise.all(Array.from({ length: 4 }, () => firstStart(test.core, nobody)));
    expect(new Set(starts.map((start) => start.workspaceId)).size).toBe(1);
    expect(starts.filter((start) => start.created)).toHaveLength(1);
    const tokens = starts.flatMap((start) => start.loginToken ?? []);
    expect(tokens).toHaveLength(1);
    const { id } = await checkLoginLink(test.core, tokens[0]!);
    const here = { address: null, userAgent: null };
    const session = await openSession(test.core, id, here);
    expect(await findSessionCaller(test.core, session.token, here)).toMatchObject({
      role: 'owner',
      workspaceId: starts[0]!.workspaceId,
    });
    expect(await firstStart(test.core, nobody)).toEqual({ workspaceId: starts[0]!.workspaceId, created: false });
    expect(await isSetUp(test.core)).toBe(false);
    const { rows } = await test.database.pool.query('select email from users');
    expect(rows).toEqual([{ email: 'owner@localhost' }]);
  });

  it('makes the administrator and the key that the environment names, and prints no link then', async () => {
    const admin = { email: 'Boss@x.test', password: 'correct horse', apiKey: 'k'.repeat(24) };
    const first = await firstStart(test.core, admin);
    expect(first).toEqual({ workspaceId: first.workspaceId, created: true });
    expect((await logIn(test.core, 'boss@x.test', 'correct horse')).caller.role).toBe('owner');
    expect(await isSetUp(test.core)).toBe(true);
    const keys = new ApiKeyAuthenticator(test.core);
    expect(await keys.authenticate(admin.apiKey)).toMatchObject({ role: 'admin', workspaceId: first.workspaceId });
    await firstStart(test.core, admin);
    const { rows } = await test.database.pool.query(
      'select (select count(*)::int from users) as users, (select count(*)::int from api_keys) as keys',
    );
    expect(rows).toEqual([{ users: 1, keys: 1 }]);
  });

  it('does not bring a revoked key back, and adds an administrator who is named later', async () => {
    const admin = { ...nobody, apiKey: 'k'.repeat(24) };
    const { workspaceId } = await firstStart(test.core, admin);
    await test.database.pool.query('update api_keys set revoked_at = now()');
    await firstStart(test.core, { email: 'late@x.test', password: 'correct horse', apiKey: admin.apiKey });
    expect(await new ApiKeyAuthenticator(test.core).authenticate(admin.apiKey)).toBeNull();
    expect((await logIn(test.core, 'late@x.test', 'correct horse')).caller.workspaceId).toBe(workspaceId);
  });

  it('makes the built-in mailbox an account, with the port of this start', async () => {
    const { workspaceId } = await firstStart(test.core, nobody);
    expect(await ensureSandboxAccount(test.core, workspaceId, null)).toBeNull();
    const made = await ensureSandboxAccount(test.core, workspaceId, { port: 1025 });
    expect(made).toMatchObject({
      name: 'Built-in mailbox',
      isSandbox: true,
      port: 1025,
      secure: 'none',
      maxConnections: 20,
      fromAddress: 'Postrider <hello@postrider.test>',
    });
    expect(await ensureSandboxAccount(test.core, workspaceId, { port: 2025 })).toMatchObject({
      id: made?.id,
      port: 2025,
    });
    expect(await ensureSandboxAccount(test.core, workspaceId, null)).toMatchObject({
      id: made?.id,
      port: 2025,
      state: 'active',
    });
  });

  it('makes a Resend account of the key in the environment, once', async () => {
    const { workspaceId } = await firstStart(test.core, nobody);
    await ensureResendAccount(test.core, workspaceId, null);
    expect(await listAccountsOfWorkspace(test.core.db.sql, workspaceId)).toEqual([]);
    await Promise.all(['re_one', 're_two'].map((key) => ensureResendAccount(test.core, workspaceId, key)));
    const accounts = await listAccountsOfWorkspace(test.core.db.sql, workspaceId);
    expect(accounts).toMatchObject([{ name: 'Resend', type: 'resend', state: 'active' }]);
    expect(accounts[0]?.credentials?.toString('latin1')).not.toContain('re_');
  });
});
