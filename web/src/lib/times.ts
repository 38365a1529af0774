/** How times read everywhere: durations with their units, moments relative to now with the clock time beside them. */

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

/** `just now`, `2 min ago`, `in 3 h`; beyond four weeks the date. */
export function relativeText(time: Date, now: Date, locale?: string): string {
  const seconds = (time.getTime() - now.getTime()) / 1000;
  const size = Math.abs(seconds);
  if (size < 10) return 'just now';
  const [amount, unit] = inUnits(size);
  if (amount === null) return dateText(time, now, locale);
  return seconds > 0 ? `in ${amount} ${unit}` : `${amount} ${unit} ago`;
}

function inUnits(seconds: number): [number, string] | [null, null] {
  if (seconds < MINUTE) return [Math.floor(seconds), 's'];
  if (seconds < HOUR) return [Math.floor(seconds / MINUTE), 'min'];
  if (seconds < DAY) return [Math.floor(seconds / HOUR), 'h'];
  if (seconds < 28 * DAY) return [Math.floor(seconds / DAY), 'd'];
  return [null, null];
}

/** The whole truth, for tooltips: date, time to the second and zone. */
export function absoluteText(time: Date, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' }).format(time);
}

/** `14:07` today, with the date on any other day. */
export function clockText(time: Date, now: Date, locale?: string): string {
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(time);
  return isSameDay(time, now) ? clock : `${dateText(time, now, locale)}, ${clock}`;
}

function dateText(time: Date, now: Date, locale?: string): string {
  const year = time.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...year }).format(time);
}

function isSameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}

const ISO = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** The server names moments in UTC; people read their own clock. */
export function withLocalTimes(text: string, now: Date, locale?: string): string {
  return text.replace(ISO, (iso) => clockText(new Date(iso), now, locale));
}
