import { type AccountHealthRow, listAccountHealth } from '../db/account-health.ts';
import { type AccountRow, listAccountsOfWorkspace } from '../db/accounts.ts';
import { storedTest } from '../db/campaign-variants.ts';
import type { CampaignRow, StoredAudience } from '../db/campaigns.ts';
import type { Database } from '../db/database.ts';
import {
  type AudienceCount,
  countAudience,
  countOpenBatches,
  countSegmentAudience,
  findLastRetry,
  listAccountPeaks,
  listSpent,
} from '../db/forecast.ts';
import { permitOwner } from '../db/permits.ts';
import { countRecipients, findSendOfCampaign } from '../db/sends.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { accountsFor } from '../domain/account-choice.ts';
import { rateAfter } from '../domain/adaptive-rate.ts';
import { type Binding, type Forecast, type ForecastAccount, type ForecastGroup, forecast } from '../domain/forecast.ts';
import { type PermitWindow, windowOfReducedRate, windowsOfPace, windowsOfRate } from '../domain/permit-window.ts';
import { nextQuietAt, type QuietHours, quietUntil } from '../domain/quiet-hours.ts';
import { nextTurnOf, type RecipientClock, turnOf } from '../domain/recipient-clock.ts';
import { emptyCounts, openOf } from '../domain/recipient-state.ts';
import type { Spent } from '../domain/rolling-meter.ts';
import { goesByRecipients } from '../domain/schedule.ts';
import { accountWindows } from './account-settings.ts';
import { type WorkspaceDefaults, withDefaults } from './campaign-schedule.ts';
import { segmentsOfCampaign } from './campaign-segments.ts';
import { userCapacities } from './forecast-users.ts';
import { openTestOf } from './variant-words.ts';

/** Of an account of which nothing is known yet: a server far away answers a message in about a fifth of a second. */
const ASSUMED_PER_CONNECTION = 5;
/** Limits of shorter windows are a pace; those of longer ones hold a campaign up. */
const HOUR_MS = 3_600_000;
const NOBODY: AudienceCount = { recipients: 0, isEstimate: false, zones: [] };

export interface Reckoning {
  readonly result: Forecast;
  readonly recipients: number;
  readonly remaining: number;
  /** Whether these two come from a sample. */
  readonly isEstimate: boolean;
  readonly now: number;
  /** In which times are told. */
  readonly zone: string;
  /** Whether something else than the pace of its accounts decides when it is done. */
  readonly isHeldUp: boolean;
  readonly assumptions: string[];
  /** Limits of an hour or more that hold it up. */
  readonly bindings: readonly Binding[];
}

/** The forecast in numbers. Two or three statements, and a simulation of some milliseconds. */
export async function reckon(db: Database, campaign: CampaignRow): Promise<Reckoning> {
  const now = Date.now();
  const defaults = (await getWorkspace(db.sql, campaign.workspaceId)).settings as WorkspaceDefaults;
  const { timezone, quietHours } = withDefaults(campaign, defaults);
  const fallbackZone = defaults.timezone ?? 'UTC';
  const schedule = { scheduledAt: campaign.scheduledAt, timezone };
  const wall = goesByRecipients(schedule) ? (campaign.scheduledAt?.getTime() ?? null) : null;
  const clock = wall !== null || quietHours?.timezone === 'recipient' ? { wall, fallbackZone } : null;
  const at = clock ? null : campaign.scheduledAt;
  const work = await findWork(db, campaign, clock, at?.getTime() ?? now);
  const { accounts, assumptions } = await readAccounts(db, campaign, defaults.rateLimitBuffer ?? 0, now);
  const rate = campaign.rateLimitPerHour;
  const owner = permitOwner.campaign(campaign.id);
  const own = rate === null ? [] : spentOf(await listSpent(db.pool, [owner]), now);
  const simulate = (parts: readonly WorkPart[]) =>
    forecast({
      now,
      accounts,
      campaign: { windows: rate === null ? [] : windowsOfRate(rate), spent: own },
      groups: parts.map((part) => groupOf(part, quietHours)),
    });
  const isTested = work.parts.some(({ isHeld }) => isHeld);
  const result = simulate(isTested ? released(campaign, work, clock, simulate, now) : work.parts);
  const bindings = result.bindings.filter(({ widthMs }) => widthMs >= HOUR_MS);
  const finishesAt = result.finishesAt && Math.max(result.finishesAt, work.lastRetry ?? 0);
  return {
    result: { ...result, finishesAt },
    recipients: work.recipients,
    remaining: work.remaining,
    isEstimate: work.isEstimate,
    now,
    zone: timezone === null || timezone === 'recipient' ? fallbackZone : timezone,
    isHeldUp: isTested || quietHours !== null || clock !== null || bindings.length > 0,
    bindings,
    assumptions: [...assumptions, ...assumptionsOf(campaign), ...(isTested ? testAssumptions(campaign) : [])],
  };
}

interface WorkPart {
  readonly zone: string;
  readonly notBefore: number;
  /** They wait for the winner of a test. */
  readonly isHeld: boolean;
  readonly recipients: number;
}

/**
 * The same parts with the moment in which those who wait are let go: so long after the sample is out as was asked for; at once
 * where a person decides.
 */
function released(
  campaign: CampaignRow,
  { parts, sampleOutAt }: Work,
  clock: RecipientClock | null,
  simulate: (parts: readonly WorkPart[]) => Forecast,
  now: number,
): WorkPart[] {
  const sample = parts.filter(({ isHeld }) => !isHeld);
  const { winner, decideAfterMinutes } = storedTest(campaign.abTest);
  const isOut = sampleOutAt !== null || sample.length === 0;
  const outAt = isOut ? (sampleOutAt?.getTime() ?? now) : (simulate(sample).finishesAt ?? Number.POSITIVE_INFINITY);
  const decidedAt = Math.max(now, outAt + (winner === 'manual' ? 0 : decideAfterMinutes * 60_000));
  const turnAt = (zone: string) =>
    clock && Number.isFinite(decidedAt) ? nextTurnOf(clock, zone, decidedAt).notBefore?.getTime() : null;
  return parts.map((part) =>
    part.isHeld ? { ...part, notBefore: Math.max(decidedAt, turnAt(part.zone) ?? 0) } : part,
  );
}

interface Work {
  readonly sampleOutAt: Date | null;
  readonly parts: readonly WorkPart[];
  readonly recipients: number;
  readonly remaining: number;
  readonly isEstimate: boolean;
  readonly lastRetry: number | null;
}

async function findWork(
  db: Database,
  campaign: CampaignRow,
  clock: RecipientClock | null,
  notBefore: number,
): Promise<Work> {
  const send = await findSendOfCampaign(db.sql, campaign.id);
  if (send?.expandedAt) {
    const counts = (await countRecipients(db.pool, [send.id])).get(send.id) ?? emptyCounts();
    const batches = await countOpenBatches(db.pool, send.id);
    const remaining = openOf(counts);
    const lastRetry = counts.deferred > 0 ? await findLastRetry(db.pool, send.id) : null;
    const parts = batches.map(({ timeZone, notBefore: from, isHeld, recipients }) => ({
      zone: timeZone ?? 'UTC',
      notBefore: from?.getTime() ?? 0,
      isHeld,
      recipients,
    }));
    const recipients = send.total - counts.excluded;
    const { sampleOutAt } = send;
    return {
      ...{ parts: scaledTo(remaining, parts), recipients, remaining, isEstimate: false, sampleOutAt },
      lastRetry: lastRetry?.getTime() ?? null,
    };
  }
  const audience = campaign.audience as unknown as StoredAudience | null;
  const segments = await segmentsOfCampaign(db.sql, campaign);
  const byZone = clock !== null;
  const { recipients, isEstimate, zones } =
    segments !== null
      ? await countSegmentAudience(db.pool, segments, byZone)
      : audience
        ? await countAudience(db.pool, { ...campaign, audience }, byZone)
        : NOBODY;
  const parts = zones.map(({ zone, recipients: people }) => {
    if (!clock) return { zone: 'UTC', notBefore, isHeld: false, recipients: people };
    const turn = turnOf(clock, zone);
    return {
      zone: turn.timeZone,
      notBefore: turn.notBefore?.getTime() ?? notBefore,
      isHeld: false,
      recipients: people,
    };
  });
  const test = openTestOf(campaign, send);
  const split = test === null ? parts : parts.flatMap((part) => sampleAndRest(part, test.samplePercent / 100));
  return { parts: split, recipients, remaining: recipients, isEstimate, lastRetry: null, sampleOutAt: null };
}

function sampleAndRest(part: WorkPart, share: number): WorkPart[] {
  const sample = Math.round(part.recipients * share);
  const parts = [
    { ...part, recipients: sample },
    { ...part, recipients: part.recipients - sample, isHeld: true },
  ];
  return parts.filter(({ recipients }) => recipients > 0);
}

/** The counts of batches in hand are older than the total: what they count too much is taken off evenly. */
function scaledTo(total: number, parts: readonly WorkPart[]): WorkPart[] {
  const counted = parts.reduce((sum, part) => sum + part.recipients, 0);
  if (counted === 0) return [];
  return parts.map((part) => ({ ...part, recipients: (part.recipients * total) / counted }));
}

function groupOf({ zone, notBefore, recipients }: WorkPart, quiet: QuietHours | null): ForecastGroup {
  const where = quiet?.timezone === 'recipient' ? zone : (quiet?.timezone ?? 'UTC');
  const openAt = (at: number) => {
    if (at < notBefore) return { open: false, until: notBefore };
    if (!quiet) return { open: true, until: Number.POSITIVE_INFINITY };
    const end = quietUntil(quiet, where, at);
    return end === null ? { open: true, until: nextQuietAt(quiet, where, at) } : { open: false, until: end };
  };
  return { recipients, openAt };
}

async function readAccounts(
  db: Database,
  campaign: CampaignRow,
  buffer: number,
  now: number,
): Promise<{ accounts: ForecastAccount[]; assumptions: string[] }> {
  const all = accountsFor(await listAccountsOfWorkspace(db.sql, campaign.workspaceId), campaign.accountIds);
  const active = all.filter((account) => account.state === 'active');
  const ids = active.map((account) => account.id);
  const limited = active.filter((account) => account.type === 'gmail' || accountWindows(account, 0).length > 0);
  const capacities = await userCapacities(db.sql, active, buffer);
  /** Where there are users, what they have sent is what the account has. */
  const ownersOf = ({ id }: AccountRow) => capacities.get(id)?.owners ?? [permitOwner.account(id)];
  const [health, peaks, spent] = await Promise.all([
    listAccountHealth(db.sql, ids),
    listAccountPeaks(db.pool, campaign.workspaceId),
    listSpent(db.pool, limited.flatMap(ownersOf)),
  ]);
  const measured = new Map(peaks.map((peak) => [peak.accountId, peak.perSecond]));
  const accounts = active.map((account) => {
    const owners = new Set(ownersOf(account));
    const use = spentOf(
      spent.filter(({ owner }) => owners.has(owner)),
      now,
    );
    const windows = [...accountWindows(account, buffer), ...(capacities.get(account.id)?.windows ?? [])];
    return forecastAccount(account, windows, campaign, health.get(account.id), measured.get(account.id), use, now);
  });
  return { accounts, assumptions: accountAssumptions(all, active, measured) };
}

function forecastAccount(
  account: AccountRow,
  limits: readonly PermitWindow[],
  campaign: CampaignRow,
  health: AccountHealthRow | undefined,
  measured: number | undefined,
  spent: readonly Spent[],
  now: number,
): ForecastAccount {
  const batchSize = campaign.batchSize ?? account.batchSize;
  const pace = windowsOfPace(batchSize, campaign.batchDelayMs ?? account.batchDelayMs);
  const rate = health?.reduced ? rateAfter(health.reduced, health.throttledAgoMs) : null;
  const reduced = rate === null ? [] : [windowOfReducedRate(rate)];
  return {
    id: account.id,
    name: account.name,
    weight: account.weight,
    perSecond: measured ?? Math.min(account.maxConnections, batchSize) * ASSUMED_PER_CONNECTION,
    windows: [...limits, ...pace, ...reduced],
    spent,
    availableAt: now + Math.max(0, health?.pausedMs ?? 0, health?.isOpen ? health.openMs : 0),
  };
}

function spentOf(all: ReadonlyArray<{ readonly agoMs: number; readonly permits: number }>, now: number): Spent[] {
  return all.map(({ agoMs, permits }) => ({ at: now - agoMs, permits }));
}

function accountAssumptions(
  all: readonly AccountRow[],
  active: readonly AccountRow[],
  measured: ReadonlyMap<string, number>,
): string[] {
  const left = all.filter((account) => !active.includes(account));
  const unknown = active.filter((account) => !measured.has(account.id));
  return [
    ...left.map(({ name, state }) => `Account ${name} is ${state} and left out.`),
    ...(unknown.length === 0 ? [] : [unmeasuredWords(unknown.length, active.length)]),
  ];
}

function unmeasuredWords(unknown: number, active: number): string {
  const of = unknown === active ? 'No rate was measured' : `Of ${unknown} of ${active} accounts no rate was measured`;
  return `${of} in the last ten minutes: ${ASSUMED_PER_CONNECTION} messages a second are assumed for each connection.`;
}

function assumptionsOf(campaign: CampaignRow): string[] {
  return [
    'Other campaigns that use the same accounts, and limits per recipient domain, are not counted.',
    'Recipients that are put off come up again later than this says.',
    ...(campaign.state === 'paused' ? ['It is paused: this is as if it were resumed now.'] : []),
    ...(campaign.state === 'draft' ? ['It is a draft: this is as if it were launched now.'] : []),
  ];
}

function testAssumptions({ abTest }: CampaignRow): string[] {
  const { winner, decideAfterMinutes } = storedTest(abTest);
  return [
    winner === 'manual'
      ? 'The rest waits until somebody chooses the winner: this is as if that happened as soon as the sample is out.'
      : `The rest waits for the winner, which is decided ${decideAfterMinutes} minutes after the sample is out.`,
  ];
}
