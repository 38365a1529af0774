import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeGoogle, fakeUsers } from '../bench/providers/fake-google.ts';
import { FakeProvider } from '../bench/providers/fake-provider.ts';
import { sendAccountTest } from '../src/core/account-test.ts';
import { createAccount, getAccount, verifyAccount } from '../src/core/accounts.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import {
  limitWorkspaceUser,
  listWorkspaceUsers,
  pauseWorkspaceUser,
  resumeWorkspaceUser,
  syncWorkspaceUsers,
} from '../src/core/workspace-users.ts';
import { LETTER, people, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

describe('the users of a Google Workspace', { timeout: 60_000 }, () => {
  let test: TestCore;
  let google: FakeGoogle;
  let provider: FakeProvider;
  const workers = new TestWorkers();
  beforeEach(async () => {
    test = await openTestCore();
    google = new FakeGoogle({ users: fakeUsers(3) });
    provider = await new FakeProvider(google).start();
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    await provider.close();
  });

  const add = (limits: { perUserPerDay?: number } = {}) =>
    createAccount(test.core, test.caller, {
      name: 'Acme',
      type: 'gmail',
      endpoint: provider.url.href,
      adminEmail: google.admin,
      serviceAccountKey: google.key,
      from: 'Acme <hello@acme.test>',
      limits,
    });
  const sync = (id: string) => syncWorkspaceUsers(test.core, test.caller, id);
  const usersOf = async (id: string) => (await listWorkspaceUsers(test.core, test.caller, id, {})).items;
  const userOf = async (id: string, email: string) => {
    const user = (await usersOf(id)).find((one) => one.email === email);
    if (!user) throw new Error(`there is no ${email}`);
    return user;
  };
  const send = (count: number) => sendCampaign(test.core, test.caller, { ...LETTER, audience: people(count) });
  const sentBy = (email: string) => google.mailboxes.counts().get(email) ?? 0;

  it('are read page by page, without those who cannot send; who is gone is marked, and may come back', async () => {
    google.directory.users = fakeUsers(7);
    google.directory.pageSize = 3;
    const [, , suspended, archived] = google.directory.users;
    if (suspended) suspended.suspended = true;
    if (archived) archived.archived = true;
    const { id } = await add();
    expect(await sync(id)).toEqual({ active: 5, paused: 0, suspended: 0, gone: 0 });
    expect(google.directory.pages).toBe(3);
    expect((await usersOf(id)).map(({ email }) => email)).toEqual([
      'news@acme.test',
      'u1@acme.test',
      'u4@acme.test',
      'u5@acme.test',
      'u6@acme.test',
    ]);
    google.directory.users = fakeUsers(5);
    const [, known] = google.directory.users;
    if (known) known.suspended = true;
    expect(await sync(id)).toEqual({ active: 4, paused: 0, suspended: 1, gone: 2 });
    google.directory.users = fakeUsers(6);
    expect(await sync(id)).toEqual({ active: 6, paused: 0, suspended: 0, gone: 1 });
    const first = await listWorkspaceUsers(test.core, test.caller, id, { limit: 4 });
    const cursor = first.nextCursor ?? '';
    const rest = await listWorkspaceUsers(test.core, test.caller, id, { limit: 4, cursor });
    expect([first.items.length, rest.items.length, rest.nextCursor]).toEqual([4, 3, null]);
  });

  it('stay as they are when the directory cannot be read, and the account says what to do', async () => {
    const { id } = await add();
    await sync(id);
    google.tokens.delegated = new Set();
    await expect(sync(id)).rejects.toMatchObject({
      code: 'ACCOUNT_UNREACHABLE',
      message: expect.stringMatching(/112233445566778899000 for the scope \S+admin\.directory\.user\.readonly/),
    });
    expect(await usersOf(id)).toHaveLength(3);
    expect((await getAccount(test.core, test.caller, id)).users?.error).toContain('Domain-wide delegation');
    expect(await verifyAccount(test.core, test.caller, id)).toMatchObject({ ok: false, stage: 'auth' });
  });

  it('send no more than they may in a day, with two workers, and the campaign says what it waits for', async () => {
    google.mailboxes.perDay = 5;
    const { id } = await add({ perUserPerDay: 5 });
    await sync(id);
    await workers.start(test, 2);
    const campaign = await send(30);
    await expect.poll(() => provider.copies.length, { timeout: 30_000 }).toBe(15);
    await expect
      .poll(async () => (await statusOf(test, campaign.id)).waitingFor, { timeout: 20_000 })
      .toMatch(/limit per day of \w+@acme\.test until/);
    await workers.stop();
    await workers.start(test, 1); // what was used is not forgotten
    const { id: userId } = await userOf(id, 'u1@acme.test');
    google.mailboxes.perDay = 7;
    await limitWorkspaceUser(test.core, test.caller, id, userId, { limitPerDay: 7 });
    await send(3); // the first looks again within a minute
    await expect.poll(() => sentBy('u1@acme.test'), { timeout: 30_000 }).toBe(7);
    expect([sentBy('news@acme.test'), sentBy('u2@acme.test')]).toEqual([5, 5]);
    expect(google.mailboxes.overLimit).toBe(0);
    expect(await userOf(id, 'u1@acme.test')).toMatchObject({ limitPerDay: 7, hasOwnLimit: true, usedDay: 7 });
  });

  it('rest one by one when Gmail says so; the account and the others go on', async () => {
    const { id } = await add();
    await sync(id);
    provider.nextFault = ({ headers }) =>
      google.tokens.grantOf(headers.authorization)?.user === 'u2@acme.test'
        ? { kind: 'too-many', retryAfterSeconds: 600 }
        : null;
    await workers.start(test, 1);
    const campaign = await send(20);
    expect((await untilState(test, campaign.id, 'completed')).counts).toMatchObject({ sent: 20, unknown: 0 });
    const rested = await userOf(id, 'u2@acme.test');
    expect(rested).toMatchObject({ state: 'active', lastError: expect.stringContaining('limit exceeded') });
    expect(Date.parse(rested.restsUntil ?? '') - Date.now()).toBeGreaterThan(500_000);
    expect(await getAccount(test.core, test.caller, id)).toMatchObject({ state: 'active', health: { state: 'ok' } });
    const resumed = await resumeWorkspaceUser(test.core, test.caller, id, rested.id);
    expect(resumed.restsUntil).toBeNull();
  });

  it('are not sent as any more once Google does not know them, or people paused them', async () => {
    const { id } = await add();
    await sync(id);
    await pauseWorkspaceUser(test.core, test.caller, id, (await userOf(id, 'u1@acme.test')).id);
    google.directory.users = google.directory.users.filter(({ email }) => email !== 'u2@acme.test');
    await workers.start(test, 1);
    const campaign = await send(12);
    expect((await untilState(test, campaign.id, 'completed')).counts.sent).toBe(12);
    expect(sentBy('news@acme.test')).toBe(12);
    expect(await userOf(id, 'u1@acme.test')).toMatchObject({ state: 'paused' });
    expect(await userOf(id, 'u2@acme.test')).toMatchObject({ state: 'suspended' });
  });

  it('go on with new tokens when theirs are not taken any more', async () => {
    const { id } = await add();
    await sync(id);
    await workers.start(test, 1);
    let requests = 0;
    provider.nextFault = () => {
      if (++requests === 6) google.tokens.forgetAll();
      return null;
    };
    const campaign = await send(18);
    expect((await untilState(test, campaign.id, 'completed')).counts).toMatchObject({ sent: 18, unknown: 0 });
    expect(provider.mostCopies).toBe(1);
  });

  it('are tried with one message, which counts', async () => {
    const { id } = await add();
    const trial = () => sendAccountTest(test.core, test.caller, id, { to: 'me@example.test' });
    await expect(trial()).rejects.toMatchObject({ code: 'ACCOUNT_UNREACHABLE' });
    await sync(id);
    expect(await trial()).toMatchObject({ sent: true });
    expect(provider.copies).toMatchObject([{ from: 'news@acme.test', recipient: 'me@example.test' }]);
    expect((await userOf(id, 'news@acme.test')).usedDay).toBe(1);
    expect(await verifyAccount(test.core, test.caller, id)).toMatchObject({ ok: true, stage: 'ready' });
  });
});
