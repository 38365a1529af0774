/** When a refused message is tried again, and when it is given up. */
export interface RetryPolicy {
  /** Pause before each further attempt, in seconds; the last one repeats when there are more retries than pauses. */
  readonly delaysSeconds: readonly number[];
  /** Further attempts after the first. */
  readonly maxRetries: number;
  /** A message that could not be delivered this long after its campaign was launched fails as too old. */
  readonly maxAgeSeconds: number;
}

/** 5, 15, 45 and 135 minutes, three retries, two days: long enough for greylisting, short enough for news. */
const DEFAULT_RETRY_POLICY: RetryPolicy = {
  delaysSeconds: [300, 900, 2700, 8100],
  maxRetries: 3,
  maxAgeSeconds: 172_800,
};

export function retryPolicy(
  given: { delaysSeconds?: readonly number[] | undefined; maxAgeSeconds?: number | undefined } | null,
): RetryPolicy {
  if (!given) return DEFAULT_RETRY_POLICY;
  return {
    delaysSeconds: given.delaysSeconds ?? DEFAULT_RETRY_POLICY.delaysSeconds,
    maxRetries: given.delaysSeconds?.length ?? DEFAULT_RETRY_POLICY.maxRetries,
    maxAgeSeconds: given.maxAgeSeconds ?? DEFAULT_RETRY_POLICY.maxAgeSeconds,
  };
}

/**
 * When attempt number `attempt` (from 1) was refused for now: the next one, or null when that was the last. The pause
 * varies by up to a tenth, so that a thousand messages refused together do not come back together.
 */
export function nextAttemptAt(
  policy: RetryPolicy,
  attempt: number,
  now: Date,
  launchedAt: Date,
  random: () => number = Math.random,
): Date | null {
  if (attempt > policy.maxRetries) return null;
  const seconds = policy.delaysSeconds[Math.min(attempt, policy.delaysSeconds.length) - 1] ?? 300;
  const due = new Date(now.getTime() + seconds * 1000 * (1 + 0.1 * random()));
  return due.getTime() - launchedAt.getTime() > policy.maxAgeSeconds * 1000 ? null : due;
}
