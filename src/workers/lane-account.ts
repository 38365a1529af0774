import { accountWindows } from '../core/account-settings.ts';
import type { AccountHealthRow } from '../db/account-health.ts';
import type { AccountRow } from '../db/accounts.ts';
import { rateAfter } from '../domain/adaptive-rate.ts';
import type { DomainLimit } from '../domain/domain-limits.ts';
import { windowOfReducedRate } from '../domain/permit-window.ts';
import type { AccountTrouble, LaneAccount } from '../engine/lane.ts';

/** An account as the engine goes by it: its settings, and what every worker knows of its server. */
export function laneAccount(
  account: AccountRow,
  health: AccountHealthRow | undefined,
  connections: number,
  buffer: number,
): LaneAccount {
  const limits = accountWindows(account, buffer);
  const rate = health?.reduced ? rateAfter(health.reduced, health.throttledAgoMs) : null;
  return {
    key: account.id,
    id: account.id,
    user: null,
    name: account.name,
    weight: account.weight,
    serverGroup: account.serverGroup,
    maxConnections: connections,
    batchSize: account.batchSize,
    batchDelayMs: account.batchDelayMs,
    windows: rate === null ? limits : [windowOfReducedRate(rate), ...limits],
    domainLimits: account.domainLimits as unknown as DomainLimit[],
    active: account.state === 'active' && connections > 0,
    stateWords: stateWords(account),
    isSandbox: account.isSandbox,
    takesSigned: account.type === 'smtp',
    revision: `${account.updatedAt.toISOString()} ${connections}`,
    trouble: health ? troubleOf(health) : null,
  };
}

function stateWords({ name, state, stateReason, serverGroup }: AccountRow): string {
  if (state === 'active') return `${name} waits for its turn at the server of group ${serverGroup}`;
  return stateReason ? `${name} is ${state}: ${stateReason}` : `${name} is ${state}`;
}

function troubleOf(health: AccountHealthRow): AccountTrouble | null {
  if (health.pausedMs > 0 && health.pausedMs > health.openMs)
    return { forMs: health.pausedMs, reason: health.pauseReason ?? 'a pause', isOpen: health.isOpen };
  if (!health.isOpen) return null;
  const reason = `the server, which was not reached again and again (${health.breakerReason ?? 'no answer'}),`;
  return { forMs: health.openMs, reason, isOpen: true };
}
