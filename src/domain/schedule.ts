import { instantOf, type WallClock } from './time-zone.ts';

/** A moment as somebody wrote it: what the clock shows, and the offset from UTC if they gave one. */
export interface WrittenMoment {
  readonly wall: WallClock;
  readonly offsetMs: number | null;
}

const WRITTEN = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:([Zz])|([+-])(\d\d):?(\d\d))?$/;

/** `2026-03-01T09:00`, with seconds or without, with `Z`, `+01:00` or nothing behind it. Null when it is not a moment. */
export function readMoment(text: string): WrittenMoment | null {
  const [, date, time, seconds = '00', fraction = '', utc, sign, hours, minutes] = WRITTEN.exec(text) ?? [];
  if (date === undefined || time === undefined) return null;
  const iso = `${date}T${time}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const wall = Date.parse(iso);
  // The 31st of June is read as the 1st of July.
  if (Number.isNaN(wall) || new Date(wall).toISOString() !== iso) return null;
  if (utc !== undefined) return { wall, offsetMs: 0 };
  if (sign === undefined) return { wall, offsetMs: null };
  return { wall, offsetMs: (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000 };
}

/** The instant that was meant; a moment without an offset is one of `zone`. */
export function instantWritten(moment: WrittenMoment, zone: string): number {
  return moment.offsetMs === null ? instantOf(moment.wall, zone) : moment.wall - moment.offsetMs;
}

/** No wall clock is more than 14 hours ahead of UTC (Pacific/Kiritimati). */
const EARLIEST_ZONE_MS = 14 * 3_600_000;
/** Enough to write ten million recipients into the ledger before the first of them is due. */
const LEAD_MS = 30 * 60_000;
/** How long before a wall clock time in UTC a campaign begins that goes by its recipients' clocks. */
export const RECIPIENT_LEAD_MS = EARLIEST_ZONE_MS + LEAD_MS;

export interface Schedule {
  readonly scheduledAt: Date | null;
  readonly timezone: string | null;
}

/** True when every recipient is to get it at this time by their own clock. */
export function goesByRecipients({ scheduledAt, timezone }: Schedule): boolean {
  return scheduledAt !== null && timezone === 'recipient';
}

/** When the workers are to take the campaign up; null: at once. */
export function beginsAt(schedule: Schedule): Date | null {
  if (schedule.scheduledAt === null || !goesByRecipients(schedule)) return schedule.scheduledAt;
  return new Date(schedule.scheduledAt.getTime() - RECIPIENT_LEAD_MS);
}

/** `09:00 on 2026-03-01`: what a wall clock shows. */
export function clockWords(wall: WallClock): string {
  const text = new Date(wall).toISOString();
  return `${text.slice(11, 16)} on ${text.slice(0, 10)}`;
}
