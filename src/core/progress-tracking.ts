import type { Operation } from '../contract/queue.ts';
import type { CampaignState } from '../contract/states.ts';
import { dismissOperation } from '../db/progress.ts';
import {
  type Claim,
  claimOperations,
  type SeenOperation,
  storeOperations,
  type WantedClaim,
} from '../db/progress-tracking.ts';
import { isFinalCampaignState } from '../domain/campaign-state.ts';
import { AppError } from '../errors.ts';
import type { Caller, Core } from './context.ts';
import { getOperation, listOperations } from './progress.ts';

export function hasEnded({ kind, state }: Operation): boolean {
  return kind === 'campaign' ? isFinalCampaignState(state as CampaignState) : !['waiting', 'active'].includes(state);
}

/**
 * Looks at operations that no other node is looking at, stores what has changed and tells every node. Returns what became
 * of each claim; operations that do not exist are not among them.
 */
export async function trackOperations(
  core: Pick<Core, 'db' | 'events'>,
  wanted: readonly WantedClaim[],
): Promise<Claim[]> {
  if (wanted.length === 0) return [];
  const claims = await claimOperations(core.db.pool, wanted);
  const mine = new Map<string, Claim>();
  for (const claim of claims) if (claim.claimedAt !== null) mine.set(claim.id, claim);
  for (const workspaceId of new Set([...mine.values()].map((claim) => claim.workspaceId)))
    await trackClaimed(core, workspaceId, mine);
  return claims;
}

async function trackClaimed(
  core: Pick<Core, 'db' | 'events'>,
  workspaceId: string,
  claims: ReadonlyMap<string, Claim>,
): Promise<void> {
  const ids = [...claims.values()].filter((claim) => claim.workspaceId === workspaceId).map((claim) => claim.id);
  const operations = new Map<string, Operation>();
  const seen: SeenOperation[] = [];
  for (const operation of await listOperations(core, workspaceId, ids)) {
    const claimedAt = claims.get(operation.id)?.claimedAt;
    if (!claimedAt) continue;
    operations.set(operation.id, operation);
    seen.push({ operation, ended: hasEnded(operation), claimedAt });
  }
  for (const { id, version, updatedAt } of await storeOperations(core.db.pool, seen)) {
    const seenNow = operations.get(id);
    if (!seenNow) continue;
    const operation = { ...seenNow, updatedAt: updatedAt.toISOString() };
    core.events.publish({ kind: 'progress', id, workspaceId, version, operation });
  }
}

/** Takes an operation that has ended off the list. Campaign, import and ledger stay. */
export async function dismiss(core: Pick<Core, 'db' | 'events'>, caller: Caller, id: string): Promise<void> {
  const operation = await getOperation(core, caller, id);
  if (!hasEnded(operation)) {
    throw new AppError(
      'OPERATION_RUNNING',
      `"${operation.name}" is ${operation.state}. Nothing was changed. Cancel it first.`,
    );
  }
  await trackOperations(core, [{ id: operation.id, intervalMs: 0, dirtyAt: null }]);
  await dismissOperation(core.db.sql, caller.workspaceId, operation.id);
}
