/** How times read everywhere: durations with their units, moments relative to now with the clock time beside them. */

import { dateFormat, numberFormat } from './formats.ts';
import { localeNow } from './i18n.ts';
import { strings } from './strings.ts';

/** What a moment is read against. */
export interface Clock {
  readonly now: Date;
  /** IANA name; the reader's own zone when absent. */
  readonly zone?: string;
  readonly locale?: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `46 s`, `3 m 20 s`, `2 h 5 m`, `3 d 4 h`; rounded up, so that nothing is promised too early. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} m ${whole % MINUTE} s`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h ${Math.floor((whole % HOUR) / MINUTE)} m`;
  return `${Math.floor(whole / DAY)} d ${Math.floor((whole % DAY) / HOUR)} h`;
}

/** `12 ms`, `1.4 s`, beyond a minute as `durationText`. */
export function millisText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms >= MINUTE * 1000) return durationText(ms / 1000);
  return `${numberFormat(localeNow(), { maximumFractionDigits: 1 }).format(ms / 1000)} s`;
}

/** `just now`, `2 min ago`, `in 3 h`; beyond four weeks the date. */
export function relativeText(time: Date, clock: Clock): string {
  const seconds = (time.getTime() - clock.now.getTime()) / 1000;
  const size = Math.abs(seconds);
  if (size < 10) return strings.justNow;
  if (size >= 28 * DAY) return dateText(time, clock);
  const amount = inUnits(size);
  return seconds > 0 ? strings.in({ amount }) : strings.ago({ amount });
}

function inUnits(seconds: number): string {
  if (seconds < MINUTE) return `${Math.floor(seconds)} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`;
  return `${Math.floor(seconds / DAY)} d`;
}

/** The whole truth, for tooltips: date, time to the second and zone. */
export function absoluteText(time: Date, clock: Clock): string {
  return formatted(time, clock, { dateStyle: 'medium', timeStyle: 'long' });
}

/** `14:07` today, with the date on any other day; to the second where minutes are too coarse. */
export function clockText(time: Date, clock: Clock, withSeconds = false): string {
  const second = withSeconds ? ({ second: '2-digit' } as const) : {};
  const text = formatted(time, clock, { hour: '2-digit', minute: '2-digit', ...second });
  return part(time, clock, 'day') === part(clock.now, clock, 'day') ? text : `${dateText(time, clock)}, ${text}`;
}

/** The day alone. */
export function dateText(time: Date, clock: Clock): string {
  const isThisYear = part(time, clock, 'year') === part(clock.now, clock, 'year');
  return formatted(time, clock, { day: 'numeric', month: 'short', ...(isThisYear ? {} : { year: 'numeric' }) });
}

/** The day or year of a moment in the clock's zone, for comparing. */
function part(time: Date, clock: Clock, what: 'day' | 'year'): string {
  const style = what === 'day' ? ({ dateStyle: 'short' } as const) : ({ year: 'numeric' } as const);
  return formatted(time, { ...clock, locale: 'en-CA' }, style);
}

function formatted(time: Date, { zone, locale }: Clock, style: Intl.DateTimeFormatOptions): string {
  return dateFormat(locale ?? localeNow(), zone === undefined ? style : { ...style, timeZone: zone }).format(time);
}

const ISO = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** The server names moments in UTC; people read their own clock. */
export function withLocalTimes(text: string, clock: Clock): string {
  return text.replace(ISO, (iso) => clockText(new Date(iso), clock));
}
