import { describe, expect, it } from 'vitest';
import type { DateClause } from './segment-clause.ts';
import { anniversariesOf, dayAt, daysOf, isDay, startOfDay } from './segment-days.ts';

const clause = (op: DateClause['op'], count: number): DateClause => ({
  kind: 'date',
  of: { attribute: 'x' },
  op,
  days: [],
  count,
});

describe('days of a filter', () => {
  it('are those of the calendar', () => {
    expect(['2028-02-29', '0001-01-01', '9999-12-31'].every(isDay)).toBe(true);
    expect(['2027-02-29', '2028-1-1', '0000-01-01', '2028-13-01', 'today', 7, null].some(isDay)).toBe(false);
  });

  it('begin by the clocks of a zone, also where summer time begins at midnight', () => {
    const moment = Date.parse('2026-11-22T23:30:00Z');
    expect([dayAt(moment, 'UTC'), dayAt(moment, 'Europe/Berlin')]).toEqual(['2026-11-22', '2026-11-23']);
    expect(startOfDay('2026-11-23', 'Europe/Berlin').toISOString()).toBe('2026-11-22T23:00:00.000Z');
    expect(startOfDay('2026-04-24', 'Africa/Cairo').toISOString()).toBe('2026-04-23T22:00:00.000Z');
  });

  it('count today among the last and the next ones', () => {
    expect(daysOf(clause('inLastDays', 7), '2026-03-03')).toEqual({ from: '2026-02-24', until: '2026-03-04' });
    expect(daysOf(clause('inNextDays', 0), '2026-03-03')).toEqual({ from: '2026-03-03', until: '2026-03-04' });
    expect(daysOf(clause('moreThanDaysAgo', 7), '2026-03-03')).toEqual({ from: null, until: '2026-02-24' });
    expect(daysOf(clause('inLastDays', 36_500), '0050-01-01')).toMatchObject({ from: '0001-01-01' });
  });

  it('come up again every year, those of 29 February on the 28th where there is none', () => {
    expect(anniversariesOf('2026-12-30', 3)).toEqual(['12-30', '12-31', '01-01', '01-02']);
    expect(anniversariesOf('2027-02-28', 0)).toEqual(['02-28', '02-29']);
    expect(anniversariesOf('2028-02-28', 0)).toEqual(['02-28']);
    expect(anniversariesOf('2028-02-29', 0)).toEqual(['02-29']);
    expect(new Set(anniversariesOf('2026-01-01', 9999)).size).toBe(366);
  });
});
