import type { Rate, VariantPart, VariantReport } from '../contract/variant-report.ts';
import { listVariantSubjects, listVariants, type StoredTest, storedTest } from '../db/campaign-variants.ts';
import type { CampaignRow } from '../db/campaigns.ts';
import type { SendRow } from '../db/sends.ts';
import {
  countByVariant,
  countEventsByVariant,
  type PartCounts,
  type PartEvents,
  type WinnerReason,
} from '../db/variant-tests.ts';
import { emptyCounts, openOf } from '../domain/recipient-state.ts';
import { judgeVariants, type Measured, type Verdict, wilsonInterval } from '../domain/variant-verdict.ts';
import type { Core } from './context.ts';
import { measuredOf, verdictWords } from './variant-tests.ts';
import { decidesAt } from './variant-words.ts';

const TYPES = ['opened', 'clicked', 'unsubscribed', 'complained', 'bounced'];

/** How the variants of a campaign do, counted from the ledger and its events; null when it has none. */
export async function reportVariants(
  { db }: Pick<Core, 'db'>,
  campaign: CampaignRow,
  send: SendRow,
): Promise<VariantReport | null> {
  if (campaign.abTest === null) return null;
  const [rows, subjects, parts, events] = await Promise.all([
    listVariants(db.sql, campaign.id),
    listVariantSubjects(db.sql, campaign.id),
    countByVariant(db.pool, send.id),
    countEventsByVariant(db.pool, send.id, TYPES),
  ]);
  const variants = rows.map(({ position, name, weight }) => ({
    position,
    name,
    weight,
    subject: subjects.get(position) ?? '',
    sample: partOf(parts, events, position, false),
    rest: send.winner === position ? partOf(parts, events, position, true) : null,
  }));
  const rules = storedTest(campaign.abTest);
  const { winner: metric, samplePercent, decideAfterMinutes, minimumSent, otherwise } = rules;
  const measuredBy = metric === 'opens' ? 'opens' : 'clicks';
  const measured = variants.map(({ sample }) => measuredOf(sample.counts.sent, sample[measuredBy].people));
  const verdict = judgeVariants(measured, rules);
  const waiting = parts.find(({ variant, isRest }) => variant === null && isRest);
  const nameOf = (position: number | null) => (position === null ? null : (rows[position]?.name ?? null));
  const reason = send.winnerReason as WinnerReason | null;
  return {
    test: {
      ...{ samplePercent, metric, decideAfterMinutes, minimumSent, otherwise },
      sampleOutAt: send.sampleOutAt?.toISOString() ?? null,
      decidesAt: decidesAt(campaign, send)?.toISOString() ?? null,
      winner: nameOf(send.winner),
      winnerAt: send.winnerAt?.toISOString() ?? null,
      winnerBy: reason?.by ?? null,
      words: reason?.words ?? standingWords(verdict, measured, rows, rules),
      isSignificant: verdict.isSignificant,
      leader: nameOf(verdict.best),
      waiting: waiting ? openOf(waiting.counts) : 0,
    },
    variants,
  };
}

/** Without a decision: what has been measured so far, by clicks where a person decides. */
function standingWords(
  verdict: Verdict,
  measured: readonly Measured[],
  rows: ReadonlyArray<{ readonly name: string }>,
  rules: StoredTest,
): string {
  return verdictWords(verdict, measured, rows, { ...rules, otherwise: 'wait' });
}

function partOf(
  parts: readonly PartCounts[],
  events: readonly PartEvents[],
  position: number,
  isRest: boolean,
): VariantPart {
  const isIt = (part: { variant: number | null; isRest: boolean }) =>
    part.variant === position && part.isRest === isRest;
  const counts = parts.find(isIt)?.counts ?? emptyCounts();
  const peopleOf = (type: string) => events.find((event) => isIt(event) && event.type === type)?.people ?? 0;
  return {
    counts,
    opens: rateOf(measuredOf(counts.sent, peopleOf('opened'))),
    clicks: rateOf(measuredOf(counts.sent, peopleOf('clicked'))),
    unsubscribed: peopleOf('unsubscribed'),
    complained: peopleOf('complained'),
    bounced: peopleOf('bounced'),
  };
}

function rateOf(measured: Measured): Rate {
  const { sent, people } = measured;
  const interval = wilsonInterval(measured);
  return { people, rate: sent === 0 ? null : people / sent, low: interval?.low ?? null, high: interval?.high ?? null };
}
