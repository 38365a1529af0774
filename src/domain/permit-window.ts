import { type Warmup, warmupAllows } from './warmup.ts';

/** At most `allowed` messages in any stretch of `widthMs`. */
export interface PermitWindow {
  /** For people: "limit per day". */
  readonly name: string;
  readonly widthMs: number;
  readonly allowed: number;
  /** Of a window that allows more as time goes on: how many at a moment. For forecasts; `allowed` is what holds now. */
  readonly allowedAt?: (at: number) => number;
}

export interface Limits {
  readonly perSecond: number | null;
  readonly perMinute: number | null;
  readonly perHour: number | null;
  readonly perDay: number | null;
}

/** As people give them: what is left out is no limit. */
export type GivenLimits = { readonly [Limit in keyof Limits]?: Limits[Limit] | undefined };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The windows of the limits that are set; none when there is none. */
export function windowsOf(limits: GivenLimits): PermitWindow[] {
  const all = [
    { name: 'limit per second', widthMs: SECOND, allowed: limits.perSecond },
    { name: 'limit per minute', widthMs: MINUTE, allowed: limits.perMinute },
    { name: 'limit per hour', widthMs: HOUR, allowed: limits.perHour },
    { name: 'limit per day', widthMs: DAY, allowed: limits.perDay },
  ];
  return all.filter((window): window is PermitWindow => typeof window.allowed === 'number');
}

/** The same with `percent` (0 to 90) of each left unused, for whatever else goes through an account; never less than 1. */
export function withBuffer(windows: readonly PermitWindow[], percent: number): PermitWindow[] {
  const less = (allowed: number) => Math.max(1, Math.floor((allowed * (100 - percent)) / 100));
  return windows.map((window) => {
    const { allowedAt } = window;
    const cut = { ...window, allowed: less(window.allowed) };
    return allowedAt ? { ...cut, allowedAt: (at: number) => less(allowedAt(at)) } : cut;
  });
}

/** The day's window of an account that is warmed up: what its warm-up allows, or its own limit where that is less. */
export function withWarmup(windows: readonly PermitWindow[], warmup: Warmup | null, now: number): PermitWindow[] {
  if (!warmup) return [...windows];
  const own = windows.find(({ widthMs }) => widthMs === DAY)?.allowed ?? Number.POSITIVE_INFINITY;
  const allowedAt = (at: number) => Math.min(own, warmupAllows(warmup, at));
  const allowed = allowedAt(now);
  const name = allowed < own ? 'warm-up limit of the day' : 'limit per day';
  return [...windows.filter(({ widthMs }) => widthMs !== DAY), { name, widthMs: DAY, allowed, allowedAt }];
}

/** `batchSize` messages at a time with a pause behind each: none of them makes room before the pause after its reply is over. */
export function windowsOfPace(batchSize: number, batchDelayMs: number): PermitWindow[] {
  return batchDelayMs > 0 ? [{ name: 'pause between batches', widthMs: batchDelayMs, allowed: batchSize }] : [];
}

/** Above the even share, so that only the hour binds in the long run, whatever a round trip costs each second. */
const HEADROOM = 1.25;
const BURST_PER_SECOND = 10;
const BURST_PER_MINUTE = 60;

/**
 * A campaign's rate per hour, evened out: in no minute and no second more than a quarter above the even share, but
 * always 10 in a second and 60 in a minute. So 36,000 an hour leave at 13 a second at most, and 40 an hour at once.
 */
export function windowsOfRate(perHour: number): PermitWindow[] {
  const name = 'rate limit';
  return [
    { name, widthMs: SECOND, allowed: Math.max(BURST_PER_SECOND, Math.ceil((perHour / 3600) * HEADROOM)) },
    { name, widthMs: MINUTE, allowed: Math.max(BURST_PER_MINUTE, Math.ceil((perHour / 60) * HEADROOM)) },
    { name, widthMs: HOUR, allowed: perHour },
  ];
}

/** A rate that an account was cut to: by the second where that is a whole number of messages, else by the minute. */
export function windowOfReducedRate(perMinute: number): PermitWindow {
  const name = 'reduced rate';
  return perMinute >= 60
    ? { name, widthMs: SECOND, allowed: Math.floor(perMinute / 60) }
    : { name, widthMs: MINUTE, allowed: Math.max(1, Math.floor(perMinute)) };
}

const SOON_S = 60;

/**
 * Messages a second that these windows let through in the coming minute, given how many went in each so far; Infinity
 * where there is none. A long window with much left does not hold anybody up yet.
 */
export function rateLeft(windows: readonly PermitWindow[], usedWithin: (widthMs: number) => number): number {
  const rates = windows.map(({ widthMs, allowed }) => {
    const even = allowed / (widthMs / SECOND);
    if (widthMs <= MINUTE) return even;
    const left = allowed - usedWithin(widthMs);
    return left <= 0 ? 0 : Math.max(even, left / SOON_S);
  });
  return Math.min(Infinity, ...rates);
}
