import { sql } from 'kysely';
import {
  type Audience,
  type CampaignDetail,
  type CampaignDraftBody,
  type CampaignDraftChange,
  CLEARABLE,
  type Clearable,
  type SendCampaignBody,
} from '../contract/campaigns.ts';
import { deleteAudience, insertAudience } from '../db/audience.ts';
import { listVariants, storedTest } from '../db/campaign-variants.ts';
import {
  type CampaignRow,
  deleteAttachments,
  deleteCampaign,
  findCampaign,
  insertAttachments,
  insertCampaign,
  moveCampaign,
  type StoredAudience,
  updateDraft,
} from '../db/campaigns.ts';
import { type Executor, inTransaction } from '../db/database.ts';
import { jsonbText } from '../db/jsonb.ts';
import { deleteLedger } from '../db/ledger.ts';
import { findTemplateVersion, insertTemplateVersion } from '../db/templates.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { beginsAt } from '../domain/schedule.ts';
import { AppError, notFound } from '../errors.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { readAttachments, type StoredAttachment } from './campaign-attachments.ts';
import { readAudience } from './campaign-audience.ts';
import { checkReady } from './campaign-message.ts';
import { launchDefaults, type WorkspaceDefaults } from './campaign-schedule.ts';
import { freezeSegments, holdSegments } from './campaign-segments.ts';
import { readSettings } from './campaign-settings.ts';
import { summariesOf } from './campaign-status.ts';
import {
  describeVariants,
  freezeVariants,
  readVariants,
  storeVariants,
  withFirstVariant,
} from './campaign-variants.ts';
import { type Content, contentOf, mergeContent, type PreparedContent, storeContent } from './content.ts';
import type { Caller, Core } from './context.ts';
import { hint } from './hint.ts';

type CampaignCore = Pick<Core, 'db' | 'queues' | 'events' | 'log'>;

/**
 * Stores a campaign with its audience and launches it: everything `POST /api/campaigns/send` does before it answers.
 * Called again with the same id, it goes on where a crash ended the first call: nobody is sent a second campaign.
 */
export async function sendCampaign(
  core: CampaignCore,
  caller: Caller,
  body: SendCampaignBody,
  id: string = uuid7(),
): Promise<CampaignRow> {
  const known = await findCampaign(core.db.sql, caller.workspaceId, id);
  const campaign = known ?? (await createCampaign(core, caller, body, id));
  if (campaign.state !== 'draft') return campaign;
  try {
    return await launchCampaign(core, caller, id);
  } catch (error) {
    // What cannot be sent was refused as a whole: no draft is left that nobody asked for.
    if (!known) await removeCampaign(core, caller, id).catch(() => {});
    throw error;
  }
}

/** Where a campaign comes from that nobody wrote by hand. */
export interface CampaignOrigin {
  readonly seriesId: string;
  /** Content in the place of the body's. */
  readonly content: PreparedContent | null;
  /** Runs in the transaction that stores the campaign, before it. */
  readonly before: (tx: Executor) => Promise<void>;
}

export async function createCampaign(
  core: CampaignCore,
  caller: Caller,
  request: CampaignDraftBody,
  id: string = uuid7(),
  origin: CampaignOrigin | null = null,
): Promise<CampaignRow> {
  const { workspaceId } = caller;
  const body = withFirstVariant(request);
  const attachments = await readAttachments(core, workspaceId, body);
  const settings = await readSettings(core, workspaceId, body);
  return inTransaction(core.db.sql, async (tx) => {
    await origin?.before(tx);
    const version = origin?.content
      ? await insertTemplateVersion(tx, { workspaceId, templateId: null, ...origin.content })
      : hasContent(body)
        ? await storeContent(tx, workspaceId, body)
        : null;
    const name = body.name ?? version?.subject ?? 'Untitled campaign';
    const row = await insertCampaign(tx, {
      ...settings,
      id,
      workspaceId,
      name,
      state: 'draft',
      templateVersionId: version?.id ?? null,
      seriesId: origin?.seriesId ?? null,
    });
    await storeParts(tx, row.id, workspaceId, body.audience, attachments);
    if (body.variants) await storeVariants(tx, row, readVariants(body.variants));
    return (await findCampaign(tx, workspaceId, row.id)) ?? row;
  });
}

export async function updateCampaign(
  core: CampaignCore,
  caller: Caller,
  id: string,
  change: CampaignDraftChange,
): Promise<CampaignRow> {
  const { workspaceId } = caller;
  const before = await getCampaign(core, caller, id);
  if (before.state !== 'draft') throw wrongState(before, 'changed');
  const { body: asked, cleared } = splitChange(change);
  const body = before.templateVersionId === null ? withFirstVariant(asked) : asked;
  const attachments = await readAttachments(core, workspaceId, body);
  const settings = { ...cleared, ...(await readSettings(core, workspaceId, body, { ...before, ...cleared })) };
  return inTransaction(core.db.sql, async (tx) => {
    const version = hasContent(body)
      ? await storeContent(tx, workspaceId, await changedContent(core, before, body))
      : null;
    const columns = {
      ...settings,
      ...(body.name === undefined ? {} : { name: body.name }),
      ...(version ? { templateVersionId: version.id } : {}),
    };
    const row = Object.keys(columns).length === 0 ? before : await updateDraft(tx, workspaceId, id, columns);
    if (!row) throw wrongState(before, 'changed');
    await storeParts(tx, id, workspaceId, body.audience, attachments);
    await changeVariants(tx, row, change.variants, version !== null);
    return (await findCampaign(tx, workspaceId, id)) ?? row;
  });
}

/** New content is under the variants that are kept, too: what is wrong with the two together is told now. */
async function changeVariants(
  tx: Executor,
  before: CampaignRow,
  variants: CampaignDraftChange['variants'],
  hasNewContent: boolean,
): Promise<void> {
  if (variants === undefined && !hasNewContent) return;
  const row = await updateDraft(tx, before.workspaceId, before.id, { state: 'draft' }); // holds it against a launch
  if (!row) throw wrongState(before, 'changed');
  await storeVariants(tx, row, variants === undefined ? 'unchanged' : readVariants(variants ?? []));
}

const COLUMNS_OF = {
  audience: { audience: null },
  from: { fromName: null, fromAddress: null },
  replyTo: { replyTo: null },
  batchSize: { batchSize: null },
  batchDelayMs: { batchDelayMs: null },
  rateLimit: { rateLimitPerHour: null },
  concurrency: { concurrency: null },
  retry: { retry: null },
  scheduledAt: { scheduledAt: null },
  timezone: { timezone: null },
  quietHours: { quietHours: null },
  tracking: { tracking: null },
  utm: { utm: null },
  variants: {},
  abTest: { abTest: null },
} as const satisfies Record<Clearable, object>;

/** What is to be changed, and the columns of what is to be taken out. */
function splitChange(change: CampaignDraftChange) {
  const entries = Object.entries(change);
  const body: CampaignDraftBody = Object.fromEntries(entries.filter(([, value]) => value !== null));
  const taken = CLEARABLE.filter((name) => change[name] === null);
  return { body, cleared: Object.assign({}, ...taken.map((name) => COLUMNS_OF[name])) as Partial<CampaignRow> };
}

/** Checks that nothing is missing, and hands the campaign to the workers. Answers before the audience is looked at. */
export async function launchCampaign(core: CampaignCore, caller: Caller, id: string): Promise<CampaignRow> {
  const campaign = await getCampaign(core, caller, id);
  if (campaign.state !== 'draft') throw wrongState(campaign, 'launched');
  const ready = await checkReady(core, campaign);
  const defaults = (await getWorkspace(core.db.sql, campaign.workspaceId)).settings as WorkspaceDefaults;
  const begins = beginsAt(campaign);
  const later = begins !== null && begins.getTime() > Date.now();
  const from = { fromName: ready.from.name ?? null, fromAddress: ready.from.address };
  const filters = await freezeSegments(core.db.sql, campaign.workspaceId, campaign.audience as StoredAudience | null);
  const audienceFilters = filters && jsonbText(filters);
  const test = ready.variants.length === 0 ? {} : { abTest: JSON.stringify(storedTest(campaign.abTest)) };
  const change = { ...from, ...launchDefaults(campaign, defaults), ...test, audienceFilters };
  const moved = await inTransaction(core.db.sql, async (tx) => {
    const launched = later
      ? await moveCampaign(tx, id, 'delayed', change, ['draft'])
      : await moveCampaign(tx, id, 'waiting', { ...change, launchedAt: sql<Date>`now()` }, ['draft']);
    if (launched && (await freezeVariants(tx, launched)) !== ready.variants.length) throw changedMeanwhile(campaign);
    return launched;
  });
  if (!moved) throw wrongState(await getCampaign(core, caller, id), 'launched');
  if (!later) await hint(core, 'campaigns', { campaignId: id });
  core.events.publish({ kind: 'campaign', id });
  return moved;
}

export async function getCampaign(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<CampaignRow> {
  const campaign = await findCampaign(core.db.sql, caller.workspaceId, id);
  if (!campaign) throw notFound('campaign', id);
  return campaign;
}

export async function describeCampaign(core: Pick<Core, 'db'>, campaign: CampaignRow): Promise<CampaignDetail> {
  const [summary] = await summariesOf(core.db, [campaign]);
  if (!summary) throw notFound('campaign', campaign.id);
  const version = campaign.templateVersionId
    ? await findTemplateVersion(core.db.sql, campaign.workspaceId, campaign.templateVersionId)
    : null;
  return {
    ...summary,
    htmlContent: version?.html ?? null,
    textContent: version?.text ?? null,
    mjml: version?.mjml ?? null,
    design: (version?.design as unknown as CampaignDetail['design']) ?? null,
    templateId: version?.templateId ?? null,
    replyTo: campaign.replyTo,
    headers: campaign.headers as Record<string, string>,
    accountIds: campaign.accountIds,
    batchSize: campaign.batchSize,
    batchDelayMs: campaign.batchDelayMs,
    rateLimit: campaign.rateLimitPerHour,
    concurrency: campaign.concurrency,
    retry: campaign.retry as CampaignDetail['retry'],
    tracking: campaign.tracking as CampaignDetail['tracking'],
    utm: campaign.utm as CampaignDetail['utm'],
    quietHours: campaign.quietHours as CampaignDetail['quietHours'],
    onUnknown: campaign.onUnknown,
    variants: describeVariants(await listVariants(core.db.sql, campaign.id)),
    abTest: campaign.abTest as CampaignDetail['abTest'],
    audience: campaign.audience as CampaignDetail['audience'],
  };
}

/** Deletes a campaign that is not under way, and its ledger with it. */
export async function removeCampaign(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<void> {
  const campaign = await getCampaign(core, caller, id);
  await inTransaction(core.db.sql, async (tx) => {
    await deleteLedger(tx, id);
    if (!(await deleteCampaign(tx, caller.workspaceId, id))) throw wrongState(campaign, 'deleted');
  });
}

export function wrongState(campaign: CampaignRow, done: string): AppError {
  return new AppError(
    'CAMPAIGN_STATE',
    `The campaign "${campaign.name}" is ${campaign.state} and cannot be ${done} now. Nothing was changed.`,
  );
}

/** Variants were put in or taken out since they were checked. */
function changedMeanwhile({ name }: CampaignRow): AppError {
  const words = `The campaign "${name}" was changed while it was being launched. Nothing was sent: launch it again.`;
  return new AppError('CAMPAIGN_STATE', words);
}

async function changedContent(
  core: Pick<Core, 'db'>,
  before: CampaignRow,
  body: CampaignDraftBody,
): Promise<CampaignDraftBody> {
  const old = before.templateVersionId
    ? await findTemplateVersion(core.db.sql, before.workspaceId, before.templateVersionId)
    : null;
  return !old || body.templateId !== undefined ? body : mergeContent(contentOf(old), partsOf(body));
}

/** Of the body the content alone, without what is not there. */
function partsOf({ subject, htmlContent, textContent, mjml, design }: CampaignDraftBody): Content {
  const parts = { subject, htmlContent, textContent, mjml, design };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

function hasContent(body: CampaignDraftBody): boolean {
  return [body.subject, body.htmlContent, body.textContent, body.mjml, body.design, body.templateId].some(
    (part) => part !== undefined,
  );
}

async function storeParts(
  tx: Executor,
  campaignId: string,
  workspaceId: string,
  audience: Audience | undefined,
  attachments: readonly StoredAttachment[] | null,
): Promise<void> {
  if (attachments) {
    await deleteAttachments(tx, campaignId);
    await insertAttachments(
      tx,
      attachments.map((attachment, position) => ({ ...attachment, campaignId, position })),
    );
  }
  if (audience === undefined) return;
  await deleteAudience(tx, campaignId);
  if (Array.isArray(audience)) await insertAudience(tx, campaignId, readAudience(audience));
  if (!Array.isArray(audience)) await holdSegments(tx, workspaceId, audience);
  const stored: StoredAudience = Array.isArray(audience)
    ? { kind: 'inline' }
    : {
        kind: 'lists',
        listIds: audience.listIds ?? [],
        segmentIds: audience.segmentIds ?? [],
        excludeListIds: audience.excludeListIds ?? [],
        excludeSegmentIds: audience.excludeSegmentIds ?? [],
      };
  await updateDraft(tx, workspaceId, campaignId, { audience: JSON.stringify(stored) });
}
