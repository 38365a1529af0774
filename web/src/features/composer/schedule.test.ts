import { describe, expect, it } from 'vitest';
import { clockTimeOf } from './schedule.ts';

describe('the time in the field', () => {
  const scheduledAt = '2026-07-01T07:30:00.000Z';
  it('is what the clock of its zone shows', () => {
    expect(clockTimeOf({ scheduledAt, timezone: 'Europe/Berlin' }, 'UTC')).toBe('2026-07-01T09:30');
    expect(clockTimeOf({ scheduledAt, timezone: null }, 'America/New_York')).toBe('2026-07-01T03:30');
    expect(clockTimeOf({ scheduledAt: null, timezone: null }, 'UTC')).toBeNull();
  });

  it('is the same for everybody by their own clocks', () => {
    expect(clockTimeOf({ scheduledAt, timezone: 'recipient' }, 'Europe/Berlin')).toBe('2026-07-01T07:30');
  });
});
