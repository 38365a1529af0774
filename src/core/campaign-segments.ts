import type { AudienceByLists } from '../contract/campaigns.ts';
import type { AudienceFilters, FrozenSegment, SegmentAudience } from '../db/audience-sql.ts';
import type { CampaignRow, StoredAudience } from '../db/campaigns.ts';
import type { Executor } from '../db/database.ts';
import { segmentAudienceOf } from '../db/segment-audience.ts';
import { findSegments, lockSegments } from '../db/segments.ts';
import { getWorkspace } from '../db/workspaces.ts';
import type { WorkspaceDefaults } from './campaign-schedule.ts';
import { invalid } from './content.ts';
import { checkFilter, checkReferences } from './segment-filters.ts';

/**
 * The segments of an audience as they stand, for the campaign to keep: what somebody makes of them later changes nothing.
 * Null when it names none. Throws VALIDATION when one is gone, or does not fit what is declared any more.
 */
export async function freezeSegments(
  db: Executor,
  workspaceId: string,
  audience: StoredAudience | null,
): Promise<AudienceFilters | null> {
  if (audience?.kind !== 'lists') return null;
  const { segmentIds = [], excludeSegmentIds = [] } = audience;
  if (segmentIds.length + excludeSegmentIds.length === 0) return null;
  const { settings } = await getWorkspace(db, workspaceId);
  const freeze = (ids: readonly string[], field: string) => freezeAll(db, workspaceId, ids, `audience/${field}`);
  return {
    zone: (settings as WorkspaceDefaults).timezone ?? 'UTC',
    include: await freeze(segmentIds, 'segmentIds'),
    exclude: await freeze(excludeSegmentIds, 'excludeSegmentIds'),
  };
}

/** The same of a campaign: what it keeps since its launch, or of a draft what it would keep. */
export async function segmentsOfCampaign(db: Executor, campaign: CampaignRow): Promise<SegmentAudience | null> {
  const audience = campaign.audience as unknown as StoredAudience | null;
  if (!audience) return null;
  const kept = campaign.audienceFilters as AudienceFilters | null;
  const filters = kept ?? (await freezeSegments(db, campaign.workspaceId, audience));
  return segmentAudienceOf(db, { ...campaign, audience }, filters);
}

/** The segments an audience names have to be there when a draft is stored, and are not deleted meanwhile. */
export async function holdSegments(tx: Executor, workspaceId: string, audience: AudienceByLists): Promise<void> {
  for (const field of ['segmentIds', 'excludeSegmentIds'] as const) {
    const ids = audience[field] ?? [];
    const found = await lockSegments(tx, workspaceId, ids);
    const missing = ids.filter((id) => !found.has(id.toLowerCase()));
    if (missing.length > 0)
      throw invalid(`audience/${field}`, `there is no segment ${missing.join(', ')} in this workspace`);
  }
}

async function freezeAll(
  db: Executor,
  workspaceId: string,
  ids: readonly string[],
  path: string,
): Promise<FrozenSegment[]> {
  const rows = new Map((await findSegments(db, workspaceId, ids)).map((row) => [row.id, row]));
  const frozen: FrozenSegment[] = [];
  for (const id of new Set(ids.map((given) => given.toLowerCase()))) {
    const row = rows.get(id);
    if (!row) throw invalid(path, `there is no segment ${id} in this workspace`);
    const filter = await checkFilter(db, workspaceId, row.filter, `${path}/${row.name}`);
    await checkReferences(db, workspaceId, filter);
    frozen.push({ id, name: row.name, filter });
  }
  return frozen;
}
