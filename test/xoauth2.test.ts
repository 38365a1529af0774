import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeGoogle } from '../bench/providers/fake-google.ts';
import { FakeProvider } from '../bench/providers/fake-provider.ts';
import type { NewAccount } from '../src/contract/accounts.ts';
import { createAccount, getAccount, verifyAccount } from '../src/core/accounts.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { readCredentials } from '../src/core/transports.ts';
import { findAccountForSending } from '../src/db/accounts.ts';
import { LETTER, people, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { RefreshTokenEndpoint } from './helpers/refresh-tokens.ts';
import { SmtpSink } from './helpers/smtp-sink.ts';

const USER = 'news@acme.test';
const GOOGLE = { provider: 'google', clientId: 'app', clientSecret: 'secret', refreshToken: 'refresh-1' } as const;

describe('SMTP with access tokens', { timeout: 60_000 }, () => {
  let test: TestCore;
  let endpoint: RefreshTokenEndpoint;
  let sink: SmtpSink;
  /** Bearer tokens that the server takes. */
  let isGood: (token: string) => boolean;
  const workers = new TestWorkers();
  const closers: Array<() => Promise<void>> = [];
  beforeEach(async () => {
    test = await openTestCore();
    endpoint = await new RefreshTokenEndpoint().listen();
    isGood = () => true;
    const auth = {
      mechanisms: ['XOAUTH2'],
      username: USER,
      get tokens() {
        return endpoint.given.filter((token) => isGood(token));
      },
    };
    sink = await new SmtpSink({ auth }).listen();
  });
  afterEach(async () => {
    await workers.stop();
    await sink.close();
    await endpoint.close();
    for (const close of closers.splice(0)) await close();
    await test.close();
  });

  const add = (settings: Partial<NewAccount> = {}) =>
    createAccount(test.core, test.caller, {
      name: 'Tokens',
      type: 'smtp',
      host: sink.host,
      port: sink.port,
      secure: 'none',
      from: USER,
      auth: 'xoauth2',
      username: USER,
      oauth: GOOGLE,
      endpoint: endpoint.url.href,
      ...settings,
    });
  const sendTo = async (count: number, state = 'completed') => {
    await workers.start(test, 1);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(count) });
    return state === 'completed' ? (await untilState(test, campaign.id, state)).counts : null;
  };

  it('sends a campaign with a token made from a refresh token, and shows none of it', async () => {
    const account = await add();
    expect(account).toMatchObject({
      auth: 'xoauth2',
      hasCredentials: true,
      oauth: { provider: 'google', clientId: 'app' },
    });
    expect(JSON.stringify(account)).not.toMatch(/refresh-1|"secret"/);
    expect(await sendTo(20)).toMatchObject({ sent: 20 });
    expect(sink.accepted).toHaveLength(20);
    expect(endpoint.given).toEqual(['access-1']);
  });

  it('fetches another token when the server refuses one with a challenge and 535', async () => {
    isGood = (token) => token !== 'access-1';
    const account = await add();
    expect(await verifyAccount(test.core, test.caller, account.id)).toMatchObject({ ok: true, authenticated: true });
    expect(endpoint.given).toEqual(['access-1', 'access-2']);
    // The challenge of the first was answered with an empty line.
    expect(sink.commands.filter(({ line }) => line.startsWith('AUTH XOAUTH2'))).toHaveLength(2);
  });

  it('asks Microsoft at its tenant, and keeps the refresh token that comes with every use', async () => {
    endpoint.rotates = true;
    const oauth = { ...GOOGLE, provider: 'microsoft', tenant: 'acme.test' } as const;
    const account = await add({ oauth });
    expect(await sendTo(3)).toMatchObject({ sent: 3 });
    expect(endpoint.forms[0]?.path).toBe('/acme.test/oauth2/v2.0/token');
    expect(endpoint.forms[0]?.form.get('scope')).toContain('SMTP.Send');
    await expect
      .poll(async () => readCredentials(await findAccountForSending(test.core.db.sql, account.id), test.core.secrets))
      .toMatchObject({ refreshToken: endpoint.refreshToken, username: USER });
  });

  it('disables an account whose consent was taken back, and says what to do', async () => {
    const account = await add();
    endpoint.refreshToken = null;
    await sendTo(5, 'active');
    const read = () => getAccount(test.core, test.caller, account.id);
    await expect.poll(async () => (await read()).state, { timeout: 20_000 }).toBe('disabled');
    expect((await read()).stateReason).toMatch(/invalid_grant.*give consent again/);
    expect(sink.accepted).toEqual([]);
  });

  it('logs in to Gmail as a user, with the key of a service account', async () => {
    const google = new FakeGoogle();
    const provider = await new FakeProvider(google).start();
    closers.push(() => provider.close());
    const auth = {
      mechanisms: ['XOAUTH2'],
      username: USER,
      get tokens() {
        return google.tokens.all();
      },
    };
    const gmail = await new SmtpSink({ auth }).listen();
    closers.push(() => gmail.close());
    const account = await createAccount(test.core, test.caller, {
      name: 'Gmail',
      type: 'smtp',
      host: gmail.host,
      port: gmail.port,
      secure: 'none',
      auth: 'xoauth2',
      username: USER,
      serviceAccountKey: google.key,
      endpoint: provider.url.href,
    });
    expect(account.oauth).toMatchObject({ clientEmail: google.tokens.account.clientEmail });
    expect(await verifyAccount(test.core, test.caller, account.id)).toMatchObject({ ok: true });
    google.tokens.delegated = new Set();
    expect(await verifyAccount(test.core, test.caller, account.id)).toMatchObject({
      ok: false,
      stage: 'auth',
      message: expect.stringMatching(/112233445566778899000 for the scope https:\/\/mail\.google\.com\//),
    });
  });

  it.each([
    [{ password: 'x' }, 'password'],
    [{ username: null }, 'username'],
    [{ oauth: null }, 'oauth'],
    [{ host: 'smtp.example.com' }, 'secure'],
    [{ serviceAccountKey: '{}', oauth: null }, 'serviceAccountKey'],
  ])('refuses %j, and says which setting it is', async (settings, path) => {
    await expect(add(settings)).rejects.toMatchObject({ code: 'VALIDATION', details: [{ path }] });
  });
});
