import type pg from 'pg';
import { sleep } from '../src/lib/sleep.ts';
import type { BenchOptions } from './bench-options.ts';
import type { OurCampaign } from './our-campaign.ts';
import { SinkProcess } from './sink-process.ts';

/** The campaigns and where their figures are read. */
export interface SharesParts {
  readonly campaign: OurCampaign;
  readonly pool: pg.Pool;
  /** Of each of the campaigns; the urgent one has a fifth. */
  readonly recipients: number;
  readonly connections: number;
  readonly onStep?: (line: string) => void;
}

export type SharesOptions = Omit<BenchOptions, 'sink'> & SharesParts;

/** When a campaign was ready to be sent, sent its first message and its last, in seconds since the first launch. */
interface Span {
  readonly launched: number;
  /** Every recipient is in the ledger. Until then a campaign may have nothing to send although it is under way. */
  readonly expanded: number;
  readonly began: number;
  readonly ended: number;
}

export interface Shares {
  readonly recipients: number;
  /** Of the five, while all of them were to be sent and nothing urgent was: `share` of their messages together, 0 to 1. */
  readonly campaigns: ReadonlyArray<Span & { readonly share: number }>;
  /** From when all five were expanded and had begun. */
  readonly measured: { readonly from: number; readonly to: number; readonly perSecond: number };
  /** No share is further than 3 points from a fifth. */
  readonly isEven: boolean;
  /** `waited`: it began when one of the five had ended. */
  readonly sixth: Span & { readonly waited: boolean };
  /** `overtook`: it ended before every campaign launched before it. `share`: its part of all messages from its first to its last. */
  readonly urgent: Span & { readonly overtook: boolean; readonly share: number };
}

const TOGETHER = 5;
/** Sent of the five together when the sixth is launched, and when the urgent one is. */
const SIXTH_AT = 0.2;
const URGENT_AT = 0.4;
const URGENT_PRIORITY = 10;
const TOLERANCE = 0.03;
const REPLY_MS = 5;
const LOOK_MS = 250;

/** What each of several campaigns gets of one worker, by the ledger. */
export async function runShares(options: SharesOptions): Promise<Shares> {
  const sink = await SinkProcess.start(options.program, REPLY_MS);
  try {
    return await measureShares(options, sink.port);
  } finally {
    await sink.stop();
  }
}

/** `port` is of the receiving server; the worker may send five campaigns at the same time (WORKER_CONCURRENCY). */
export async function measureShares(parts: SharesParts, port: number): Promise<Shares> {
  const { campaign, recipients, connections, onStep = () => {} } = parts;
  const few = Math.ceil(recipients / TOGETHER);
  await campaign.list(recipients);
  await campaign.list(few);
  const launch = (size: number, priority = 0) => campaign.launch(port, size, connections, priority);
  const together: string[] = [];
  for (let i = 0; i < TOGETHER; i++) together.push(await launch(recipients));
  onStep(`${TOGETHER} campaigns of ${recipients} launched`);
  await untilSent(campaign, together, SIXTH_AT * TOGETHER * recipients);
  const sixth = await launch(recipients);
  onStep('the sixth launched');
  await untilSent(campaign, together, URGENT_AT * TOGETHER * recipients);
  const urgent = await launch(few, URGENT_PRIORITY);
  onStep('the urgent one launched');
  await untilSent(campaign, [urgent], few);
  onStep('the urgent one is done');
  await untilSent(campaign, [...together, sixth], (TOGETHER + 1) * recipients);
  return judge(parts, { together, sixth, urgent });
}

async function untilSent(campaign: OurCampaign, ids: readonly string[], wanted: number): Promise<void> {
  for (;;) {
    const sent = await Promise.all(ids.map((id) => campaign.sent(id)));
    if (sent.reduce((sum, count) => sum + count, 0) >= wanted) return;
    await sleep(LOOK_MS);
  }
}

interface Launched {
  readonly together: readonly string[];
  readonly sixth: string;
  readonly urgent: string;
}

async function judge({ pool, recipients }: SharesParts, launched: Launched): Promise<Shares> {
  const { together } = launched;
  const spans = await readSpans(pool, [...together, launched.sixth, launched.urgent]);
  const spanOf = (id: string) => spans.get(id) ?? { launched: 0, expanded: 0, began: 0, ended: 0 };
  const five = together.map(spanOf);
  const urgent = spanOf(launched.urgent);
  const sixth = spanOf(launched.sixth);
  const from = Math.max(...five.map((span) => Math.max(span.began, span.expanded)));
  const firstEnd = Math.min(...five.map((span) => span.ended));
  const to = Math.min(firstEnd, urgent.launched);
  const sent = await countSent(pool, together, from, to);
  const all = sum(sent.values());
  const campaigns = together.map((id) => ({ ...spanOf(id), share: (sent.get(id) ?? 0) / all }));
  const meanwhile = await countSent(pool, [...spans.keys()], urgent.began, urgent.ended);
  return {
    recipients,
    campaigns,
    measured: { from, to, perSecond: Math.round(all / (to - from)) },
    isEven: campaigns.every(({ share }) => Math.abs(share - 1 / TOGETHER) <= TOLERANCE),
    sixth: { ...sixth, waited: sixth.began >= firstEnd },
    urgent: {
      ...urgent,
      overtook: urgent.ended < Math.min(firstEnd, sixth.ended),
      share: (meanwhile.get(launched.urgent) ?? 0) / sum(meanwhile.values()),
    },
  };
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}

/** The clock of all of it starts with the first launch. */
const ZERO = '(select min(launched_at) from campaigns where id = any($1::uuid[]))';

async function readSpans(pool: pg.Pool, ids: readonly string[]): Promise<Map<string, Span>> {
  const { rows } = await pool.query<Span & { id: string }>(
    `select c.id, extract(epoch from c.launched_at - ${ZERO})::float8 as launched,
       extract(epoch from s.expanded_at - ${ZERO})::float8 as expanded,
       extract(epoch from min(e.sent_at) - ${ZERO})::float8 as began, extract(epoch from max(e.sent_at) - ${ZERO})::float8 as ended
     from campaigns c join campaign_sends s on s.campaign_id = c.id join email_sends e on e.send_id = s.id
     where c.id = any($1::uuid[]) group by c.id, c.launched_at, s.expanded_at`,
    [ids],
  );
  return new Map(rows.map(({ id, ...span }) => [id, span]));
}

/** Messages of each campaign from one moment to another; the first of `ids` is the first that was launched. */
async function countSent(
  pool: pg.Pool,
  ids: readonly string[],
  from: number,
  to: number,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ id: string; sent: number }>(
    `select s.campaign_id as id, count(*)::int as sent
     from campaign_sends s join email_sends e on e.send_id = s.id
     where s.campaign_id = any($1::uuid[])
       and e.sent_at between ${ZERO} + make_interval(secs => $2) and ${ZERO} + make_interval(secs => $3)
     group by s.campaign_id`,
    [ids, from, to],
  );
  return new Map(rows.map(({ id, sent }) => [id, sent]));
}
