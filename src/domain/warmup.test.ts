import { describe, expect, it } from 'vitest';
import { windowsOf, withBuffer, withWarmup } from './permit-window.ts';
import { USUAL_WARMUP, type Warmup, warmupAllows, warmupDay } from './warmup.ts';

const DAY = 86_400_000;
const startedAt = '2026-11-01T08:00:00.000Z';
const start = Date.parse(startedAt);
const usual: Warmup = { ...USUAL_WARMUP, startedAt };

describe('a warm-up', () => {
  it('allows more every 24 hours, and stays at its target', () => {
    const allowed = Array.from({ length: 25 }, (_, day) => warmupAllows(usual, start + day * DAY));
    expect(allowed.slice(0, 5)).toEqual([50, 65, 84, 109, 142]);
    expect(allowed.indexOf(10_000)).toBe(21);
    expect(allowed.at(-1)).toBe(10_000);
    expect(allowed).toEqual(allowed.toSorted((a, b) => a - b));
  });

  it('counts whole days from its first moment on, and the time before it as the first', () => {
    expect([-5 * DAY, 0, DAY - 1, DAY, 2.5 * DAY].map((after) => warmupDay(usual, start + after))).toEqual([
      1, 1, 1, 2, 3,
    ]);
    const even: Warmup = { startPerDay: 10, growthPercent: 10, targetPerDay: 99, startedAt };
    expect(warmupAllows(even, start + DAY)).toBe(11); // not 10 for an error of rounding
  });

  it('never allows more than the limit of the account, and takes the place of its window of a day', () => {
    const limits = windowsOf({ perHour: 30, perDay: 60 });
    const early = withWarmup(limits, usual, start);
    expect(early.map(({ name, allowed }) => [name, allowed])).toEqual([
      ['limit per hour', 30],
      ['warm-up limit of the day', 50],
    ]);
    const [, late] = withWarmup(limits, usual, start + DAY);
    expect(late).toMatchObject({ name: 'limit per day', allowed: 60 });
    expect(withWarmup(limits, null, start)).toEqual(limits);
    const [, buffered] = withBuffer(early, 20);
    expect([buffered?.allowed, buffered?.allowedAt?.(start + DAY)]).toEqual([40, 48]);
  });
});
