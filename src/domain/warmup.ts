/**
 * A slow beginning of an account: so many messages in the first day, more of them every day, up to a target that stays the
 * day's limit until the warm-up is taken away. Google and Yahoo ask new senders to grow slowly and evenly
 * (support.google.com/a/answer/81126).
 */
export interface Warmup {
  readonly startPerDay: number;
  /** By how much every day allows more than the one before. */
  readonly growthPercent: number;
  readonly targetPerDay: number;
  /** ISO 8601: days are counted from this moment, 24 hours each. */
  readonly startedAt: string;
}

/** 50, 65, 85, … 10,000 on the 22nd day. */
export const USUAL_WARMUP = { startPerDay: 50, growthPercent: 30, targetPerDay: 10_000 } as const;

const DAY_MS = 86_400_000;
/** Products of percentages miss whole numbers by less. */
const ROUNDING = 1e-9;

/** The day of the warm-up at a moment, from 1 on; 1 also before it begins. */
export function warmupDay({ startedAt }: Warmup, at: number): number {
  return 1 + Math.max(0, Math.floor((at - Date.parse(startedAt)) / DAY_MS));
}

/**
 * Messages that may go in the 24 hours before a moment. It never falls, so a rolling window that is within it at its end was
 * within it all along.
 */
export function warmupAllows(warmup: Warmup, at: number): number {
  const { startPerDay, growthPercent, targetPerDay } = warmup;
  const grown = startPerDay * (1 + growthPercent / 100) ** (warmupDay(warmup, at) - 1);
  return Math.max(1, Math.min(targetPerDay, Math.floor(grown + ROUNDING)));
}
