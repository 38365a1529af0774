import { describe, expect, it } from 'vitest';
import { type AlertRule, DEFAULT_RULES, errorRateOf, judge, nextDeliveryMs } from './alert-rules.ts';

const RULE: AlertRule = { enabled: true, raiseAt: 10, clearAt: 5, forSeconds: 60 };
const NOW = 1_000_000;
const CALM = { isOpen: false, since: null };
const OPEN = { isOpen: true, since: null };

describe('an alert rule', () => {
  it('raises only after the value was at the threshold for the whole time', () => {
    expect(judge(RULE, CALM, 10, NOW)).toBe('wait');
    expect(judge(RULE, { isOpen: false, since: NOW - 59_999 }, 10, NOW)).toBe('wait');
    expect(judge(RULE, { isOpen: false, since: NOW - 60_000 }, 10, NOW)).toBe('raise');
    expect(judge({ ...RULE, forSeconds: 0 }, CALM, 10, NOW)).toBe('raise');
  });

  it('neither raises nor clears between its thresholds, and begins to wait anew', () => {
    expect(judge(RULE, { isOpen: false, since: NOW - 300_000 }, 9.9, NOW)).toBe('rest');
    expect(judge(RULE, OPEN, 9.9, NOW)).toBe('keep');
    expect(judge(RULE, OPEN, 5, NOW)).toBe('clear');
  });

  it('that is switched off clears what is open and raises nothing', () => {
    const off = { ...RULE, enabled: false };
    expect(judge(off, OPEN, 100, NOW)).toBe('clear');
    expect(judge(off, { isOpen: false, since: 0 }, 100, NOW)).toBe('rest');
  });

  it('has defaults whose thresholds lie apart', () => {
    for (const rule of Object.values(DEFAULT_RULES)) expect(rule.clearAt).toBeLessThan(rule.raiseAt);
  });
});

it('a rate of errors needs enough messages to mean anything', () => {
  expect(errorRateOf(9, 10)).toBe(0);
  expect(errorRateOf(25, 100)).toBe(0.25);
});

it('telling somebody is tried seven times, with growing pauses', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7].map((attempts) => nextDeliveryMs(attempts));
  expect(pauses).toEqual([10_000, 30_000, 120_000, 600_000, 3_600_000, 21_600_000, null]);
});
