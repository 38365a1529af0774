import { describe, expect, it } from 'vitest';
import { isTooOld, nextAttemptAt, type RetrySettings, retryPolicy } from './retry-policy.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const seconds = (attempt: number, given: RetrySettings | null = null, className = 'deferred', random = 0) => {
  const due = nextAttemptAt(retryPolicy(given), { attempt, className, now: NOW, since: NOW }, () => random);
  return due && (due.getTime() - NOW.getTime()) / 1000;
};

describe('the retry policy', () => {
  it('tries again after 5, 15 and 45 minutes, and then no more', () => {
    expect([1, 2, 3, 4].map((attempt) => seconds(attempt))).toEqual([300, 900, 2700, null]);
  });

  it('tries as often as pauses are named', () => {
    const given = { delaysSeconds: [300, 900, 2700, 8100] };
    expect([1, 4, 5].map((attempt) => seconds(attempt, given))).toEqual([300, 8100, null]);
    expect([1, 2].map((attempt) => seconds(attempt, { delaysSeconds: [7] }))).toEqual([7, null]);
  });

  it('spreads attempts over a tenth more of the pause', () => {
    expect(seconds(1, null, 'deferred', 0.5)).toBe(315);
    expect(seconds(1, null, 'deferred', 1)).toBe(330);
  });

  it('gives up what would come after the longest time, counted from when it was first put off', () => {
    const policy = retryPolicy({ maxAgeSeconds: 1000 });
    const refusal = { attempt: 2, className: 'deferred', now: NOW };
    expect(nextAttemptAt(policy, { ...refusal, since: NOW }, () => 0)).not.toBeNull();
    expect(nextAttemptAt(policy, { ...refusal, since: new Date(NOW.getTime() - 101_000) }, () => 0)).toBeNull();
    expect(isTooOld(policy, NOW, new Date(NOW.getTime() + 1_000_000))).toBe(false);
    expect(isTooOld(policy, NOW, new Date(NOW.getTime() + 1_000_001))).toBe(true);
  });

  it('gives a greylisting server 5 to 30 minutes, whatever was asked for', () => {
    const hasty = { delaysSeconds: [1, 1, 7200] };
    expect([1, 2, 3].map((attempt) => seconds(attempt, hasty, 'greylisted'))).toEqual([300, 300, 1800]);
    expect([1, 2, 3].map((attempt) => seconds(attempt, null, 'greylisted'))).toEqual([300, 900, 1800]);
    expect(seconds(1, hasty)).toBe(1);
  });
});
