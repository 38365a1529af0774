import type { Account, AccountUse } from '../../../../src/contract/accounts.ts';

const WINDOWS = [
  { id: 'second', limit: 'perSecond', used: 'usedSecond' },
  { id: 'minute', limit: 'perMinute', used: 'usedMinute' },
  { id: 'hour', limit: 'perHour', used: 'usedHour' },
  { id: 'day', limit: 'perDay', used: 'usedDay' },
] as const;

export interface WindowUse {
  readonly id: (typeof WINDOWS)[number]['id'];
  readonly used: number;
  /** Null: no such limit. */
  readonly limit: number | null;
}

/** What an account used within each window; the last hour and day also where no limit holds. */
export function windowsOf(account: Account, use: AccountUse | undefined): WindowUse[] {
  return WINDOWS.map(({ id, limit, used }) => ({ id, used: use?.[used] ?? 0, limit: limitOf(account, limit) })).filter(
    ({ id, limit }) => limit !== null || id === 'hour' || id === 'day',
  );
}

/** Its own, or what its warm-up allows today. */
function limitOf({ limits, warmup }: Account, name: (typeof WINDOWS)[number]['limit']): number | null {
  if (name !== 'perDay' || !warmup) return limits[name];
  return Math.min(limits.perDay ?? warmup.todayPerDay, warmup.todayPerDay);
}

/** The limit that an account will run into first; null when it has none. */
export function tightestOf(account: Account, use: AccountUse | undefined): WindowUse | null {
  const bound = windowsOf(account, use).filter(({ limit }) => limit !== null);
  return bound.reduce<WindowUse | null>((most, each) => (most && shareOf(most) >= shareOf(each) ? most : each), null);
}

/** 0 to 1 and above. */
export function shareOf({ used, limit }: WindowUse): number {
  return limit === null || limit === 0 ? 0 : used / limit;
}
