import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openTestApp, type TestApp } from '../../test/helpers/app.ts';
import { type Claims, OidcProvider } from '../../test/helpers/oidc-provider.ts';
import { Visitor } from '../../test/helpers/visitor.ts';
import type { OidcSettings } from '../core/oidc.ts';
import { createUser } from '../core/users.ts';
import { uuid7 } from '../lib/uuid7.ts';

// Each starts servers, or hashes passwords.
vi.setConfig({ testTimeout: 90_000 });

let provider: OidcProvider;
let test: TestApp;

beforeAll(async () => {
  provider = await OidcProvider.start();
  test = await openTestApp({ oidc: settings(null) });
});
afterAll(async () => {
  await test.close();
  await provider.stop();
});

function settings(role: OidcSettings['role']): OidcSettings {
  const { issuer, clientId, clientSecret } = provider;
  return { issuer, clientId, clientSecret, name: 'Acme ID', role };
}

/** To the provider and back, as a browser goes. Answers where it lands. */
async function goThrough(
  visitor: Visitor,
  claims: Claims,
  change: (query: string) => string = (query) => query,
): Promise<string> {
  provider.claims = claims;
  const start = await visitor.call('GET', '/api/auth/oidc/start');
  expect(start.status).toBe(302);
  const query = await provider.authorize(String(start.headers.location));
  const back = await visitor.call('GET', `/api/auth/oidc/callback?${change(query)}`);
  expect(back.status).toBe(302);
  return String(back.headers.location);
}

const verified = (email: string, sub: string = uuid7()): Claims => ({ sub, email, email_verified: true, name: 'Ada' });
const member = (email: string) =>
  createUser(test.core, test.caller, { email, role: 'editor', password: 'correct horse battery' });

describe('login by OpenID Connect', () => {
  it('asks the provider with state, nonce and PKCE, and keeps what belongs to them here', async () => {
    const visitor = new Visitor(test);
    expect((await visitor.call('GET', '/api/auth/methods')).body).toMatchObject({ oidc: { name: 'Acme ID' } });
    const { headers } = await visitor.call('GET', '/api/auth/oidc/start');
    const asked = new URL(String(headers.location));
    expect(asked.origin).toBe(provider.issuer);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: 'code',
      redirect_uri: 'http://localhost:3000/api/auth/oidc/callback',
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      state: expect.stringMatching(/.{20}/),
      nonce: expect.stringMatching(/.{20}/),
    });
    expect(headers['set-cookie']).toMatch(
      /^postrider_oidc=[\w-]{43}; Max-Age=600; Path=\/api\/auth\/oidc; HttpOnly; SameSite=Lax/,
    );
  });

  it('lets a member in by the address that the provider has verified, and by subject from then on', async () => {
    const { id } = await member('Ada@own.test');
    const visitor = new Visitor(test);
    expect(await goThrough(visitor, verified('ada@OWN.test', 'subject-of-ada'))).toBe('/');
    expect((await visitor.call('GET', '/api/auth/me')).body).toMatchObject({ user: { id }, role: 'editor' });
    const later = new Visitor(test);
    expect(await goThrough(later, verified('married@own.test', 'subject-of-ada'))).toBe('/');
    expect((await later.call('GET', '/api/auth/me')).body.user.id).toBe(id);
    // Somebody else has been given the address of before.
    expect(await goThrough(new Visitor(test), verified('ada@own.test', 'another-subject'))).toBe('/login#oidc=failed');
  });

  it.each<[string, Partial<Claims>, string]>([
    ['a wrong nonce', { nonce: 'of another login' }, 'failed'],
    ['a wrong audience', { aud: 'another-client' }, 'failed'],
    ['a wrong issuer', { iss: 'https://evil.test' }, 'failed'],
    ['an expired token', { exp: Math.floor(Date.now() / 1000) - 3600 }, 'failed'],
    ['an address that is not verified', { email_verified: false }, 'unverified'],
  ])('refuses %s', async (_what, wrong, reason) => {
    const email = `w-${uuid7().slice(-8)}@own.test`;
    await member(email);
    const visitor = new Visitor(test);
    expect(await goThrough(visitor, { ...verified(email), ...wrong })).toBe(`/login#oidc=${reason}`);
    expect(await visitor.isLoggedIn()).toBe(false);
  });

  it('refuses a wrong state, a code of another login, a forged signature, and a callback that is used twice', async () => {
    const email = `s-${uuid7().slice(-8)}@own.test`;
    await member(email);
    const claims = verified(email);
    const wrongState = (query: string) => query.replace(/state=[^&]*/, 'state=other');
    expect(await goThrough(new Visitor(test), claims, wrongState)).toBe('/login#oidc=failed');
    provider.wrongKey = true;
    expect(await goThrough(new Visitor(test), claims)).toBe('/login#oidc=failed');
    provider.wrongKey = false;
    // Somebody's own callback, opened in another person's browser.
    const attacker = await new Visitor(test).call('GET', '/api/auth/oidc/start');
    const query = await provider.authorize(String(attacker.headers.location));
    const victim = new Visitor(test);
    await victim.call('GET', '/api/auth/oidc/start');
    expect((await victim.call('GET', `/api/auth/oidc/callback?${query}`)).headers.location).toBe('/login#oidc=failed');
    expect((await new Visitor(test).call('GET', `/api/auth/oidc/callback?${query}`)).headers.location).toBe(
      '/login#oidc=expired',
    );
    const visitor = new Visitor(test);
    const { headers } = await visitor.call('GET', '/api/auth/oidc/start');
    const denied = await provider.authorize(String(headers.location), 'denied');
    expect((await visitor.call('GET', `/api/auth/oidc/callback?${denied}`)).headers.location).toBe(
      '/login#oidc=refused',
    );
  });

  it('lets nobody in who was not invited, makes an account of who was, and takes the address from userinfo', async () => {
    const email = `i-${uuid7().slice(-8)}@own.test`;
    expect(await goThrough(new Visitor(test), verified(email, 'sub-i'))).toBe('/login#oidc=unknown');
    const { rows } = await test.database.pool.query('select 1 from users where email = $1', [email]);
    expect(rows).toEqual([]);
    await test.call('POST', '/api/invitations', { email, role: 'viewer' });
    provider.userInfo = { email, email_verified: true };
    const visitor = new Visitor(test);
    expect(await goThrough(visitor, { sub: 'sub-i' })).toBe('/');
    provider.userInfo = {};
    expect((await visitor.call('GET', '/api/auth/me')).body).toMatchObject({
      user: { email, hasPassword: false },
      role: 'viewer',
    });
    expect((await new Visitor(test).logIn(email, 'anything at all')).status).toBe(401);
    const set = await visitor.call('POST', '/api/auth/password', { newPassword: 'several plain words' });
    expect(set.status).toBe(204);
    expect((await new Visitor(test).logIn(email, 'several plain words')).status).toBe(200);
  });

  it('asks for the second factor of who has one', async () => {
    const email = `t-${uuid7().slice(-8)}@own.test`;
    const { id } = await member(email);
    const visitor = new Visitor(test);
    await visitor.logIn(email, 'correct horse battery');
    const { secret } = (await visitor.call('POST', '/api/auth/totp')).body;
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    await visitor.call('POST', '/api/auth/totp/confirm', { code: totp.generate() });
    await test.database.pool.query('update totp_secrets set last_step = null where user_id = $1', [id]);
    const again = new Visitor(test);
    const landed = await goThrough(again, verified(email));
    const [, ticket] = /^\/login#ticket=([\w-]{43})&factors=totp,recovery$/.exec(landed) ?? [];
    expect(await again.isLoggedIn()).toBe(false);
    const body = { ticket, totp: totp.generate() };
    expect((await again.call('POST', '/api/auth/login/second-factor', body)).status).toBe(200);
  });

  it('lets anybody whom the provider knows in where a role is named for them', async () => {
    const open = await openTestApp({ oidc: settings('viewer') });
    provider.claims = verified('stranger@own.test');
    const visitor = new Visitor(open);
    const { headers } = await visitor.call('GET', '/api/auth/oidc/start');
    const query = await provider.authorize(String(headers.location));
    expect((await visitor.call('GET', `/api/auth/oidc/callback?${query}`)).headers.location).toBe('/');
    expect((await visitor.call('GET', '/api/auth/me')).body).toMatchObject({ role: 'viewer', user: { name: 'Ada' } });
    await open.close();
  });

  it('says that the provider does not answer', async () => {
    const gone = await OidcProvider.start();
    const { issuer } = gone;
    await gone.stop();
    const lost = await openTestApp({ oidc: { ...settings(null), issuer } });
    expect((await new Visitor(lost).call('GET', '/api/auth/oidc/start')).headers.location).toBe(
      '/login#oidc=unreachable',
    );
    await lost.close();
  });

  it('is not there where nothing is configured', async () => {
    const none = await openTestApp();
    expect((await new Visitor(none).call('GET', '/api/auth/methods')).body.oidc).toBeNull();
    expect((await new Visitor(none).call('GET', '/api/auth/oidc/start')).status).toBe(404);
    await none.close();
  });
});
