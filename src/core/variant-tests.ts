import { listVariants, type StoredTest, storedTest, type VariantRow } from '../db/campaign-variants.ts';
import type { CampaignRow } from '../db/campaigns.ts';
import { findCampaignForSending } from '../db/campaigns.ts';
import { isDatabaseAway, isRetryableConflict } from '../db/database.ts';
import { findSendOfCampaign } from '../db/sends.ts';
import {
  countByVariant,
  countEventsByVariant,
  decideWinner,
  listOpenTests,
  markSampleOut,
  type OpenTest,
  type RestTurn,
  type WinnerReason,
} from '../db/variant-tests.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { nextTurnOf } from '../domain/recipient-clock.ts';
import { goesByRecipients } from '../domain/schedule.ts';
import { judgeVariants, type Measured, type Verdict } from '../domain/variant-verdict.ts';
import { AppError } from '../errors.ts';
import { recordAudit } from './audit-log.ts';
import { variantNamed } from './campaign-variants.ts';
import { getCampaign, wrongState } from './campaigns.ts';
import type { Caller, Core } from './context.ts';
import { hint } from './hint.ts';

type TestCore = Pick<Core, 'db' | 'queues' | 'events' | 'log'>;

/**
 * Ends the tests of campaigns whose time has come. Safe to run by several processes at once, and to be killed anywhere: each
 * step is one conditional statement or one transaction.
 */
export async function decideTests(core: TestCore): Promise<void> {
  for (const test of await listOpenTests(core.db.sql))
    await decideTest(core, test).catch((error: unknown) => {
      if (isDatabaseAway(error)) throw error;
      if (isRetryableConflict(error)) return; // batches were being counted: the next round decides
      // One that cannot be decided must not keep the others, and what else is swept, from going on.
      core.log.error({ err: error, campaignId: test.campaignId }, 'a test of variants could not be decided');
    });
}

async function decideTest(core: TestCore, test: OpenTest): Promise<void> {
  if (test.outForMs === null) {
    if (await markSampleOut(core.db.sql, test.sendId)) core.events.publish({ kind: 'campaign', id: test.campaignId });
    return;
  }
  const rules = storedTest(test.abTest);
  if (rules.winner === 'manual' || test.outForMs < rules.decideAfterMinutes * 60_000) return;
  const variants = await listVariants(core.db.sql, test.campaignId);
  const measured = await measure(core, test.sendId, rules.winner, variants.length);
  const verdict = judgeVariants(measured, rules);
  if (verdict.best === null && rules.otherwise === 'wait') return;
  const winner = verdict.best ?? 0;
  const by = verdict.best === null ? 'fallback' : rules.winner;
  const reason: WinnerReason = { by, words: verdictWords(verdict, measured, variants, rules) };
  if (!(await decide(core, test, winner, reason))) return;
  const { campaignId: id, name, workspaceId } = test;
  core.log.info({ campaignId: id, winner, by }, 'the rest of a campaign gets the variant that won');
  await recordAudit(
    core,
    { workspaceId, userId: null },
    {
      action: 'campaign.winner-chosen',
      object: { kind: 'campaign', id, name },
      detail: { winner: variants[winner]?.name, ...reason },
    },
  );
}

/** A person ends the test, whatever was measured. Said again, it is the same; another winner is refused. */
export async function chooseWinner(
  core: TestCore,
  caller: Caller,
  id: string,
  name: string,
): Promise<{ campaign: CampaignRow; winner: string }> {
  const campaign = await getCampaign(core, caller, id);
  const variants = await listVariants(core.db.sql, id);
  const chosen = variantNamed(variants, name);
  if (campaign.abTest === null || storedTest(campaign.abTest).samplePercent === 100)
    throw notNow(campaign, 'everybody gets one of its variants, so nobody waits for a winner');
  const send = await findSendOfCampaign(core.db.sql, id);
  if (!send) throw wrongState(campaign, 'given a winner');
  const reason = { by: 'person', words: `"${chosen.name}" was chosen by a person.` } as const;
  const decision = { sendId: send.id, campaignId: id };
  if (!(await withRetries(() => decide(core, decision, chosen.position, reason)))) {
    const now = await findSendOfCampaign(core.db.sql, id);
    if (now?.winner == null) throw wrongState(await getCampaign(core, caller, id), 'given a winner');
    if (now.winner !== chosen.position)
      throw notNow(campaign, `"${variants[now.winner]?.name}" was decided on before, and the rest is being sent it`);
  }
  return { campaign: await getCampaign(core, caller, id), winner: chosen.name };
}

function notNow(campaign: CampaignRow, why: string): AppError {
  return new AppError(
    'CAMPAIGN_STATE',
    `The campaign "${campaign.name}" takes no winner: ${why}. Nothing was changed.`,
  );
}

async function decide(
  core: TestCore,
  { sendId, campaignId }: Pick<OpenTest, 'sendId' | 'campaignId'>,
  winner: number,
  reason: WinnerReason,
): Promise<boolean> {
  const turnOfRest = await turnsOf(core, campaignId);
  if (!(await decideWinner(core.db, { sendId, winner, reason }, turnOfRest))) return false;
  await hint(core, 'email-sending', {}, 5);
  core.events.publish({ kind: 'campaign', id: campaignId });
  return true;
}

/** Whose hour has passed while the winner was waited for gets it at that hour of the next day. */
async function turnsOf(
  { db }: TestCore,
  campaignId: string,
): Promise<(zone: { timeZone: string | null; notBefore: Date | null }) => RestTurn> {
  const campaign = await findCampaignForSending(db.sql, campaignId);
  if (!campaign?.scheduledAt || !goesByRecipients(campaign)) return () => ({ notBefore: null, waitingFor: null });
  const settings = (await getWorkspace(db.sql, campaign.workspaceId)).settings as { timezone?: string };
  const clock = { wall: campaign.scheduledAt.getTime(), fallbackZone: settings.timezone ?? 'UTC' };
  return ({ timeZone }) => nextTurnOf(clock, timeZone, Date.now());
}

/** Of the sample alone, by the position of the variant. */
async function measure(
  core: Pick<Core, 'db'>,
  sendId: string,
  metric: 'opens' | 'clicks',
  variants: number,
): Promise<Measured[]> {
  const type = EVENT_OF[metric];
  const [parts, events] = await Promise.all([
    countByVariant(core.db.pool, sendId),
    countEventsByVariant(core.db.pool, sendId, [type]),
  ]);
  return Array.from({ length: variants }, (_, position) => {
    const isIt = (part: { variant: number | null; isRest: boolean }) => part.variant === position && !part.isRest;
    return measuredOf(parts.find(isIt)?.counts.sent ?? 0, events.find(isIt)?.people ?? 0);
  });
}

const EVENT_OF = { opens: 'opened', clicks: 'clicked' } as const;

/** An answer that was lost may leave an opened copy without its `sent`: no rate is above 1. */
export function measuredOf(sent: number, people: number): Measured {
  return { sent, people: Math.min(people, sent) };
}

/** What the figures say, and how sure that is. */
export function verdictWords(
  { best, doubt, isSignificant }: Verdict,
  measured: readonly Measured[],
  variants: ReadonlyArray<Pick<VariantRow, 'name'>>,
  { winner, minimumSent, otherwise }: StoredTest,
): string {
  const did = winner === 'opens' ? 'opened' : 'clicked';
  const rates = measured.map(
    ({ sent, people }, i) => `"${variants[i]?.name}" was ${did} by ${number(people)} of ${number(sent)}`,
  );
  const first = otherwise === 'first' ? ' Then the first variant is taken, as was asked for.' : '';
  if (doubt === 'too-few')
    return `Too few copies were accepted to tell: ${measured.map(({ sent }, i) => `"${variants[i]?.name}" ${number(sent)}`).join(', ')}, and ${number(minimumSent)} each are wanted.${first}`;
  if (doubt === 'nothing' || best === null) return `Nobody ${did}.${first}`;
  const how = `${rates.join(', ')}.`;
  if (doubt === 'tie') return `${how} The best rates are the same: "${variants[best]?.name}" is the first of them.`;
  return isSignificant
    ? `${how} Chance alone would seldom part them so far (less than 5 in 100).`
    : `${how} The difference is not significant: chance alone may have made it.`;
}

const number = (value: number) => value.toLocaleString('en');

const MOST_TRIES = 5;

/** Somebody counts the batches at the same moment: one of the two is to begin again. */
async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === MOST_TRIES || !isRetryableConflict(error)) throw error;
    }
  }
}
