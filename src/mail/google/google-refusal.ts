import { jsonObject } from '../http/read-answer.ts';

/** What an API of Google says when it refuses. */
export interface GoogleRefusal {
  /** The `reason` of the first error: userRateLimitExceeded. */
  readonly code: string;
  readonly text: string;
  /** Gmail says it in words alone: "Retry after 2026-11-23T10:00:00.000Z". */
  readonly retryAfterMs: number | null;
}

const RETRY_AFTER = /retry after (\d{4}-\d\d-\d\dT[\d:.]{5,15}Z)/i;
const DAY_MS = 86_400_000;

/** Of the body of an answer; null when it is not in Google's form (cloud.google.com/apis/design/errors). */
export function googleRefusal(body: string): GoogleRefusal | null {
  const error = jsonObject(body)?.error;
  if (typeof error !== 'object' || error === null || !('message' in error)) return null;
  const text = String(error.message);
  const first: unknown = 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : null;
  const reason = typeof first === 'object' && first !== null && 'reason' in first ? first.reason : null;
  const status = 'status' in error ? error.status : null;
  const at = RETRY_AFTER.exec(text.slice(0, 1000))?.[1];
  const waitMs = at === undefined ? Number.NaN : Date.parse(at) - Date.now();
  return {
    code: String(reason ?? status ?? ''),
    text,
    retryAfterMs: Number.isNaN(waitMs) ? null : Math.min(DAY_MS, Math.max(0, waitMs)),
  };
}
