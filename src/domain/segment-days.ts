import type { DateClause } from './segment-clause.ts';
import { instantOf, wallClockAt } from './time-zone.ts';

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** A day of the calendar, as 2026-03-01. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !DAY.test(value) || value.startsWith('0000')) return false;
  const at = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(at) && dayOf(at) === value;
}

/** Days from `from` to the one before `until`; null: without an end. */
export interface DayRange {
  readonly from: string | null;
  readonly until: string | null;
}

/** What day it is at an instant, by the clocks of a zone. */
export function dayAt(instant: number, zone: string): string {
  return dayOf(wallClockAt(zone, instant));
}

/** When a day begins, by the clocks of a zone. */
export function startOfDay(day: string, zone: string): Date {
  return new Date(instantOf(Date.parse(`${day}T00:00:00Z`), zone));
}

/** The days a clause speaks of. Null for operators that are not about a stretch of days. */
export function daysOf({ op, days, count }: DateClause, today: string): DayRange | null {
  const [first = today, last = first] = days;
  switch (op) {
    case 'before':
      return { from: null, until: first };
    case 'after':
      return { from: dayAfter(first, 1), until: null };
    case 'on':
      return { from: first, until: dayAfter(first, 1) };
    case 'between':
      return { from: first, until: dayAfter(last, 1) };
    case 'inLastDays':
      return { from: dayAfter(today, -count), until: dayAfter(today, 1) };
    case 'moreThanDaysAgo':
      return { from: null, until: dayAfter(today, -count) };
    case 'inNextDays':
      return { from: today, until: dayAfter(today, count + 1) };
    case 'anniversaryInDays':
    case 'isSet':
    case 'isNotSet':
      return null;
  }
}

/**
 * Months and days (`03-01`) that come up from `today` to `count` days later. Who was born on 29 February has their day on
 * the 28th in years that have no 29th.
 */
export function anniversariesOf(today: string, count: number): string[] {
  const found = new Set<string>();
  for (let i = 0; i <= Math.min(count, 366); i++) {
    const day = dayAfter(today, i);
    found.add(day.slice(5));
    if (day.endsWith('-02-28') && dayAfter(day, 1).endsWith('-03-01')) found.add('02-29');
  }
  return [...found];
}

/** The calendar of dates that PostgreSQL and people agree on: earlier and later ones are its first and last. */
function dayAfter(day: string, days: number): string {
  const at = Date.parse(`${day}T00:00:00Z`) + days * DAY_MS;
  return dayOf(Math.min(Math.max(at, FIRST), LAST));
}

const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T00:00:00Z');

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
