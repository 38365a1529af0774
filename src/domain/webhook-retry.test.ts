import { expect, test } from 'vitest';
import { nextTryMs, readRetryAfter } from './webhook-retry.ts';

test('ten attempts take a little more than three days, and never more than a fifth longer', () => {
  const total = (random: number) =>
    Array.from({ length: 9 }, (_, i) => nextTryMs(i + 1, null, random) ?? 0).reduce((sum, ms) => sum + ms, 0) /
    86_400_000;
  expect(total(0)).toBeCloseTo(3.15, 2);
  expect(total(1)).toBeCloseTo(3.15 * 1.2, 2);
  expect(nextTryMs(1, null, 0)).toBe(5000);
  expect(nextTryMs(10, null, 0)).toBeNull();
});

test('an endpoint is left alone for as long as it asks, up to a day', () => {
  expect(nextTryMs(1, 60_000, 0)).toBe(60_000);
  expect(nextTryMs(2, 1000, 0)).toBe(300_000);
  expect(nextTryMs(1, 90 * 86_400_000, 0)).toBe(86_400_000);
});

test('Retry-After is seconds or a date', () => {
  const now = new Date('2030-01-01T00:00:00Z');
  expect(readRetryAfter('120', now)).toBe(120_000);
  expect(readRetryAfter('Tue, 01 Jan 2030 00:01:00 GMT', now)).toBe(60_000);
  expect(readRetryAfter('Mon, 31 Dec 2029 00:00:00 GMT', now)).toBe(0);
  expect(readRetryAfter('soon', now)).toBeNull();
  expect(readRetryAfter(undefined, now)).toBeNull();
});
