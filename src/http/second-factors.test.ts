import { setTimeout as delay } from 'node:timers/promises';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { Authenticator } from '../../test/helpers/authenticator.ts';
import { Visitor } from '../../test/helpers/visitor.ts';
import { createUser } from '../core/users.ts';
import { uuid7 } from '../lib/uuid7.ts';

// Each test hashes many passwords.
vi.setConfig({ testTimeout: 90_000 });

const PASSWORD = 'correct horse battery';
const ORIGIN = 'http://localhost:3000';

let test: TestApp;
beforeAll(async () => {
  test = await openTestApp();
});
afterAll(() => test.close());

interface Somebody {
  readonly id: string;
  readonly email: string;
  readonly visitor: Visitor;
}

async function somebody(role: 'viewer' | 'admin' | 'owner' = 'viewer', app: TestApp = test): Promise<Somebody> {
  const email = `p-${uuid7().slice(-10)}@own.test`;
  const { id } = await createUser(app.core, app.caller, { email, role, password: PASSWORD });
  const visitor = new Visitor(app);
  expect((await visitor.logIn(email, PASSWORD)).status).toBe(200);
  return { id, email, visitor };
}

/** The code of a moment; `steps` of thirty seconds away from now. */
function codeOf(secret: string, steps = 0): string {
  const totp = new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 });
  return totp.generate({ timestamp: Date.now() + steps * 30_000 });
}

/** Not at the end of thirty seconds: a code of the step before would be too old on arrival. */
async function earlyInStep(): Promise<void> {
  const left = 30_000 - (Date.now() % 30_000);
  if (left < 10_000) await delay(left + 50);
}

/** Sets an authenticator app up, and makes its codes count from the start again. */
async function enrolApp({ visitor, id }: Somebody): Promise<{ secret: string; recoveryCodes: string[] | null }> {
  const { secret } = (await visitor.call('POST', '/api/auth/totp')).body;
  const done = await visitor.call('POST', '/api/auth/totp/confirm', { code: codeOf(secret) });
  expect(done.status).toBe(200);
  await forgetSteps(id);
  return { secret, recoveryCodes: done.body.recoveryCodes };
}

const forgetSteps = (userId: string) =>
  test.database.pool.query('update totp_secrets set last_step = null where user_id = $1', [userId]);

async function ticketOf(visitor: Visitor, email: string): Promise<string> {
  const due = await visitor.logIn(email, PASSWORD);
  expect(due).toMatchObject({ status: 200, body: { ticket: expect.any(String) } });
  expect(due.headers['set-cookie']).toBeUndefined();
  return due.body.ticket;
}

const finish = (visitor: Visitor, body: object) => visitor.call('POST', '/api/auth/login/second-factor', body);

describe('an authenticator app', () => {
  it('counts only once a code has confirmed it, is sealed at rest, and ends sessions elsewhere', async () => {
    const ann = await somebody();
    const elsewhere = new Visitor(test);
    await elsewhere.logIn(ann.email, PASSWORD);
    const begun = await ann.visitor.call('POST', '/api/auth/totp');
    expect(begun.body.uri).toMatch(/^otpauth:\/\/totp\/Postrider:.*secret=/);
    expect((await new Visitor(test).logIn(ann.email, PASSWORD)).body.ticket).toBeUndefined();
    const { rows } = await test.database.pool.query('select secret from totp_secrets where user_id = $1', [ann.id]);
    expect(rows[0].secret.toString('latin1')).not.toContain(begun.body.secret);
    expect((await ann.visitor.call('POST', '/api/auth/totp/confirm', { code: '000000' })).status).toBe(422);
    const before = ann.visitor.cookie;
    const done = await ann.visitor.call('POST', '/api/auth/totp/confirm', { code: codeOf(begun.body.secret) });
    expect(done.body.recoveryCodes).toHaveLength(10);
    expect(await elsewhere.isLoggedIn()).toBe(false);
    expect((await test.inject({ url: '/api/auth/me', headers: { cookie: before } })).statusCode).toBe(401);
    expect((await ann.visitor.call('GET', '/api/auth/me')).body.secondFactor).toMatchObject({
      enrolled: true,
      totp: true,
      recoveryCodes: 10,
      due: false,
    });
    expect((await ann.visitor.call('POST', '/api/auth/totp')).status).toBe(409);
  });

  it('is asked for after the password; a code is taken one step early or late, and never twice', async () => {
    const ann = await somebody();
    const { secret } = await enrolApp(ann);
    const visitor = new Visitor(test);
    const ticket = await ticketOf(visitor, ann.email);
    await earlyInStep();
    expect(await finish(visitor, { ticket, totp: codeOf(secret, 3) })).toMatchObject({ status: 401 });
    expect(await finish(visitor, { ticket, totp: codeOf(secret, -1) })).toMatchObject({
      status: 200,
      body: { user: { email: ann.email } },
    });
    expect(await visitor.isLoggedIn()).toBe(true);
    // The ticket is used up.
    expect(await finish(visitor, { ticket, totp: codeOf(secret, 1) })).toMatchObject({ status: 410 });
    await forgetSteps(ann.id);
    const code = codeOf(secret);
    const tickets = [await ticketOf(new Visitor(test), ann.email), await ticketOf(new Visitor(test), ann.email)];
    const both = await Promise.all(tickets.map((each) => finish(new Visitor(test), { ticket: each, totp: code })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    const late = await ticketOf(new Visitor(test), ann.email);
    expect((await finish(new Visitor(test), { ticket: late, totp: codeOf(secret, -1) })).status).toBe(401);
  });

  it('is guessed five times a login, ten times a quarter of an hour, and no more', async () => {
    const ann = await somebody();
    const { secret } = await enrolApp(ann);
    const wrong = codeOf(secret, 40);
    const ticket = await ticketOf(new Visitor(test), ann.email);
    const guess = async (own: string) => (await finish(new Visitor(test), { ticket: own, totp: wrong })).status;
    for (let i = 0; i < 5; i++) expect(await guess(ticket)).toBe(401);
    expect(await guess(ticket)).toBe(410);
    const second = await ticketOf(new Visitor(test), ann.email);
    for (let i = 0; i < 5; i++) expect(await guess(second)).toBe(401);
    const third = await ticketOf(new Visitor(test), ann.email);
    expect((await finish(new Visitor(test), { ticket: third, totp: codeOf(secret) })).status).toBe(429);
  });

  it('is removed only by who proved lately who they are', async () => {
    const ann = await somebody();
    const { secret } = await enrolApp(ann);
    await test.database.pool.query(
      `update sessions set confirmed_at = now() - interval '31 minutes' where user_id = $1`,
      [ann.id],
    );
    for (const [method, url] of [
      ['DELETE', '/api/auth/totp'],
      ['POST', '/api/auth/recovery-codes'],
      ['POST', '/api/auth/passkeys/options'],
    ] as const)
      expect(await ann.visitor.call(method, url)).toMatchObject({
        status: 403,
        body: { code: 'CONFIRMATION_REQUIRED' },
      });
    expect((await ann.visitor.call('POST', '/api/auth/confirm', { password: 'not it' })).status).toBe(422);
    expect((await ann.visitor.call('POST', '/api/auth/confirm', { totp: codeOf(secret) })).status).toBe(204);
    expect((await ann.visitor.call('DELETE', '/api/auth/totp')).status).toBe(204);
    expect((await new Visitor(test).logIn(ann.email, PASSWORD)).body.user.email).toBe(ann.email);
    expect((await ann.visitor.call('GET', '/api/auth/me')).body.secondFactor).toMatchObject({ recoveryCodes: 0 });
  });
});

describe('recovery codes', () => {
  it('let in once each, however they are typed, and are replaced together', async () => {
    const ann = await somebody();
    const { recoveryCodes } = await enrolApp(ann);
    const [first = '', second = ''] = recoveryCodes ?? [];
    expect(new Set(recoveryCodes).size).toBe(10);
    const use = async (recoveryCode: string) => {
      const visitor = new Visitor(test);
      return (await finish(visitor, { ticket: await ticketOf(visitor, ann.email), recoveryCode })).status;
    };
    expect(await use(first.toLowerCase().replaceAll('-', ' '))).toBe(200);
    expect(await use(first)).toBe(401);
    const renewed = await ann.visitor.call('POST', '/api/auth/recovery-codes');
    expect(renewed.body.recoveryCodes).toHaveLength(10);
    expect(await use(second)).toBe(401);
    expect(await use(renewed.body.recoveryCodes[9])).toBe(200);
    const { rows } = await test.database.pool.query('select code_hash from recovery_codes where user_id = $1', [
      ann.id,
    ]);
    expect(rows).toHaveLength(9);
    expect((await new Visitor(test).call('POST', '/api/auth/recovery-codes')).status).toBe(401);
  });
});

describe('passkeys', () => {
  async function enrolPasskey({ visitor }: Somebody, name = 'Laptop', key = new Authenticator(ORIGIN)) {
    const { ticket, options } = (await visitor.call('POST', '/api/auth/passkeys/options')).body;
    const done = await visitor.call('POST', '/api/auth/passkeys', { ticket, name, response: key.create(options) });
    expect(done).toMatchObject({ status: 201, body: { passkey: { name } } });
    return { key, ...done.body };
  }
  const begin = async () => (await new Visitor(test).call('POST', '/api/auth/login/passkey-options')).body;

  it('are enrolled with names, several of them, and the first brings recovery codes', async () => {
    const ann = await somebody();
    const first = await enrolPasskey(ann);
    expect(first.recoveryCodes).toHaveLength(10);
    const second = await enrolPasskey(ann, 'Phone');
    expect(second.recoveryCodes).toBeNull();
    const renamed = await ann.visitor.call('PATCH', `/api/auth/passkeys/${second.passkey.id}`, { name: 'Old phone' });
    expect(renamed.body.name).toBe('Old phone');
    expect((await ann.visitor.call('GET', '/api/auth/passkeys')).body.items).toMatchObject([
      { name: 'Laptop' },
      { name: 'Old phone' },
    ]);
    const bob = await somebody();
    expect((await bob.visitor.call('DELETE', `/api/auth/passkeys/${second.passkey.id}`)).status).toBe(404);
    expect((await ann.visitor.call('DELETE', `/api/auth/passkeys/${second.passkey.id}`)).status).toBe(204);
    const { options } = (await ann.visitor.call('POST', '/api/auth/passkeys/options')).body;
    expect(options).toMatchObject({
      rp: { id: 'localhost' },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [{ id: first.key.credentialId }],
    });
  });

  it('are refused when made for another page or challenge, a challenge counts once, and only for who asked', async () => {
    const ann = await somebody();
    const bob = await somebody();
    const key = new Authenticator(ORIGIN);
    const ask = async () => (await ann.visitor.call('POST', '/api/auth/passkeys/options')).body;
    const send = (who: Somebody, ticket: string, response: object) =>
      who.visitor.call('POST', '/api/auth/passkeys', { ticket, name: 'x', response });
    for (const fault of [
      { origin: 'http://evil.test' },
      { challenge: Buffer.from('another').toString('base64url') },
      { rpId: 'evil.test' },
      { unverified: true },
    ]) {
      const { ticket, options } = await ask();
      expect((await send(ann, ticket, key.create(options, fault))).status, JSON.stringify(fault)).toBe(422);
      expect((await send(ann, ticket, key.create(options))).status).toBe(410);
    }
    const { ticket, options } = await ask();
    expect((await send(bob, ticket, key.create(options))).status).toBe(410);
    expect((await ann.visitor.call('GET', '/api/auth/passkeys')).body.items).toEqual([]);
  });

  it('log in alone, without a password, and nothing but the right answer does', async () => {
    const ann = await somebody();
    const { key } = await enrolPasskey(ann);
    const use = async (faults = {}) => {
      const { ticket, options } = await begin();
      const visitor = new Visitor(test);
      const answer = await visitor.call('POST', '/api/auth/login/passkey', {
        ticket,
        response: key.get(options, faults),
      });
      return { ...answer, visitor, ticket };
    };
    const done = await use();
    expect(done).toMatchObject({ status: 200, body: { user: { email: ann.email } } });
    expect(await done.visitor.isLoggedIn()).toBe(true);
    const { options } = await begin();
    const again = { ticket: done.ticket, response: key.get(options) };
    expect((await done.visitor.call('POST', '/api/auth/login/passkey', again)).status).toBe(410);
    for (const faults of [
      { origin: 'http://evil.test' },
      { rpId: 'evil.test' },
      { challenge: 'AAAA' },
      { wrongKey: true },
      { unverified: true },
      { counter: 1 }, // a copy of the authenticator that is behind
    ])
      expect((await use(faults)).status, JSON.stringify(faults)).toBe(401);
    expect((await use({ counter: 1000 })).status).toBe(200);
    const stranger = new Authenticator(ORIGIN);
    const asked = await begin();
    stranger.create({ challenge: 'x', rp: { id: 'localhost' }, user: { id: 'x' } });
    const body = { ticket: asked.ticket, response: stranger.get(asked.options) };
    expect((await new Visitor(test).call('POST', '/api/auth/login/passkey', body)).status).toBe(401);
  });

  it('are a second factor behind the password, each for its own person', async () => {
    const ann = await somebody();
    const { key } = await enrolPasskey(ann);
    const bob = await somebody();
    const { key: other } = await enrolPasskey(bob);
    const visitor = new Visitor(test);
    const due = (await visitor.logIn(ann.email, PASSWORD)).body;
    expect(due.secondFactor).toEqual(['passkey', 'recovery']);
    const ask = async () =>
      (await visitor.call('POST', '/api/auth/login/passkey-options', { ticket: due.ticket })).body.options;
    const options = await ask();
    expect(options.allowCredentials).toMatchObject([{ id: key.credentialId }]);
    expect((await finish(visitor, { ticket: due.ticket, passkey: other.get(options) })).status).toBe(401);
    const stale = key.get(options); // the challenge was used up by that
    expect((await finish(visitor, { ticket: due.ticket, passkey: stale })).status).toBe(401);
    expect((await finish(visitor, { ticket: due.ticket, passkey: key.get(await ask()) })).status).toBe(200);
    const again = (await visitor.logIn(ann.email, PASSWORD)).body.ticket;
    const { body } = await visitor.call('POST', '/api/auth/login/passkey-options', { ticket: again });
    const done = await finish(visitor, { ticket: again, passkey: key.get(body.options, { unverified: true }) });
    expect(done).toMatchObject({ status: 200, body: { user: { email: ann.email } } });
  });
});

describe('a workspace that asks everybody for a second factor', () => {
  it('lets who has none do nothing but set one up, and nobody take their last away', async () => {
    const strict = await openTestApp();
    const owner = await somebody('owner', strict);
    const member = await somebody('admin', strict);
    const ask = (value: boolean | null) => owner.visitor.call('PATCH', '/api/settings', { requireSecondFactor: value });
    expect(await ask(true)).toMatchObject({ status: 422, body: { errors: [{ path: 'requireSecondFactor' }] } });
    const { secret } = (await owner.visitor.call('POST', '/api/auth/totp')).body;
    await owner.visitor.call('POST', '/api/auth/totp/confirm', { code: codeOf(secret) });
    expect(await ask(true)).toMatchObject({ status: 200, body: { requireSecondFactor: true } });
    expect(await member.visitor.call('GET', '/api/campaigns')).toMatchObject({
      status: 403,
      body: { code: 'SECOND_FACTOR_REQUIRED' },
    });
    expect((await member.visitor.call('GET', '/api/auth/me')).body.secondFactor).toMatchObject({
      required: true,
      due: true,
    });
    expect((await strict.as('editor')('GET', '/api/campaigns')).status).toBe(200); // a key
    const own = (await member.visitor.call('POST', '/api/auth/totp')).body.secret;
    await member.visitor.call('POST', '/api/auth/totp/confirm', { code: codeOf(own) });
    expect((await member.visitor.call('GET', '/api/campaigns')).status).toBe(200);
    expect(await member.visitor.call('DELETE', '/api/auth/totp')).toMatchObject({
      status: 403,
      body: { code: 'SECOND_FACTOR_REQUIRED' },
    });
    expect((await ask(null)).status).toBe(200);
    expect((await member.visitor.call('DELETE', '/api/auth/totp')).status).toBe(204);
    await strict.close();
  });
});
