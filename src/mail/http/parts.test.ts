import { describe, expect, it } from 'vitest';
import { mailboxText } from './json-parts.ts';
import { readFailure } from './read-answer.ts';
import { referenceOfTag, tagOfReference } from './reference-tag.ts';
import { rateWaitMs, retryAfterMs } from './wait-headers.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

describe('what providers say about waiting', () => {
  it('is read from Retry-After, in seconds or as a date, and is a day at most', () => {
    expect(retryAfterMs({ 'retry-after': '3' }, NOW)).toBe(3000);
    expect(retryAfterMs({ 'retry-after': 'Sun, 22 Nov 2026 12:01:00 GMT' }, NOW)).toBe(60_000);
    expect(retryAfterMs({ 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, NOW)).toBe(0);
    expect(retryAfterMs({ 'retry-after': '9999999' }, NOW)).toBe(86_400_000);
    expect(retryAfterMs({ 'retry-after': 'soon' }, NOW)).toBeNull();
    expect(retryAfterMs({}, NOW)).toBeNull();
  });

  it('is read from rate headers when nothing is left, whichever clock their reset goes by', () => {
    expect(rateWaitMs({ 'ratelimit-remaining': '0', 'ratelimit-reset': '2' }, NOW)).toBe(2000);
    const seconds = String(NOW / 1000 + 5);
    expect(rateWaitMs({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds }, NOW)).toBe(5000);
    expect(rateWaitMs({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW + 700) }, NOW)).toBe(700);
    expect(rateWaitMs({ 'ratelimit-remaining': '1', 'ratelimit-reset': '2' }, NOW)).toBeNull();
    expect(rateWaitMs({ 'ratelimit-remaining': '0' }, NOW)).toBeNull();
  });
});

describe('answers that are no success', () => {
  const answer = (status: number, body = '') => ({ status, headers: {}, body, tls: null });
  const said = { code: null, text: 'no' };

  it('prove nothing when they are 5yz, a redirect, or about a request that did not arrive whole', () => {
    for (const status of [301, 302, 307, 408, 499, 500, 502, 503, 504])
      expect(readFailure(answer(status), said, []).kind, String(status)).toBe('unclear');
  });

  it('are a no of the provider when they are 4yz in its words, and of somebody else when they are not', () => {
    expect(readFailure(answer(422), said, [])).toMatchObject({ kind: 'refused', class: { name: 'refused' } });
    expect(readFailure(answer(403, '<h1>Blocked</h1>'), null, [])).toEqual({
      kind: 'not-the-api',
      text: '403 Blocked',
    });
    for (const [status, name] of [
      [401, 'auth-failed'],
      [413, 'message-too-large'],
      [429, 'account-rate'],
    ] as const)
      expect(readFailure(answer(status), null, [])).toMatchObject({ kind: 'refused', class: { name } });
  });
});

it('a reference comes back from a tag as it was', () => {
  const reference = '0123456789abcdef.00ff';
  expect(tagOfReference(reference)).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(referenceOfTag(tagOfReference(reference))).toBe(reference);
});

it('names that are more than words are quoted', () => {
  expect(mailboxText({ address: 'a@b.test' })).toBe('a@b.test');
  expect(mailboxText({ name: 'Zoë Müller', address: 'a@b.test' })).toBe('Zoë Müller <a@b.test>');
  expect(mailboxText({ name: 'Joe "X" <a>, jr', address: 'a@b.test' })).toBe('"Joe \\"X\\" <a>, jr" <a@b.test>');
});
