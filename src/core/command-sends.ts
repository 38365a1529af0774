import { type CampaignRow, findOpenByFingerprint, updateFingerprint } from '../db/campaigns.ts';
import type { Caller, Core } from './context.ts';

/** The campaign that the same command began and that is not at its end; null when there is none. */
export function findSendInProgress(
  core: Pick<Core, 'db'>,
  caller: Caller,
  fingerprint: string,
): Promise<CampaignRow | null> {
  return findOpenByFingerprint(core.db.sql, caller.workspaceId, fingerprint);
}

export function rememberSend(core: Pick<Core, 'db'>, campaignId: string, fingerprint: string): Promise<void> {
  return updateFingerprint(core.db.sql, campaignId, fingerprint);
}
