import { clockWords } from './schedule.ts';
import { instantOf, timeZoneNamed, type WallClock } from './time-zone.ts';

/** How a campaign goes by the clocks of its recipients. */
export interface RecipientClock {
  /** What their clocks show when they are sent to; null: at once, only their quiet hours are kept. */
  readonly wall: WallClock | null;
  /** Of recipients whose data name no zone, or none that exists. */
  readonly fallbackZone: string;
}

/** Where a recipient is, and when they may be sent to. */
export interface RecipientTurn {
  readonly timeZone: string;
  readonly notBefore: Date | null;
  readonly waitingFor: string | null;
}

/** `named` is what stands in the recipient's data; null when nothing does. */
export function turnOf(clock: RecipientClock, named: string | null): RecipientTurn {
  const timeZone = (named === null ? null : timeZoneNamed(named.trim())) ?? clock.fallbackZone;
  if (clock.wall === null) return { timeZone, notBefore: null, waitingFor: null };
  return {
    timeZone,
    notBefore: new Date(instantOf(clock.wall, timeZone)),
    waitingFor: `${clockWords(clock.wall)} in ${timeZone}`,
  };
}

const DAY_MS = 86_400_000;
/** Who was to be sent to at nine gets it at half past nine rather than a day later. */
const GRACE_MS = 3_600_000;

/** The same on the first day on which that time of day is still to come, or is not past by more than an hour. */
export function nextTurnOf(clock: RecipientClock, named: string | null, now: number): RecipientTurn {
  const { wall } = clock;
  if (wall === null) return turnOf(clock, named);
  const { timeZone } = turnOf(clock, named);
  const missed = now - GRACE_MS - instantOf(wall, timeZone);
  let day = Math.max(0, Math.floor(missed / DAY_MS) - 1); // clocks may have been changed on the way
  while (instantOf(wall + day * DAY_MS, timeZone) < now - GRACE_MS) day++;
  return turnOf({ ...clock, wall: wall + day * DAY_MS }, timeZone);
}
