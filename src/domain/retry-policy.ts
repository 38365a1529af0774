/** When a refused message is tried again, and when it is given up. */
export interface RetryPolicy {
  /** Pause before each further attempt, in seconds; the last one repeats when there are more retries than pauses. */
  readonly delaysSeconds: readonly number[];
  /** Further attempts after the first. */
  readonly maxRetries: number;
  /** A recipient that could not be reached this long after it was first put off fails. */
  readonly maxAgeSeconds: number;
}

/** 5, 15 and 45 minutes (135 for whoever asks for a fourth), two days: long enough for greylisting, short enough for news. */
const DEFAULT_RETRY_POLICY: RetryPolicy = {
  delaysSeconds: [300, 900, 2700, 8100],
  maxRetries: 3,
  maxAgeSeconds: 172_800,
};

/** What a request may say about retries. As many retries as it names pauses. */
export interface RetrySettings {
  readonly delaysSeconds?: readonly number[] | undefined;
  readonly maxAgeSeconds?: number | undefined;
}

/** Pauses before so many retries: the usual ones, and behind them each three times as long as the one before, up to a day. */
export function retryDelays(count: number): number[] {
  const delays = [...DEFAULT_RETRY_POLICY.delaysSeconds];
  while (delays.length < count) delays.push(Math.min(86_400, (delays.at(-1) ?? 0) * 3));
  return delays.slice(0, count);
}

export function retryPolicy(given: RetrySettings | null): RetryPolicy {
  if (!given) return DEFAULT_RETRY_POLICY;
  return {
    delaysSeconds: given.delaysSeconds ?? DEFAULT_RETRY_POLICY.delaysSeconds,
    maxRetries: given.delaysSeconds?.length ?? DEFAULT_RETRY_POLICY.maxRetries,
    maxAgeSeconds: given.maxAgeSeconds ?? DEFAULT_RETRY_POLICY.maxAgeSeconds,
  };
}

/** A refusal for now. */
export interface Refusal {
  /** Number of the attempt that met it, from 1. */
  readonly attempt: number;
  readonly className: string;
  readonly now: Date;
  /** When this recipient was first put off: `now`, when this is the first time. */
  readonly since: Date;
}

/**
 * A greylisting server wants 5 minutes, seldom more, and forgets who asked after some hours: whatever the policy says,
 * tries that come sooner are wasted, and later ones may have to begin again.
 */
const GREYLIST_SECONDS = { least: 300, most: 1800 } as const;

/**
 * The next attempt, or null when that was the last. The pause varies by up to a tenth, so that a thousand messages
 * refused together do not come back together.
 */
export function nextAttemptAt(policy: RetryPolicy, refusal: Refusal, random: () => number = Math.random): Date | null {
  if (refusal.attempt > policy.maxRetries) return null;
  const due = new Date(refusal.now.getTime() + pauseSeconds(policy, refusal) * 1000 * (1 + 0.1 * random()));
  return isTooOld(policy, refusal.since, due) ? null : due;
}

export function isTooOld(policy: RetryPolicy, since: Date, at: Date): boolean {
  return at.getTime() - since.getTime() > policy.maxAgeSeconds * 1000;
}

function pauseSeconds(policy: RetryPolicy, { attempt, className }: Refusal): number {
  const seconds = policy.delaysSeconds[Math.min(attempt, policy.delaysSeconds.length) - 1] ?? 300;
  if (className !== 'greylisted') return seconds;
  return Math.min(GREYLIST_SECONDS.most, Math.max(GREYLIST_SECONDS.least, seconds));
}
