import { instantOf, type WallClock, wallClockAt } from './time-zone.ts';

export const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
type Weekday = (typeof WEEKDAYS)[number];

/** Days and a time of day by the clocks of a zone: every Monday at 09:00 in Europe/Berlin. */
export interface Recurrence {
  readonly every: 'day' | 'week' | 'month';
  /** HH:MM */
  readonly at: string;
  /** Of `week`. */
  readonly weekdays?: readonly Weekday[];
  /** Of `month`: 1 to 31; in months that are shorter, their last day. */
  readonly dayOfMonth?: number;
  /** An IANA name. */
  readonly timezone: string;
}

const DAY_MS = 86_400_000;
/** Longer than any month, and than the day a zone may leave out when it changes sides of the date line. */
const FURTHEST_DAYS = 70;

/**
 * The first occurrence after an instant (milliseconds since 1970). A time that is skipped when clocks go forward is the one
 * an hour later, one that comes twice is the first of the two: as everywhere (domain/time-zone.ts). About 20 µs.
 */
export function nextOccurrence(recurrence: Recurrence, after: number): number {
  const shown = wallClockAt(recurrence.timezone, after);
  const today = Math.floor(shown / DAY_MS) * DAY_MS;
  // Begins a day early: what was put off by an hour at midnight belongs to the day before.
  for (let day = today - DAY_MS; day <= today + FURTHEST_DAYS * DAY_MS; day += DAY_MS) {
    if (!isDay(recurrence, day)) continue;
    const instant = instantOf(day + timeOfDay(recurrence.at), recurrence.timezone);
    if (instant > after) return instant;
  }
  throw new RangeError(`${JSON.stringify(recurrence)} never occurs`);
}

/** The occurrences after `after` and up to `until`, earliest first; no more than `most`, the latest of them. */
export function occurrencesBetween(recurrence: Recurrence, after: number, until: number, most: number): number[] {
  const found: number[] = [];
  for (let at = nextOccurrence(recurrence, after); at <= until; at = nextOccurrence(recurrence, at)) {
    found.push(at);
    if (found.length > most) found.shift();
  }
  return found;
}

/** The next occurrences that a series has, by when it begins and ends; fewer than `count` when it ends before. */
export function comingOccurrences(
  recurrence: Recurrence,
  bounds: { readonly startsAt: Date | null; readonly endsAt: Date | null },
  after: number,
  count: number,
): number[] {
  const found: number[] = [];
  // An occurrence at the very moment of the start counts.
  let at = Math.max(after, (bounds.startsAt?.getTime() ?? 0) - 1);
  while (found.length < count) {
    at = nextOccurrence(recurrence, at);
    if (bounds.endsAt !== null && at > bounds.endsAt.getTime()) break;
    found.push(at);
  }
  return found;
}

function isDay({ every, weekdays = [], dayOfMonth = 1 }: Recurrence, day: WallClock): boolean {
  if (every === 'day') return true;
  const date = new Date(day);
  if (every === 'week') return weekdays.includes(WEEKDAYS[date.getUTCDay()] ?? 'sunday');
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.getUTCDate() === Math.min(dayOfMonth, last);
}

function timeOfDay(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}
