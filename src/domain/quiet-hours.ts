import { instantsOf, wallClockAt } from './time-zone.ts';

/** A time of day, every day, in which nobody is sent anything: from 21:00 up to, not including, 08:00. */
export interface QuietHours {
  /** HH:MM by the clocks of the zone; may be later than `to`: then midnight lies within. */
  readonly from: string;
  readonly to: string;
  /** An IANA name, or `recipient`: each by their own clock. */
  readonly timezone: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * When the quiet hours end that it is now (milliseconds since 1970), or null when it is not quiet. By what the clocks
 * show: in the night in which an hour comes twice, it is quiet in both if it is in one. About 5 µs.
 */
export function quietUntil(quiet: QuietHours, zone: string, at: number): number | null {
  const { day, time } = split(wallClockAt(zone, at));
  const from = timeOfDay(quiet.from);
  const to = timeOfDay(quiet.to);
  const isQuiet = from < to ? time >= from && time < to : time >= from || time < to;
  if (!isQuiet) return null;
  const endDay = from > to && time >= from ? day + DAY_MS : day;
  return firstAfter(instantsOf(endDay + to, zone), at) ?? at + MINUTE_MS;
}

/**
 * What a batch waits for whose recipients have this zone (null: their zones play no part), or null when it may be sent.
 */
export function quietWait(quiet: QuietHours, zone: string | null, at: number): { until: Date; for: string } | null {
  const where = quiet.timezone === 'recipient' ? (zone ?? 'UTC') : quiet.timezone;
  const until = quietUntil(quiet, where, at);
  if (until === null) return null;
  return { until: new Date(until), for: `the end of quiet hours at ${quiet.to} in ${where}` };
}

/** When it is quiet next, at a moment when it is not. */
export function nextQuietAt(quiet: QuietHours, zone: string, at: number): number {
  const { day } = split(wallClockAt(zone, at));
  const from = timeOfDay(quiet.from);
  for (const start of [day + from, day + DAY_MS + from]) {
    const found = firstAfter(instantsOf(start, zone), at);
    if (found !== null) return found;
  }
  return at + DAY_MS;
}

function split(wall: number): { day: number; time: number } {
  const day = Math.floor(wall / DAY_MS) * DAY_MS;
  return { day, time: wall - day };
}

function timeOfDay(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE_MS;
}

function firstAfter(instants: readonly number[], at: number): number | null {
  return instants.find((instant) => instant > at) ?? null;
}
