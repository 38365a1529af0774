import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comingOccurrences, nextOccurrence, occurrencesBetween, type Recurrence, WEEKDAYS } from './recurrence.ts';
import { wallClockAt } from './time-zone.ts';

const NO_BOUNDS = { startsAt: null, endsAt: null };
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);
const next = (recurrence: Recurrence, after: string, count = 3) =>
  comingOccurrences(recurrence, NO_BOUNDS, Date.parse(after), count).map(iso);

describe('the times of a series', () => {
  it.each<[string, Recurrence, string, string[]]>([
    [
      'keep their hour when summer time begins',
      { every: 'day', at: '09:00', timezone: 'Europe/Berlin' },
      '2026-03-27T12:00Z',
      ['2026-03-28T08:00', '2026-03-29T07:00', '2026-03-30T07:00'],
    ],
    [
      'come once in the night that skips them, an hour later',
      { every: 'day', at: '02:30', timezone: 'Europe/Berlin' },
      '2026-03-28T12:00Z',
      ['2026-03-29T01:30', '2026-03-30T00:30', '2026-03-31T00:30'],
    ],
    [
      'come once in the night that has them twice, the first time',
      { every: 'day', at: '02:30', timezone: 'Europe/Berlin' },
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30', '2026-10-26T01:30', '2026-10-27T01:30'],
    ],
    [
      'are on the last day of shorter months',
      { every: 'month', dayOfMonth: 31, at: '00:00', timezone: 'UTC' },
      '2028-01-31T00:00Z',
      ['2028-02-29T00:00', '2028-03-31T00:00', '2028-04-30T00:00'],
    ],
    [
      'are on weekdays as the zone has them, not as UTC has them',
      { every: 'week', weekdays: ['monday', 'thursday'], at: '08:00', timezone: 'Pacific/Auckland' },
      '2026-06-01T00:00Z',
      ['2026-06-03T20:00', '2026-06-07T20:00', '2026-06-10T20:00'],
    ],
    [
      'pass over the day that Samoa never had, and come no second time for it',
      { every: 'day', at: '09:00', timezone: 'Pacific/Apia' },
      '2011-12-29T00:00Z',
      ['2011-12-29T19:00', '2011-12-30T19:00', '2011-12-31T19:00'],
    ],
  ])('%s', (_, recurrence, after, wanted) => {
    expect(next(recurrence, after)).toEqual(wanted);
  });

  it('begin with the moment of the start, and end with that of the end', () => {
    const daily: Recurrence = { every: 'day', at: '09:00', timezone: 'UTC' };
    const bounds = { startsAt: new Date('2026-05-03T09:00Z'), endsAt: new Date('2026-05-04T09:00Z') };
    expect(comingOccurrences(daily, bounds, Date.parse('2026-01-01'), 5).map(iso)).toEqual([
      '2026-05-03T09:00',
      '2026-05-04T09:00',
    ]);
  });

  it('of a long while are found, the latest where there are too many', () => {
    const daily: Recurrence = { every: 'day', at: '09:00', timezone: 'UTC' };
    const found = occurrencesBetween(daily, Date.parse('2026-01-01'), Date.parse('2026-12-31'), 3);
    expect(found.map(iso)).toEqual(['2026-12-28T09:00', '2026-12-29T09:00', '2026-12-30T09:00']);
  });

  it('come after the moment asked for, on the right day and at the right time, in every zone', () => {
    const recurrences = fc.record({
      every: fc.constantFrom('day' as const, 'week' as const, 'month' as const),
      at: fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(clock),
      weekdays: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
      dayOfMonth: fc.integer({ min: 1, max: 31 }),
      timezone: fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
    });
    const instants = fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2040-01-01') });
    fc.assert(
      fc.property(recurrences, instants, (recurrence, after) => {
        const at = nextOccurrence(recurrence, after);
        expect(at).toBeGreaterThan(after);
        // Nothing lies between: asked a moment before it, it is the same.
        expect(nextOccurrence(recurrence, at - 1)).toBe(at);
        const shown = new Date(wallClockAt(recurrence.timezone, at));
        if (recurrence.every === 'day') expect(at - after).toBeLessThanOrEqual(50 * 3_600_000);
        // Only a time that a change of clocks skips is shown as another one.
        if (iso(shown.getTime()).slice(11) !== recurrence.at) return;
        if (recurrence.every === 'week') expect(recurrence.weekdays).toContain(WEEKDAYS[shown.getUTCDay()]);
        if (recurrence.every === 'month') {
          const isLast = new Date(shown.getTime() + 86_400_000).getUTCDate() === 1;
          expect(
            shown.getUTCDate() === recurrence.dayOfMonth || (isLast && shown.getUTCDate() < recurrence.dayOfMonth),
          ).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function clock([hour, minute]: [number, number]): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
