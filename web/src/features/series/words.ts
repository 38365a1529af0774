import type { SeriesOccurrence, SeriesSchedule, SeriesSummary } from '../../../../src/contract/series.ts';
import type { Tone } from '../../components/status-mark.tsx';
import { dateFormat } from '../../lib/formats.ts';
import { localeNow } from '../../lib/i18n.ts';
import { WEEKDAYS, type Weekday } from './draft.ts';
import { strings } from './strings.ts';

interface Look {
  readonly tone: Tone;
  readonly word: string;
}

export function lookOfSeries({ state, failures, stateReason }: SeriesSummary): Look {
  if (state === 'paused') return { tone: stateReason === null ? 'quiet' : 'bad', word: strings.states.paused };
  if (state === 'ended') return { tone: 'quiet', word: strings.states.ended };
  if (failures > 0) return { tone: 'warning', word: strings.states.failing };
  return { tone: 'good', word: strings.states.active };
}

const TONES: Readonly<Record<string, Tone>> = { due: 'busy', launched: 'good', failed: 'bad', missed: 'warning' };

export function lookOfOccurrence({ state }: SeriesOccurrence): Look {
  const word = strings.occurrenceStates[state as keyof typeof strings.occurrenceStates];
  return { tone: TONES[state] ?? 'quiet', word };
}

/** The name of a weekday in the reader's language. */
export function weekdayName(day: Weekday, style: 'long' | 'short' = 'long'): string {
  // The 1st of January 2024 was a Monday.
  const date = new Date(Date.UTC(2024, 0, 1 + WEEKDAYS.indexOf(day)));
  return dateFormat(localeNow(), { weekday: style, timeZone: 'UTC' }).format(date);
}

/** `Monday and Thursday at 09:00, Europe/Berlin` */
export function scheduleWords({ every, at, weekdays = [], dayOfMonth = 1, timezone = 'UTC' }: SeriesSchedule): string {
  const words = strings.schedule;
  const zoned = { at, zone: timezone };
  if (every === 'day') return words.daily(zoned);
  if (every === 'month') return dayOfMonth === 31 ? words.lastDay(zoned) : words.monthly({ ...zoned, day: dayOfMonth });
  const days = WEEKDAYS.filter((day) => weekdays.includes(day)).map((day) => weekdayName(day));
  return words.weekly({ ...zoned, days: new Intl.ListFormat(localeNow(), { type: 'conjunction' }).format(days) });
}

/** `Mon, 2 Mar 2026, 09:00` */
export function dayAndTime(time: Date, zone: string | undefined): string {
  return dateFormat(localeNow(), {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).format(time);
}
