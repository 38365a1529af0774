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
