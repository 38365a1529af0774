import { describe, expect, it } from 'vitest';
import { windowOfReducedRate, windowsOf, windowsOfPace, windowsOfRate, withBuffer } from './permit-window.ts';

const brief = (windows: ReturnType<typeof windowsOf>) => windows.map(({ widthMs, allowed }) => [widthMs, allowed]);

describe('the windows of a limit', () => {
  it('are those that are set', () => {
    expect(brief(windowsOf({ perSecond: 20, perMinute: null, perDay: 500 }))).toEqual([
      [1000, 20],
      [86_400_000, 500],
    ]);
    expect(windowsOf({})).toEqual([]);
  });

  it('leave the part unused that is asked for, and never all', () => {
    const windows = windowsOf({ perSecond: 20, perMinute: 1, perHour: 999 });
    expect(withBuffer(windows, 10).map(({ allowed }) => allowed)).toEqual([18, 1, 899]);
    expect(withBuffer(windows, 0)).toEqual(windows);
  });

  it('even out a rate per hour, but let small ones go at once', () => {
    expect(brief(windowsOfRate(36_000))).toEqual([
      [1000, 13],
      [60_000, 750],
      [3_600_000, 36_000],
    ]);
    expect(brief(windowsOfRate(40))).toEqual([
      [1000, 10],
      [60_000, 60],
      [3_600_000, 40],
    ]);
  });

  it('never keep a rate per hour from being used up', () => {
    for (const rate of [1, 59, 61, 1000, 3599, 3601, 36_000, 1_000_000]) {
      const [second, minute] = windowsOfRate(rate);
      expect((second?.allowed ?? 0) * 3600).toBeGreaterThanOrEqual(rate);
      expect((minute?.allowed ?? 0) * 60).toBeGreaterThanOrEqual(rate);
    }
  });

  it('keep a pace only where there is a pause', () => {
    expect(windowsOfPace(50, 0)).toEqual([]);
    expect(brief(windowsOfPace(8, 600))).toEqual([[600, 8]]);
  });

  it('keep a reduced rate of less than a message a second by the minute', () => {
    expect(brief([windowOfReducedRate(150)])).toEqual([[1000, 2]]);
    expect(brief([windowOfReducedRate(59)])).toEqual([[60_000, 59]]);
    expect(brief([windowOfReducedRate(0.5)])).toEqual([[60_000, 1]]);
  });
});
