import { expect, it } from 'vitest';
import { emptyCounts, expectedOf, progressOf } from './recipient-state.ts';

const counts = (pending: number, sent: number) => ({ ...emptyCounts(), pending, sent });

it.each<[string, number, number, number | null, number]>([
  ['nothing of nothing', 0, 0, null, 0],
  ['nothing before the first row is written', 0, 0, 1000, 0],
  ['what is sent of what is written', 500, 500, null, 50],
  ['what is sent of what is expected', 0, 500, 1000, 50],
  ['what is sent of what is written where more came than were expected', 600, 600, 1000, 50],
  ['not all, while more may come', 0, 1000, 1000, 99.9],
  ['not all, while one is open', 1, 99_999, null, 99.9],
  ['all', 0, 1000, null, 100],
])('progress is %s', (_what, pending, sent, expected, progress) => {
  expect(progressOf(counts(pending, sent), expected)).toBe(progress);
});

it('expects a number only until the audience is written out', () => {
  expect(expectedOf({ expandedAt: null, expectedTotal: 1000 })).toBe(1000);
  expect(expectedOf({ expandedAt: null, expectedTotal: null })).toBe(0);
  expect(expectedOf({ expandedAt: new Date(), expectedTotal: 1000 })).toBeNull();
  expect(expectedOf(undefined)).toBeNull();
});
