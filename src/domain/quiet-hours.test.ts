import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextQuietAt, type QuietHours, quietUntil } from './quiet-hours.ts';

const at = (text: string) => Date.parse(text);
const NIGHT: QuietHours = { from: '21:00', to: '08:00', timezone: 'recipient' };
const until = (quiet: QuietHours, zone: string, text: string) => {
  const end = quietUntil(quiet, zone, at(text));
  return end === null ? null : new Date(end).toISOString().slice(0, 16);
};

describe('quiet hours', () => {
  it('last over midnight until the morning, by the clocks of the zone', () => {
    expect(until(NIGHT, 'UTC', '2026-01-15T20:59:59Z')).toBeNull();
    expect(until(NIGHT, 'UTC', '2026-01-15T21:00:00Z')).toBe('2026-01-16T08:00');
    expect(until(NIGHT, 'UTC', '2026-01-16T07:59:59Z')).toBe('2026-01-16T08:00');
    expect(until(NIGHT, 'UTC', '2026-01-16T08:00:00Z')).toBeNull();
    expect(until(NIGHT, 'Asia/Tokyo', '2026-01-15T12:00:00Z')).toBe('2026-01-15T23:00');
  });

  it('may lie within one day', () => {
    const noon = { ...NIGHT, from: '12:00', to: '14:30' };
    expect(until(noon, 'UTC', '2026-01-15T11:59:00Z')).toBeNull();
    expect(until(noon, 'UTC', '2026-01-15T12:00:00Z')).toBe('2026-01-15T14:30');
    expect(until(noon, 'UTC', '2026-01-15T14:30:00Z')).toBeNull();
  });

  it('are an hour shorter or longer when the clocks change', () => {
    expect(until(NIGHT, 'Europe/Berlin', '2026-03-28T20:30:00Z')).toBe('2026-03-29T06:00');
    expect(until(NIGHT, 'Europe/Berlin', '2026-10-24T19:30:00Z')).toBe('2026-10-25T07:00');
  });

  it('go by what the clocks show in the hour that comes twice', () => {
    const early = { ...NIGHT, from: '00:00', to: '02:30' };
    expect(until(early, 'Europe/Berlin', '2026-10-25T00:10:00Z')).toBe('2026-10-25T00:30');
    expect(until(early, 'Europe/Berlin', '2026-10-25T00:40:00Z')).toBeNull();
    expect(until(early, 'Europe/Berlin', '2026-10-25T01:10:00Z')).toBe('2026-10-25T01:30');
  });

  it('end in the future, at a moment that is not quiet, and begin where they are said to', () => {
    const times = fc.integer({ min: 0, max: 1439 }).map((m) => {
      const two = (n: number) => String(n).padStart(2, '0');
      return `${two(Math.floor(m / 60))}:${two(m % 60)}`;
    });
    const instants = fc.integer({ min: at('2026-01-01T00:00:00Z') / 60_000, max: at('2028-01-01T00:00:00Z') / 60_000 });
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata');
    fc.assert(
      fc.property(times, times, instants, zones, (from, to, minute, zone) => {
        fc.pre(from !== to);
        const quiet = { from, to, timezone: zone };
        const now = minute * 60_000;
        const end = quietUntil(quiet, zone, now);
        if (end === null) {
          const next = nextQuietAt(quiet, zone, now);
          expect(next).toBeGreaterThan(now);
          expect(quietUntil(quiet, zone, next - 1)).toBeNull();
        } else {
          expect(end).toBeGreaterThan(now);
          expect(end - now).toBeLessThanOrEqual(25 * 3_600_000);
          expect(quietUntil(quiet, zone, end)).toBeNull();
        }
      }),
      { numRuns: 500 },
    );
  });
});
