/** What a clock on the wall shows, as the milliseconds since 1970 at which a clock in UTC shows the same. */
export type WallClock = number;

const DAY_MS = 86_400_000;
/** Zones come from contacts' data: whatever stands there, this many are kept. */
const MOST_ZONES = 1000;

const known = new Map<string, Intl.DateTimeFormat | null>();

/** The name as the time zone database spells it, or null: `europe/berlin` → `Europe/Berlin`. About 0.2 µs once known. */
export function timeZoneNamed(name: string): string | null {
  return formatOf(name)?.resolvedOptions().timeZone ?? null;
}

/** What the wall clocks of a zone show at an instant (milliseconds since 1970). The zone must be one. */
export function wallClockAt(zone: string, at: number): WallClock {
  const format = formatOf(zone);
  if (!format) throw new RangeError(`"${zone}" is not a time zone`);
  const part = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of format.formatToParts(at)) if (type in part) part[type as keyof typeof part] = +value;
  const { year, month, day, hour, minute, second } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000);
}

/**
 * The instants at which the wall clocks of a zone show this, earliest first. Two in the hour that comes twice when
 * summer time ends. A time that is skipped when it begins counts as the one after it by as much: 02:30 is 03:30.
 */
export function instantsOf(wall: WallClock, zone: string): [number, ...number[]] {
  const offset = (at: number) => wallClockAt(zone, at) - at;
  const before = wall - offset(wall - DAY_MS);
  const after = wall - offset(wall + DAY_MS);
  const fitting = [...new Set([before, after])].filter((at) => wallClockAt(zone, at) === wall).sort((a, b) => a - b);
  const [first, ...more] = fitting;
  return first === undefined ? [before] : [first, ...more];
}

/** The instant at which a zone's wall clocks show this for the first time. */
export function instantOf(wall: WallClock, zone: string): number {
  return instantsOf(wall, zone)[0];
}

function formatOf(name: string): Intl.DateTimeFormat | null {
  const found = known.get(name);
  if (found !== undefined) return found;
  if (known.size >= MOST_ZONES) known.clear();
  const format = newFormat(name);
  known.set(name, format);
  return format;
}

function newFormat(timeZone: string): Intl.DateTimeFormat | null {
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric' } as const;
  try {
    return new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone,
      ...fields,
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    });
  } catch {
    return null;
  }
}
