import { describe, expect, it } from 'vitest';
import { clockText, durationText, relativeText, withLocalTimes } from './times.ts';

const now = new Date(2026, 10, 22, 12, 0, 0);
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

describe('times on screen', () => {
  it('say how long something takes, rounded up', () => {
    expect([0, 45.2, 200, 7500, 270_000].map(durationText)).toEqual(['0 s', '46 s', '3 m 20 s', '2 h 5 m', '3 d 3 h']);
  });

  it('say how long ago or how far ahead something is', () => {
    expect([-2, -30, -150, -8000, 200_000].map((s) => relativeText(later(s), now, 'en-US'))).toEqual([
      'just now',
      '30 s ago',
      '2 min ago',
      '2 h ago',
      'in 2 d',
    ]);
    expect(relativeText(new Date(2025, 4, 3), now, 'en-US')).toBe('May 3, 2025');
  });

  it('name the clock time, with the date on another day', () => {
    expect(clockText(later(7620), now, 'en-GB')).toBe('14:07');
    expect(clockText(later(90_000), now, 'en-GB')).toBe('23 Nov, 13:00');
  });

  it('are put on the reader’s own clock inside what the server says', () => {
    const iso = later(7620).toISOString();
    expect(withLocalTimes(`daily limit of gmail-3, until ${iso}`, now, 'en-GB')).toBe(
      'daily limit of gmail-3, until 14:07',
    );
  });
});
