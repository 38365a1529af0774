import { expect, it } from 'vitest';
import { parseSuppression } from './suppression-key.ts';

const sha = 'A'.repeat(64);
const md5 = '0123456789abcdef0123456789ABCDEF';

it.each([
  [' Ada@Example.COM ', 'address', 'ada@example.com'],
  ['ada+news@münchen.example', 'address', 'ada+news@xn--mnchen-3ya.example'],
  ['example.com', 'domain', '@example.com'],
  ['@Example.com', 'domain', '@example.com'],
  ['*@example.com', 'domain', '@example.com'],
  ['*.example.com.', 'domain', '@example.com'],
  ['münchen.example', 'domain', '@xn--mnchen-3ya.example'],
  [sha, 'hash', `sha256:${sha.toLowerCase()}`],
  [`SHA-256:${sha}`, 'hash', `sha256:${sha.toLowerCase()}`],
  [md5, 'hash', `md5:${md5.toLowerCase()}`],
  [`md5:${md5}`, 'hash', `md5:${md5.toLowerCase()}`],
])('reads %j as %s', (text, kind, key) => {
  expect(parseSuppression(text)).toMatchObject({ ok: true, kind, key });
});

it.each(['', '  ', 'com', '@com', 'nobody', 'a b@c.example', 'ex ample.com', `${sha}0`, '127.0.0.1', 'a@b@', '#list'])(
  'refuses %j and says why',
  (text) => {
    expect(parseSuppression(text)).toMatchObject({ ok: false, reason: expect.stringMatching(/\w/) });
  },
);
