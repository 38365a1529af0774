import { type Insertable, type Selectable, sql, type UpdateObject } from 'kysely';
import type { CampaignState } from '../contract/states.ts';
import { movesInto } from '../domain/campaign-state.ts';
import { RECIPIENT_LEAD_MS } from '../domain/schedule.ts';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { CampaignAttachments, Campaigns, DB } from './schema.generated.ts';

export type CampaignRow = Selectable<Campaigns>;
export type NewCampaign = Insertable<Campaigns>;
export type CampaignChange = UpdateObject<DB, 'campaigns'>;
/** Columns that a request may set, whether it makes or changes a draft. */
export type CampaignSettings = Partial<NewCampaign>;

export async function insertCampaign(db: Executor, campaign: NewCampaign): Promise<CampaignRow> {
  return db.insertInto('campaigns').values(campaign).returningAll().executeTakeFirstOrThrow();
}

export async function findCampaign(db: Executor, workspaceId: string, id: string): Promise<CampaignRow | null> {
  const row = await db
    .selectFrom('campaigns')
    .selectAll()
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .where('kind', '=', 'campaign')
    .executeTakeFirst();
  return row ?? null;
}

/** Changes settings; only of a campaign that nobody has launched yet. */
export async function updateDraft(
  db: Executor,
  workspaceId: string,
  id: string,
  change: CampaignChange,
): Promise<CampaignRow | null> {
  const row = await db
    .updateTable('campaigns')
    .set(change)
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .where('state', '=', 'draft')
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Moves a campaign, if it is in a state that may move there (domain/campaign-state.ts); null when it is not.
 * One conditional UPDATE, so that of two people who press at once one wins.
 */
export async function moveCampaign(
  db: Executor,
  id: string,
  to: CampaignState,
  change: CampaignChange = {},
  from: readonly CampaignState[] = movesInto(to),
): Promise<CampaignRow | null> {
  const row = await db
    .updateTable('campaigns')
    .set({ stateReason: null, ...change, state: to })
    .where('id', '=', id)
    .where('state', 'in', [...from])
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export interface CampaignFilter {
  readonly workspaceId: string;
  readonly states?: readonly string[];
  readonly search?: string;
  /** Newest first: only campaigns with a smaller id. */
  readonly before?: string;
  readonly offset?: number;
  readonly limit: number;
}

export async function listCampaigns(db: Executor, filter: CampaignFilter): Promise<CampaignRow[]> {
  let query = selectCampaigns(db, filter).selectAll();
  if (filter.before) query = query.where('id', '<', filter.before);
  return query
    .orderBy('id', 'desc')
    .offset(filter.offset ?? 0)
    .limit(filter.limit)
    .execute();
}

export async function countCampaigns(db: Executor, filter: Omit<CampaignFilter, 'limit'>): Promise<number> {
  const row = await selectCampaigns(db, filter)
    .select(sql<number>`count(*)::int`.as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
}

export async function countCampaignsByState(db: Executor, workspaceId: string): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('campaigns')
    .select(['state', sql<number>`count(*)::int`.as('total')])
    .where('workspaceId', '=', workspaceId)
    .where('kind', '=', 'campaign')
    .groupBy('state')
    .execute();
  return new Map(rows.map((row) => [row.state, row.total]));
}

function selectCampaigns(db: Executor, filter: Pick<CampaignFilter, 'workspaceId' | 'states' | 'search'>) {
  let query = db.selectFrom('campaigns').where('workspaceId', '=', filter.workspaceId).where('kind', '=', 'campaign');
  if (filter.states) query = query.where('state', 'in', [...filter.states]);
  if (filter.search) query = query.where('name', 'ilike', `%${escapeLike(filter.search)}%`);
  return query;
}

/** Removes a campaign with its ledger; only one that is not under way. */
export async function deleteCampaign(db: Executor, workspaceId: string, id: string): Promise<boolean> {
  const row = await db
    .deleteFrom('campaigns')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .where('state', 'in', ['draft', 'completed', 'failed', 'cancelled'])
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Removes a campaign that was never launched; false when there is none, or it was. */
export async function deleteDraft(db: Executor, workspaceId: string, id: string): Promise<boolean> {
  const row = await db
    .deleteFrom('campaigns')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .where('state', '=', 'draft')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Campaigns whose time has come (domain/schedule.ts says when that is), moved on to `waiting`. */
export async function startDueCampaigns(db: Executor): Promise<CampaignRow[]> {
  return db
    .updateTable('campaigns')
    .set({ state: 'waiting', launchedAt: sql<Date>`now()` })
    .where('state', '=', 'delayed')
    .where('kind', '=', 'campaign')
    .where(
      'scheduledAt',
      '<=',
      sql<Date>`now() + case when timezone = 'recipient' then make_interval(secs => ${RECIPIENT_LEAD_MS / 1000}) else interval '0' end`,
    )
    .returningAll()
    .execute();
}

/** Launched campaigns whose audience is not written out yet: also paused ones, and those cancelled half-way, whose counts are to add up. */
export async function listUnexpandedCampaigns(db: Executor): Promise<Array<{ id: string }>> {
  return db
    .selectFrom('campaigns')
    .leftJoin('campaignSends', 'campaignSends.campaignId', 'campaigns.id')
    .select('campaigns.id')
    .where((eb) => eb.or([eb('campaigns.state', 'in', ['waiting', 'active']), eb('campaignSends.id', 'is not', null)]))
    .where('campaignSends.expandedAt', 'is', null)
    .where('campaigns.state', '!=', 'failed')
    .where('campaigns.kind', '=', 'campaign')
    .orderBy('campaigns.priority', 'desc')
    .orderBy('campaigns.launchedAt')
    .limit(100)
    .execute();
}

/** Whether a campaign of any workspace is under way. By the index of those few. */
export async function isAnythingSent(db: Executor): Promise<boolean> {
  const row = await db
    .selectFrom('campaigns')
    .select('id')
    .where('state', '=', 'active')
    .where('kind', '=', 'campaign')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Which of these campaigns are to be sent now. */
export async function listActiveAmong(db: Executor, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('campaigns')
    .select('id')
    .where('id', 'in', [...ids])
    .where('state', '=', 'active')
    .execute();
  return new Set(rows.map((row) => row.id));
}

export async function insertAttachments(
  db: Executor,
  rows: ReadonlyArray<Insertable<CampaignAttachments>>,
): Promise<void> {
  if (rows.length > 0)
    await db
      .insertInto('campaignAttachments')
      .values([...rows])
      .execute();
}

export async function listAttachments(
  db: Executor,
  campaignId: string,
): Promise<Array<Selectable<DB['campaignAttachments']>>> {
  return db
    .selectFrom('campaignAttachments')
    .selectAll()
    .where('campaignId', '=', campaignId)
    .orderBy('position')
    .execute();
}

export async function deleteAttachments(db: Executor, campaignId: string): Promise<void> {
  await db.deleteFrom('campaignAttachments').where('campaignId', '=', campaignId).execute();
}

/** An audience of contacts: who is in a list or a segment, and in none that is excluded. */
export interface ListAudience {
  readonly kind: 'lists';
  readonly listIds: readonly string[];
  /** Not of campaigns from before there were segments. */
  readonly segmentIds?: readonly string[];
  readonly excludeListIds: readonly string[];
  readonly excludeSegmentIds?: readonly string[];
}

/** The audience as campaigns keep it. */
export type StoredAudience = { readonly kind: 'inline'; readonly evenIfUnsubscribed?: boolean } | ListAudience;

/** A campaign as a worker reads it: by id alone, workers serve every workspace. */
export async function findCampaignForSending(
  db: Executor,
  id: string,
): Promise<(Omit<CampaignRow, 'audience'> & { audience: StoredAudience }) | null> {
  const row = await db.selectFrom('campaigns').selectAll().where('id', '=', id).executeTakeFirst();
  return row?.audience ? { ...row, audience: row.audience as unknown as StoredAudience } : null;
}

/**
 * The campaign a send belongs to, with the content it was launched with, or that of one of its variants. Null when there is no
 * such send, or no such variant.
 */
export async function findCampaignOfSend(db: Executor, sendId: string, variant: number | null) {
  const row = await db
    .selectFrom('campaignSends as s')
    .innerJoin('campaigns as c', 'c.id', 's.campaignId')
    .leftJoin('campaignVariants as a', (join) => join.onRef('a.campaignId', '=', 'c.id').on('a.position', '=', variant))
    .innerJoin('templateVersions as v', (join) =>
      join.on(
        'v.id',
        '=',
        sql<string>`case when a.position is null then c.template_version_id else a.template_version_id end`,
      ),
    )
    .selectAll('c')
    .select(['v.subject', 'v.preparedHtml', 'v.html', 'v.text', 'a.name as variantName'])
    .select(sql<string | null>`coalesce(a.from_name, c.from_name)`.as('fromName'))
    .select(sql<boolean>`exists (select 1 from campaign_attachments f where f.campaign_id = c.id)`.as('hasAttachments'))
    .where('s.id', '=', sendId)
    // Whom nobody has a variant for yet gets nothing, also not what the campaign says.
    .where(sql<boolean>`(c.ab_test is null) = (a.position is null)`)
    .executeTakeFirst();
  return row ?? null;
}

export async function findOpenByFingerprint(
  db: Executor,
  workspaceId: string,
  fingerprint: string,
): Promise<CampaignRow | null> {
  const row = await db
    .selectFrom('campaigns')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .where('commandFingerprint', '=', fingerprint)
    .where('state', 'in', ['waiting', 'active', 'paused', 'delayed'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

export async function updateFingerprint(db: Executor, id: string, fingerprint: string): Promise<void> {
  await db.updateTable('campaigns').set({ commandFingerprint: fingerprint }).where('id', '=', id).execute();
}
