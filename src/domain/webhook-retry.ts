/** Pauses between attempts: ten attempts within three days and three hours, most of them in the first. */
const RETRY_SECONDS = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;
/** Endpoints that were away all come back at once: each pause is up to a fifth longer. */
const JITTER = 0.2;
/** What an endpoint may ask for. */
const LONGEST_WAIT_MS = 24 * 3_600_000;
/** An endpoint that took nothing for so long is told nothing more. */
export const FAILING_DAYS = 5;

/**
 * How long to wait after so many attempts; null: that was the last. `retryAfterMs`: what the endpoint asked for, which is never
 * less than what it gets. `random` is from 0 to 1.
 */
export function nextTryMs(attempts: number, retryAfterMs: number | null, random: number): number | null {
  const seconds = RETRY_SECONDS[attempts - 1];
  if (seconds === undefined) return null;
  const own = seconds * 1000 * (1 + JITTER * random);
  return Math.round(Math.max(own, Math.min(retryAfterMs ?? 0, LONGEST_WAIT_MS)));
}

/** `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3); null when there is none that can be read. */
export function readRetryAfter(value: string | undefined, now: Date): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
