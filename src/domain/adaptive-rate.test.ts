import { describe, expect, it } from 'vitest';
import { cutRate, pauseAfterCutMs, rateAfter } from './adaptive-rate.ts';

describe('the rate of an account whose server asked to slow down', () => {
  it('is halved, grows by a twentieth of what it was every ten seconds, and is free again at twice that', () => {
    const cut = cutRate(1200, null);
    expect(rateAfter(cut, 0)).toBe(600);
    expect(rateAfter(cut, 9_999)).toBe(600);
    expect(rateAfter(cut, 10_000)).toBe(660);
    expect(rateAfter(cut, 100_000)).toBe(1200);
    expect(rateAfter(cut, 290_000)).toBe(2340);
    expect(rateAfter(cut, 300_000)).toBeNull();
  });

  it('is halved again from where it is, and grows as before', () => {
    const first = cutRate(1200, null);
    const second = cutRate(rateAfter(first, 20_000) ?? 0, first);
    expect(rateAfter(second, 0)).toBe(360);
    expect(rateAfter(second, 10_000)).toBe(420);
    expect(second.ceiling).toBe(first.ceiling);
  });

  it('never falls below one message a minute, whatever was observed', () => {
    let rate = cutRate(0, null);
    for (let i = 0; i < 20; i++) rate = cutRate(rate.perMinute, rate);
    expect(rateAfter(rate, 0)).toBe(1);
    expect(pauseAfterCutMs(rate)).toBe(60_000);
  });

  it('pauses for five seconds, or until the next message would be due', () => {
    expect(pauseAfterCutMs(cutRate(6000, null))).toBe(5000);
    expect(pauseAfterCutMs(cutRate(8, null))).toBe(15_000);
  });
});
