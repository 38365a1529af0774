import type { IncomingHttpHeaders } from 'node:http';

const DAY_MS = 86_400_000;

/**
 * How long a provider wants to be left alone, by `Retry-After` (RFC 9110 section 10.2.3): seconds or a date. Null when it does
 * not say; a day at most.
 */
export function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | null {
  const text = headers['retry-after'];
  if (text === undefined) return null;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? within(ms) : null;
}

/**
 * How long until the next request is welcome, by the rate headers: `ratelimit-remaining` and `-reset` (Resend: seconds to go),
 * `x-ratelimit-*` (SendGrid: seconds since 1970; Mailgun: milliseconds since 1970). Null while requests remain.
 */
export function rateWaitMs(headers: IncomingHttpHeaders, now: number): number | null {
  for (const prefix of ['ratelimit', 'x-ratelimit']) {
    const remaining = headers[`${prefix}-remaining`];
    const reset = Number(headers[`${prefix}-reset`]);
    if (typeof remaining !== 'string' || Number(remaining) !== 0 || !Number.isFinite(reset)) continue;
    return within(reset < 1e9 ? reset * 1000 : (reset < 1e12 ? reset * 1000 : reset) - now);
  }
  return null;
}

function within(ms: number): number {
  return Math.min(DAY_MS, Math.max(0, ms));
}
