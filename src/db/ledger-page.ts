// A page of the ledger in one state, or of one variant, from any place of it, among a million rows. No index holds `state` (migration 0004 says why), so
// the batches are asked: each knows how many of its rows are in which state, exactly while nobody has it; those that
// somebody has, some dozens at most, are counted. Rows that are in no batch yet, while the audience is written out, are not met.
// Locks: none. Indexes: the batches' and the ledger's keys. 2,000 batches are walked in some milliseconds.
import type { RecipientState } from '../contract/states.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import type { HotExecutor } from './database.ts';
import type { LedgerRow } from './ledger.ts';

export interface StatePage {
  readonly sendId: string;
  /** Undefined: in any. */
  readonly state?: RecipientState;
  /** Undefined: of any, or none. */
  readonly variant?: number;
  readonly code?: number;
  readonly class?: string;
  /** Rows behind this one. */
  readonly afterSeq: number;
  /** So many rows of the state are left out first; not together with `code` or `class`, which no batch counts. */
  readonly skip: number;
  readonly limit: number;
}

export async function listStatePage(db: HotExecutor, page: StatePage): Promise<LedgerRow[]> {
  const found: LedgerRow[] = [];
  let place = page;
  while (found.length < page.limit) {
    const ranges = await findRanges(db, place);
    const last = ranges.lasts.at(-1);
    if (last === undefined) break;
    const rows = await listRanges(db, place, ranges);
    found.push(...rows);
    if (page.code === undefined && page.class === undefined) break;
    // Of those rows all may have had another answer.
    place = { ...place, skip: 0, afterSeq: rows.length < place.limit ? last : (rows.at(-1)?.seq ?? last) };
  }
  return found.slice(0, page.limit);
}

const codeOf = ({ state }: StatePage) => (state === undefined ? null : STATE_CODE[state]);

/** Which rows a page shows: every row of the state that is in one of these ranges, without the first `skip`. */
interface Ranges {
  readonly firsts: number[];
  readonly lasts: number[];
  readonly skip: number;
}

/** Enough batches to fill a page, and no more. */
async function findRanges(db: HotExecutor, page: StatePage): Promise<Ranges> {
  const found = await db.query<{ first: number; last: number; before: number }>(
    `with counted as (
       select b.first_seq, b.last_seq, case
         when $2::smallint is null then b.last_seq - greatest(b.first_seq - 1, $3)
         when b.state <> 'leased' then b.${page.state ?? 'pending'}
         else (
           select count(*)::int from email_sends e
           where e.send_id = $1 and e.seq between b.first_seq and b.last_seq and e.state = $2) end as rows
       from campaign_send_batches b where b.send_id = $1 and b.last_seq > $3 and ($6::smallint is null or b.variant = $6)
     ), summed as (
       select first_seq, last_seq, rows, (sum(rows) over w)::int as upto, first_value(rows) over w as head
       from counted where rows > 0 window w as (order by first_seq)
     )
     select first_seq as first, last_seq as last, upto - rows as before from summed
     where upto > $4 and upto - rows < $4 + $5 + head order by first_seq`,
    [page.sendId, codeOf(page), page.afterSeq, page.skip, page.limit, page.variant ?? null],
  );
  return {
    firsts: found.rows.map(({ first }) => Math.max(first, page.afterSeq + 1)),
    lasts: found.rows.map(({ last }) => last),
    skip: page.skip - (found.rows[0]?.before ?? 0),
  };
}

async function listRanges(db: HotExecutor, page: StatePage, { firsts, lasts, skip }: Ranges): Promise<LedgerRow[]> {
  const { rows } = await db.query<LedgerRow>(
    // The order inside keeps each range a look-up of its own: otherwise the ledger is walked in order until the page is full.
    `select e.seq, e.email, e.state, e.attempts, e.account_id as "accountId", e.workspace_user_id as "workspaceUserId", e.response, e.code, e.class, e.reason,
       e.sent_at as "sentAt", j.due_at as "nextAttemptAt"
     from unnest($3::int[], $4::int[]) as r(first, last)
     cross join lateral (
       select * from email_sends s where s.send_id = $1 and s.seq between r.first and r.last
         and ($2::smallint is null or s.state = $2) and ($5::int is null or s.code = $5) and ($6::text is null or s.class = $6)
       order by s.seq) e
     left join email_retry_jobs j on j.send_id = e.send_id and j.seq = e.seq
     order by e.seq offset $7 limit $8`,
    [page.sendId, codeOf(page), firsts, lasts, page.code ?? null, page.class ?? null, skip, page.limit],
  );
  return rows;
}
