import {
  type CampaignGuard,
  countFeedback,
  countRecentlySent,
  type GuardedCampaign,
  listCampaignsToGuard,
  slowCampaign,
} from '../db/campaign-guard.ts';
import { moveCampaign } from '../db/campaigns.ts';
import { countRecipients } from '../db/sends.ts';
import { getWorkspace } from '../db/workspaces.ts';
import {
  type GuardCounts,
  type GuardRules,
  type GuardVerdict,
  judgeCampaign,
  USUAL_GUARD,
} from '../domain/campaign-guard.ts';
import { REPLY_CLASSES } from '../mail/classify/reply-classes.ts';
import { recordAudit } from './audit-log.ts';
import type { Core } from './context.ts';

type GuardCore = Pick<Core, 'db' | 'events' | 'log'>;

/** Words of a server that say that the address itself is no good. */
const ADDRESS_CLASSES = Object.entries(REPLY_CLASSES).flatMap(([name, { suppress }]) => (suppress ? [name] : []));
const SLOW_SHARE = 0.1;
const LEAST_PER_HOUR = 60;

/**
 * Slows down or stops campaigns whose readers complain, or whose addresses do not exist. A stopped one is resumed by a
 * person alone. Safe to run by several processes at once: each move is one conditional statement. Returns how many it moved.
 */
export async function guardCampaigns(core: GuardCore): Promise<number> {
  let moved = 0;
  for (const campaign of await listCampaignsToGuard(core.db.sql)) if (await guard(core, campaign)) moved++;
  return moved;
}

/** What a workspace has set, over what is usual. */
function guardRules(settings: unknown): GuardRules {
  return { ...USUAL_GUARD, ...((settings as { guard?: Partial<GuardRules> }).guard ?? {}) };
}

async function guard(core: GuardCore, campaign: GuardedCampaign): Promise<boolean> {
  const rules = guardRules((await getWorkspace(core.db.sql, campaign.workspaceId)).settings);
  if (!rules.enabled) return false;
  const counts = await readCounts(core, campaign.sendId);
  const since = campaign.guard?.level === 'resumed' ? campaign.guard.counts : undefined;
  const verdict = judgeCampaign(rules, counts, since);
  if (verdict === null || verdict.level === campaign.guard?.level) return false;
  const isMoved = await heed(core, campaign, verdict, counts);
  if (isMoved) await tell(core, campaign, verdict, counts);
  return isMoved;
}

async function readCounts({ db }: GuardCore, sendId: string): Promise<GuardCounts> {
  const [{ complained, returned, read }, recipients] = await Promise.all([
    countFeedback(db.pool, sendId, ADDRESS_CLASSES),
    countRecipients(db.pool, [sendId]),
  ]);
  const sent = recipients.get(sendId)?.sent ?? 0;
  // What was read of a large campaign stands for all of it.
  const refused = read.sent === 0 ? read.refused : Math.round((read.refused * Math.max(sent, read.sent)) / read.sent);
  return { sent, tried: sent + refused, complained, bounced: refused + returned };
}

async function heed(
  core: GuardCore,
  { id, sendId }: GuardedCampaign,
  { level, words }: GuardVerdict,
  counts: GuardCounts,
): Promise<boolean> {
  const entry: CampaignGuard = { level, words, at: new Date().toISOString(), counts };
  if (level === 'stopped') {
    const change = { stateReason: `stopped by itself: ${words}`, guard: JSON.stringify(entry) };
    return (await moveCampaign(core.db.sql, id, 'paused', change, ['active'])) !== null;
  }
  const perHour = (await countRecentlySent(core.db.pool, sendId)) * 6 * SLOW_SHARE;
  return slowCampaign(core.db.sql, id, { ...entry, perHour: Math.max(LEAST_PER_HOUR, Math.round(perHour)) });
}

async function tell(
  core: GuardCore,
  { id, name, workspaceId }: GuardedCampaign,
  { level, words }: GuardVerdict,
  counts: GuardCounts,
): Promise<void> {
  core.log.warn(
    { campaignId: id, level, ...counts },
    'a campaign was slowed down or stopped, for what its readers say',
  );
  core.events.publish({ kind: 'campaign', id });
  await recordAudit(
    core,
    { workspaceId, userId: null },
    {
      action: level === 'slow' ? 'campaign.slowed-down' : 'campaign.stopped',
      object: { kind: 'campaign', id, name },
      detail: { words, ...counts },
    },
  );
}
