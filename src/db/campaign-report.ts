// What a campaign's page tells besides its counts. No counter is kept for any of it: the ledger is read, of a large send every so
// many batches of it, spread evenly, so that a look costs the same for a hundred thousand recipients and for ten million.

import type { RecipientState } from '../contract/states.ts';
import { STATE_CODE, stateFromCode } from '../domain/recipient-state.ts';
import type { HotExecutor } from './database.ts';

/** Batches that are read; a batch has 500 rows at most. */
const BATCHES_READ = 200;
const MOST_DOMAINS = 25;
const MOST_ANSWERS = 50;

interface Found {
  readonly kind: 'domain' | 'account' | 'answer' | 'state';
  /** Domain or account. */
  readonly key: string | null;
  readonly state: number;
  readonly class: string | null;
  readonly code: number | null;
  readonly rows: number;
  readonly example: string | null;
}

export interface ReportRow extends Omit<Found, 'state'> {
  readonly state: RecipientState;
}

/** Rows of those batches by state, by recipient domain and state, by account and state, and by answer. */
export async function readReport(db: HotExecutor, sendId: string): Promise<ReportRow[]> {
  const { rows } = await db.query<Found>(
    `with batches as (
       select first_seq, last_seq, row_number() over (order by first_seq) as n, count(*) over () as all
       from campaign_send_batches where send_id = $1
     ), read as materialized (
       select split_part(e.email_key, '@', -1) as domain, e.state, e.class, e.code, e.account_id, e.response
       from batches b join email_sends e on e.send_id = $1 and e.seq between b.first_seq and b.last_seq
       where b.n % greatest(1, b.all / ${BATCHES_READ}) = 0
     ), busiest as (
       select domain from read where domain is not null group by 1
       order by count(*) filter (where state = any($2)) desc, count(*) desc limit ${MOST_DOMAINS}
     )
     select 'state' as kind, null as key, state, null::text as class, null::smallint as code, count(*)::int as rows, null as example
     from read group by state
     union all
     select 'domain', domain, state, null, null, count(*)::int, null from read join busiest using (domain) group by domain, state
     union all
     select 'account', account_id::text, state, null, null, count(*)::int, null from read where account_id is not null
     group by account_id, state
     union all
     (select 'answer', null, state, class, code, count(*)::int, left(min(response), 500) from read where state = any($2)
      group by state, class, code order by 6 desc limit ${MOST_ANSWERS})`,
    [sendId, [STATE_CODE.failed, STATE_CODE.deferred, STATE_CODE.unknown]],
  );
  return rows.map((row) => ({ ...row, state: stateFromCode(row.state) }));
}

export interface RateBin {
  readonly at: Date;
  readonly accountId: string;
  readonly sent: number;
}

/** When servers accepted messages of a send, by account; null before the first one. Kept for a day. */
export async function findRateSpan(db: HotExecutor, sendId: string): Promise<{ from: Date; to: Date } | null> {
  const { rows } = await db.query<{ from: Date | null; to: Date | null }>(
    'select min(bucket) as "from", max(bucket) as "to" from send_throughput where send_id = $1',
    [sendId],
  );
  const [span] = rows;
  return span?.from && span.to ? { from: span.from, to: span.to } : null;
}

export async function listRatesByAccount(
  db: HotExecutor,
  sendId: string,
  from: Date,
  seconds: number,
): Promise<RateBin[]> {
  const { rows } = await db.query<RateBin>(
    `select date_bin(make_interval(secs => $3), bucket, $2) as at, account_id as "accountId", sum(sent)::int as sent
     from send_throughput where send_id = $1 and bucket >= $2 group by 1, 2 order by 1`,
    [sendId, from, seconds],
  );
  return rows;
}
