import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, instantsOf, timeZoneNamed, wallClockAt } from './time-zone.ts';

const at = (text: string) => Date.parse(text);
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);

describe('time zones', () => {
  it('knows names in any spelling of their letters, and nothing else', () => {
    expect(timeZoneNamed('europe/berlin')).toBe('Europe/Berlin');
    expect(timeZoneNamed('UTC')).toBe('UTC');
    for (const name of ['', 'Mars/Olympus', 'GMT+2 or so', "'; drop table", '�'])
      expect(timeZoneNamed(name), name).toBeNull();
  });

  it('keeps its memory bounded, whatever contacts claim', () => {
    for (let i = 0; i < 3000; i++) expect(timeZoneNamed(`Nowhere/${i}`)).toBeNull();
    expect(timeZoneNamed('Asia/Tokyo')).toBe('Asia/Tokyo');
  });

  it('shows what the wall clocks show, also half and quarter hours off', () => {
    const noon = at('2026-01-15T12:00:00Z');
    expect(iso(wallClockAt('Europe/Berlin', noon))).toBe('2026-01-15T13:00');
    expect(iso(wallClockAt('Asia/Kathmandu', noon))).toBe('2026-01-15T17:45');
    expect(iso(wallClockAt('America/St_Johns', noon))).toBe('2026-01-15T08:30');
    expect(iso(wallClockAt('Pacific/Kiritimati', noon))).toBe('2026-01-16T02:00');
    expect(iso(wallClockAt('America/New_York', at('2026-01-01T03:00:00Z')))).toBe('2025-12-31T22:00');
  });

  it('takes a time that is skipped as the one after it, and of one that comes twice the first', () => {
    const skipped = at('2026-03-29T02:30:00Z');
    expect(iso(instantOf(skipped, 'Europe/Berlin'))).toBe('2026-03-29T01:30');
    expect(iso(wallClockAt('Europe/Berlin', instantOf(skipped, 'Europe/Berlin')))).toBe('2026-03-29T03:30');
    const twice = at('2026-10-25T02:30:00Z');
    expect(instantsOf(twice, 'Europe/Berlin').map(iso)).toEqual(['2026-10-25T00:30', '2026-10-25T01:30']);
    expect(instantsOf(at('2026-04-05T01:45:00Z'), 'Australia/Lord_Howe').map(iso)).toEqual([
      '2026-04-04T14:45',
      '2026-04-04T15:15',
    ]);
  });

  it('finds the instant of what a clock shows, in every zone there is', () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const instants = fc.integer({ min: at('2000-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });
    fc.assert(
      fc.property(zones, instants, (zone, instant) => {
        expect(instantsOf(wallClockAt(zone, instant), zone)).toContain(instant);
      }),
      { numRuns: 500 },
    );
  });
});
