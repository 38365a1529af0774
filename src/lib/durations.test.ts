import { expect, test } from 'vitest';
import { Durations } from './durations.ts';

test('durations are counted under the smallest bound that they are not above, and handed on once', () => {
  const durations = new Durations();
  for (const ms of [0.2, 1, 1.1, 40, 500_000]) durations.observe('message', ms);
  durations.observe('gate', 7);
  expect(durations.drain()).toEqual([
    { operation: 'message', uptoMs: 1, observations: 2, sumMs: 1.2 },
    { operation: 'message', uptoMs: 2.5, observations: 1, sumMs: 1.1 },
    { operation: 'message', uptoMs: 50, observations: 1, sumMs: 40 },
    { operation: 'message', uptoMs: Number.POSITIVE_INFINITY, observations: 1, sumMs: 500_000 },
    { operation: 'gate', uptoMs: 10, observations: 1, sumMs: 7 },
  ]);
  expect(durations.drain()).toEqual([]);
});

test('work that fails is timed as well, and fails all the same', async () => {
  const durations = new Durations();
  await expect(durations.time('record', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(durations.drain()).toMatchObject([{ operation: 'record', observations: 1 }]);
});
