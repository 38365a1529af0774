/** A rate an account was cut to, and how it grows again. Messages a minute. */
export interface ReducedRate {
  readonly perMinute: number;
  /** Added every ten seconds. */
  readonly step: number;
  /** Twice the rate before the first cut: there the cut is forgotten. */
  readonly ceiling: number;
}

const STEP_MS = 10_000;
const STEPS_TO_THE_OLD_RATE = 20;
const LEAST_PER_MINUTE = 1;
const SHORTEST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;

/** The rate this long after the cut; null when it is not reduced any more. */
export function rateAfter(reduced: ReducedRate, sinceMs: number): number | null {
  const rate = reduced.perMinute + reduced.step * Math.floor(Math.max(0, sinceMs) / STEP_MS);
  return rate >= reduced.ceiling ? null : rate;
}

/**
 * Half of what it was, whether it was reduced before or not; then a twentieth of the first rate more every ten seconds:
 * multiplicative decrease, additive increase, as TCP finds its rate (RFC 5681 section 3.1). `before` is the rate at which
 * the server asked to slow down.
 */
export function cutRate(before: number, reduced: ReducedRate | null): ReducedRate {
  const rate = Math.max(LEAST_PER_MINUTE, before);
  const perMinute = Math.max(LEAST_PER_MINUTE, rate / 2);
  return reduced
    ? { perMinute, step: reduced.step, ceiling: reduced.ceiling }
    : { perMinute, step: rate / STEPS_TO_THE_OLD_RATE, ceiling: 2 * rate };
}

/** How long nothing is sent after a cut: until the next message would be due, within reason. */
export function pauseAfterCutMs({ perMinute }: ReducedRate): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, 60_000 / perMinute));
}
