import { describe, expect, it } from 'vitest';
import { absoluteText, clockText, durationText, relativeText, withLocalTimes } from './times.ts';

const now = new Date('2026-11-22T12:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const clock = { now, zone: 'UTC', locale: 'en-GB' };
const tokyo = { now, zone: 'Asia/Tokyo', locale: 'en-GB' };

describe('times on screen', () => {
  it('say how long something takes, rounded up', () => {
    expect([0, 45.2, 200, 7500, 270_000].map(durationText)).toEqual(['0 s', '46 s', '3 m 20 s', '2 h 5 m', '3 d 3 h']);
  });

  it('say how long ago or how far ahead something is', () => {
    expect([-2, -30, -150, -8000, 200_000].map((seconds) => relativeText(later(seconds), clock))).toEqual([
      'just now',
      '30 s ago',
      '2 min ago',
      '2 h ago',
      'in 2 d',
    ]);
    expect(relativeText(new Date('2025-05-03T00:00:00Z'), clock)).toBe('3 May 2025');
  });

  it('name the clock time, with the date on another day, in the workspace’s zone', () => {
    expect(clockText(later(7620), clock)).toBe('14:07');
    expect(clockText(later(90_000), clock)).toBe('23 Nov, 13:00');
    expect(clockText(later(7620), tokyo)).toBe('23:07');
    expect(clockText(later(4 * 3600), tokyo)).toBe('23 Nov, 01:00');
    expect(absoluteText(later(0), tokyo)).toContain('21:00:00');
  });

  it('are put on the workspace’s clock inside what the server says', () => {
    const iso = later(7620).toISOString();
    expect(withLocalTimes(`daily limit of gmail-3, until ${iso}`, clock)).toBe('daily limit of gmail-3, until 14:07');
  });
});
