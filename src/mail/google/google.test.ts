import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeServiceAccount } from '../../../bench/providers/fake-google-key.ts';
import { signAssertion } from './assertion.ts';
import { explainRefusal } from './explain-refusal.ts';
import { googleRefusal } from './google-refusal.ts';
import { sendAs } from './send-as.ts';
import { readServiceAccountKey } from './service-account-key.ts';

const account = makeServiceAccount();
const file = JSON.parse(account.json) as Record<string, string>;
const pem = (type: 'ec' | 'rsa') =>
  type === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
    : 'MIIEvg';

describe('the key of a service account', () => {
  it.each([
    ['text', 'hello', /is not JSON/],
    ['a list', '[]', /is not JSON/],
    ['an OAuth client', '{"installed":{}}', /of type null, not "service_account"/],
    ['another type', JSON.stringify({ ...file, type: 'authorized_user' }), /authorized_user/],
    ['no address', JSON.stringify({ ...file, client_email: '' }), /has no client_email/],
    ['another token endpoint', JSON.stringify({ ...file, token_uri: 'https://evil.test/token' }), /token_uri/],
    ['no PEM', JSON.stringify({ ...file, private_key: pem('rsa') }), /cannot be read/],
    ['an EC key', JSON.stringify({ ...file, private_key: pem('ec') }), /of type ec: Google makes RSA keys/],
  ])('is refused when it is %s, in words that hold nothing of it', (_, text, words) => {
    expect(() => readServiceAccountKey(text)).toThrow(words);
    expect(() => readServiceAccountKey(text)).toThrow(/^serviceAccountKey /);
    expect(() => readServiceAccountKey(text)).not.toThrow(/BEGIN PRIVATE KEY-----\n/);
  });

  it('signs what it claims, for less than an hour', () => {
    const now = Date.parse('2026-11-23T10:00:00Z');
    const assertion = signAssertion(readServiceAccountKey(account.json), 'ada@acme.test', 'scope', now);
    const [header = '', claims = '', signature = ''] = assertion.split('.');
    const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, number>;
    expect(decode(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: file.private_key_id });
    expect(decode(claims)).toMatchObject({
      iss: account.clientEmail,
      sub: 'ada@acme.test',
      scope: 'scope',
      aud: file.token_uri,
    });
    const { iat = 0, exp = 0 } = decode(claims);
    expect(iat * 1000).toBeLessThanOrEqual(now);
    expect(exp - iat).toBeLessThanOrEqual(3600);
    const signed = Buffer.from(`${header}.${claims}`);
    expect(verify('RSA-SHA256', signed, account.publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });
});

describe('a refused token', () => {
  const asked = { clientId: '42', subject: 'ada@acme.test', scope: 'https://scope' };
  it.each([
    ['invalid_grant', 'Invalid JWT Signature.', 'auth-failed', /make a new one/],
    ['invalid_grant', 'Invalid grant: account not found', 'auth-failed', /make a new one/],
    [
      'invalid_grant',
      'Token must be a short-lived token (60 minutes) and in a reasonable timeframe',
      'token-unavailable',
      /clock/,
    ],
    ['invalid_grant', 'Invalid email or User ID', 'user-unavailable', /ada@acme\.test does not exist/],
    [
      'unauthorized_client',
      'Client is unauthorized',
      'delegation-missing',
      /client ID 42 for the scope https:\/\/scope/,
    ],
    ['something_new', '', 'auth-failed', /something_new/],
  ])('%s (%s) is %s', (error, description, name, words) => {
    const explained = explainRefusal({ status: 400, error, description }, asked);
    expect(explained.replyClass.name).toBe(name);
    expect(explained.message).toMatch(words);
  });
});

describe('a message sent as a user', () => {
  const raw = (head: string) => Buffer.from(`${head}Subject: Hi\r\n\r\nFrom: body\r\n`, 'latin1');
  const asAda = (head: string) => sendAs(raw(head), 'ada@acme.test').toString('latin1');

  it('keeps its name, and has answers go to the address that it was from', () => {
    expect(asAda('From: "Acme, News" <news@acme.test>\r\n')).toBe(
      'From: "Acme, News" <ada@acme.test>\r\nReply-To: "Acme, News" <news@acme.test>\r\nSubject: Hi\r\n\r\nFrom: body\r\n',
    );
  });

  it('keeps a Reply-To, an address alone, and a From that goes over several lines', () => {
    expect(asAda('From: news@acme.test\r\nReply-To: x@acme.test\r\n')).toContain('From: ada@acme.test\r\nReply-To: x@');
    const folded = asAda('From: =?utf-8?q?Z=C3=B6e?=\r\n =?utf-8?q?_B?= <news@acme.test>\r\n');
    expect(folded).toContain('From: =?utf-8?q?Z=C3=B6e?=\r\n =?utf-8?q?_B?= <ada@acme.test>\r\nReply-To:');
  });

  it('is left alone when it is from that user', () => {
    expect(asAda('From: Ada <Ada@acme.test>\r\n')).toContain('From: Ada <Ada@acme.test>\r\nSubject');
  });
});

describe('an error of Google', () => {
  it('says how long to wait in its words', () => {
    const at = new Date(Date.now() + 60_000).toISOString();
    const message = `User-rate limit exceeded.  Retry after ${at}`;
    const body = JSON.stringify({ error: { code: 429, message, errors: [{ reason: 'userRateLimitExceeded' }] } });
    const refusal = googleRefusal(body);
    expect(refusal).toMatchObject({ code: 'userRateLimitExceeded', text: message });
    expect(refusal?.retryAfterMs).toBeGreaterThan(50_000);
    expect(googleRefusal('<html>')).toBeNull();
  });
});
