import type { CampaignReport } from '../contract/campaign-report.ts';
import { RECIPIENT_STATES, type RecipientCounts, type RecipientState } from '../contract/states.ts';
import { listAccountsOfWorkspace } from '../db/accounts.ts';
import { findRateSpan, listRatesByAccount, type RateBin, type ReportRow, readReport } from '../db/campaign-report.ts';
import { countEventsByType } from '../db/email-events.ts';
import { findSendOfCampaign } from '../db/sends.ts';
import { emptyCounts, totalOf } from '../domain/recipient-state.ts';
import { NO_ENGAGEMENT, readEngagement } from './campaign-engagement.ts';
import { summariesOf } from './campaign-status.ts';
import { getCampaign } from './campaigns.ts';
import type { Caller, Core } from './context.ts';
import { identityFaults } from './identity-faults.ts';
import { reportVariants } from './variant-report.ts';

const RECENT_SECONDS = 600;
/** The recorder writes stretches of five seconds. */
const LEAST_SECONDS = 5;
const MOST_POINTS = 120;

const NOTHING = { seconds: LEAST_SECONDS, points: [] };

/** What a campaign's page shows besides its counts. Of a large campaign an estimate that takes a few tenths of a second. */
export async function reportCampaign(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<CampaignReport> {
  const campaign = await getCampaign(core, caller, id);
  const send = await findSendOfCampaign(core.db.sql, id);
  const readAt = new Date().toISOString();
  if (!send)
    return {
      ...{ readAt, rates: NOTHING, isSample: false, accounts: [], domains: [], answers: [], events: {}, faults: [] },
      engagement: NO_ENGAGEMENT,
      variants: null,
    };
  const { pool } = core.db;
  const [found, rates, accounts, [summary], events, engagement, variants] = await Promise.all([
    readReport(pool, send.id),
    ratesOf(core, send.id, campaign.finishedAt === null),
    listAccountsOfWorkspace(core.db.sql, caller.workspaceId),
    summariesOf(core.db, [campaign]),
    countEventsByType(core.db.sql, send.id),
    readEngagement(core, send.id),
    reportVariants(core, campaign, send),
  ]);
  const scale = new Scale(found, summary?.counts ?? emptyCounts());
  const names = new Map(accounts.map((account) => [account.id, account.name]));
  return {
    readAt,
    rates,
    isSample: scale.isSample,
    accounts: scale
      .countsBy(found, 'account')
      .map(({ key, counts }) => ({ accountId: key, name: names.get(key) ?? null, counts })),
    domains: scale.countsBy(found, 'domain').map(({ key, counts }) => ({ domain: key, counts })),
    answers: found
      .filter(({ kind }) => kind === 'answer')
      .map(({ state, class: name, code, rows, example }) => ({
        state,
        class: name,
        code,
        count: scale.of(state, rows),
        example,
      })),
    events: Object.fromEntries(events),
    engagement,
    variants,
    faults: identityFaults(found, ({ state, rows }) => scale.of(state, rows)),
  };
}

/** Rows that were read stand for all of their state, whose number is known. */
class Scale {
  readonly isSample: boolean;
  readonly #factors: ReadonlyMap<RecipientState, number>;

  constructor(found: readonly ReportRow[], counts: RecipientCounts) {
    const read = new Map(found.filter(({ kind }) => kind === 'state').map(({ state, rows }) => [state, rows]));
    const rows = [...read.values()].reduce((sum, each) => sum + each, 0);
    const all = totalOf(counts);
    // While messages go out, counts and rows are never of quite the same moment.
    this.isSample = rows < all * 0.9;
    this.#factors = new Map(
      RECIPIENT_STATES.map((state) => [state, this.isSample ? counts[state] / (read.get(state) ?? 1) : 1]),
    );
  }

  of(state: RecipientState, rows: number): number {
    return Math.round(rows * (this.#factors.get(state) ?? 1));
  }

  /** In the order in which they were found. */
  countsBy(found: readonly ReportRow[], kind: ReportRow['kind']): Array<{ key: string; counts: RecipientCounts }> {
    const byKey = new Map<string, RecipientCounts>();
    for (const row of found) {
      if (row.kind !== kind || row.key === null) continue;
      const counts = byKey.get(row.key) ?? emptyCounts();
      counts[row.state] += this.of(row.state, row.rows);
      byKey.set(row.key, counts);
    }
    return [...byKey].map(([key, counts]) => ({ key, counts })).sort(byTrouble);
  }
}

type Counted = { readonly counts: RecipientCounts };

function byTrouble(a: Counted, b: Counted): number {
  return troubleOf(b) - troubleOf(a) || totalOf(b.counts) - totalOf(a.counts);
}

const troubleOf = ({ counts }: Counted) => counts.failed + counts.deferred + counts.unknown;

async function ratesOf(core: Pick<Core, 'db'>, sendId: string, isUnderWay: boolean): Promise<CampaignReport['rates']> {
  const span = await findRateSpan(core.db.pool, sendId);
  if (!span) return NOTHING;
  const recent = Date.now() - RECENT_SECONDS * 1000;
  const from = new Date(isUnderWay ? Math.max(span.from.getTime(), recent) : span.from.getTime());
  const end = isUnderWay ? Date.now() : span.to.getTime() + LEAST_SECONDS * 1000;
  const seconds = widthOf((end - from.getTime()) / 1000);
  const bins = await listRatesByAccount(core.db.pool, sendId, from, seconds);
  return { seconds, points: pointsOf(bins, { from: from.getTime(), end, seconds }) };
}

function widthOf(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / MOST_POINTS / LEAST_SECONDS)) * LEAST_SECONDS;
}

/** Without gaps; the stretch that is not over yet is left out, it would look like a fall. */
function pointsOf(
  bins: readonly RateBin[],
  { from, end, seconds }: { readonly from: number; readonly end: number; readonly seconds: number },
): CampaignReport['rates']['points'] {
  const points: CampaignReport['rates']['points'] = [];
  for (let at = from; at + seconds * 1000 <= end; at += seconds * 1000) {
    const here = bins.filter((bin) => bin.at.getTime() === at);
    const accounts = Object.fromEntries(here.map(({ accountId, sent }) => [accountId, round(sent / seconds)]));
    points.push({ at: new Date(at).toISOString(), accounts });
  }
  return points;
}

const round = (rate: number) => Math.round(rate * 100) / 100;
