import type { AlertKind } from '../contract/alerts.ts';

/** Raised when a value has been at `raiseAt` or above for so long; cleared as soon as it is at `clearAt` or below. */
export interface AlertRule {
  readonly enabled: boolean;
  readonly raiseAt: number;
  /** Below `raiseAt`, so that a value that hovers at the threshold does not raise and clear all the time. */
  readonly clearAt: number;
  readonly forSeconds: number;
}

/** Of a condition that holds or does not: 1 or 0. */
const HOLDS = { enabled: true, raiseAt: 1, clearAt: 0 } as const;

export const DEFAULT_RULES: Readonly<Record<AlertKind, AlertRule>> = {
  /** Failed and unknown of all with a final outcome, within five minutes. */
  'error-rate': { enabled: true, raiseAt: 0.2, clearAt: 0.1, forSeconds: 60 },
  /** Jobs that nobody has taken. */
  'queue-backlog': { enabled: true, raiseAt: 500, clearAt: 250, forSeconds: 300 },
  'campaign-stalled': { ...HOLDS, forSeconds: 600 },
  /** It was slowed down, or stopped and waits for a person. */
  'campaign-guarded': { ...HOLDS, forSeconds: 0 },
  /** Its last occurrence could not be launched. */
  'series-failed': { ...HOLDS, forSeconds: 0 },
  'worker-dead': { ...HOLDS, forSeconds: 0 },
  'account-disabled': { ...HOLDS, forSeconds: 0 },
  /** Nothing could be delivered to it for days, or it is gone. */
  'webhook-disabled': { ...HOLDS, forSeconds: 0 },
  /** Milliseconds of a query that asks for nothing. */
  database: { enabled: true, raiseAt: 1000, clearAt: 300, forSeconds: 60 },
  'redis-down': { ...HOLDS, forSeconds: 30 },
  /** The share of the disk that is used. */
  'disk-full': { enabled: true, raiseAt: 0.9, clearAt: 0.85, forSeconds: 60 },
};

/** Where a condition stands before it is looked at. */
export interface Standing {
  readonly isOpen: boolean;
  /** Since when the value has been at `raiseAt` or above, in milliseconds since 1970; null: it was not. */
  readonly since: number | null;
}

/**
 * `raise`, `clear`; `keep`: an open alert stays; `wait`: it holds, not for long enough yet; `rest`: nothing is the matter.
 * A value between the two thresholds neither raises nor clears, and ends a wait.
 */
export type Judgement = 'raise' | 'clear' | 'keep' | 'wait' | 'rest';

export function judge(rule: AlertRule, standing: Standing, value: number, now: number): Judgement {
  if (standing.isOpen) return !rule.enabled || value <= rule.clearAt ? 'clear' : 'keep';
  if (!rule.enabled || value < rule.raiseAt) return 'rest';
  return now - (standing.since ?? now) >= rule.forSeconds * 1000 ? 'raise' : 'wait';
}

/** Fewer messages than this say nothing about a rate of errors. */
const ENOUGH_EMAILS = 50;

export function errorRateOf(failed: number, total: number): number {
  return total < ENOUGH_EMAILS ? 0 : failed / total;
}

/** Pauses after failed attempts to tell somebody; after the last one it is given up. Seven attempts within eight hours. */
const RETRY_SECONDS = [10, 30, 120, 600, 3600, 21_600] as const;

/** Null: it was tried often enough. */
export function nextDeliveryMs(attempts: number): number | null {
  const seconds = RETRY_SECONDS[attempts - 1];
  return seconds === undefined ? null : seconds * 1000;
}
