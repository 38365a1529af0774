import type { AccountHealth } from '../contract/accounts.ts';
import type { AccountHealthRow } from '../db/account-health.ts';
import { rateAfter } from '../domain/adaptive-rate.ts';

/** An account's health for people: the worst that holds at the moment. */
export function showHealth(health: AccountHealthRow | undefined, now = Date.now()): AccountHealth {
  const rate = health?.reduced ? rateAfter(health.reduced, health.throttledAgoMs) : null;
  const ratePerMinute = rate === null ? null : Math.round(rate * 10) / 10;
  if (!health) return { state: 'ok', message: null, until: null, ratePerMinute };
  const at = (ms: number) => new Date(now + Math.max(0, ms)).toISOString();
  if (health.isOpen) {
    const message = `not reached again and again: ${health.breakerReason ?? 'no answer'}; then one message tries it`;
    return { state: 'unreachable', message, until: at(health.openMs), ratePerMinute };
  }
  if (health.pausedMs > 0) {
    const message = `waits for ${health.pauseReason ?? 'a pause to end'}`;
    return { state: 'paused', message, until: at(health.pausedMs), ratePerMinute };
  }
  if (ratePerMinute === null) return { state: 'ok', message: null, until: null, ratePerMinute };
  const message = `sends at most ${ratePerMinute} messages a minute, and more from time to time, since its server said: ${health.throttleReason}`;
  return { state: 'reduced', message, until: null, ratePerMinute };
}
