// Cuts a stretch of new ledger rows into batches, in the transaction that wrote them.
import type pg from 'pg';

export const BATCH_ROWS = 500;

/** Rows that follow each other and may be sent to from the same moment on. */
export interface Stretch {
  readonly rows: number;
  /** The zone of all of them; null when zones play no part. */
  readonly timeZone: string | null;
  /** They wait until then, for what `waitingFor` says; null: they may be sent to. */
  readonly notBefore: Date | null;
  readonly waitingFor: string | null;
}

/** The first stretch begins at `firstSeq`. No batch holds rows of two stretches. */
export async function cutBatches(
  client: pg.PoolClient,
  sendId: string,
  firstSeq: number,
  stretches: readonly Stretch[],
): Promise<void> {
  const batches = rangesOf(firstSeq, stretches);
  await client.query(
    `insert into campaign_send_batches
       (send_id, batch_no, first_seq, last_seq, state, wake_at, not_before, time_zone, waiting_for, pending, excluded, cancelled)
     select $1, coalesce((select max(batch_no) from campaign_send_batches where send_id = $1), 0) + row_number() over (order by r.first_seq),
       r.first_seq, r.last_seq, n.state, case when n.state = 'waiting' then r.not_before end, r.not_before, r.time_zone,
       case when n.state = 'waiting' then r.waiting_for end, n.pending, n.excluded, n.cancelled
     from unnest($2::int[], $3::int[], $4::timestamptz[], $5::text[], $6::text[]) as r(first_seq, last_seq, not_before, time_zone, waiting_for)
     cross join lateral (
       select count(*) filter (where e.state = 0) as pending, count(*) filter (where e.state = 5) as excluded,
         count(*) filter (where e.state = 7) as cancelled,
         case when count(*) filter (where e.state = 0) = 0 then 'done' when r.not_before > now() then 'waiting' else 'ready' end as state
       from email_sends e where e.send_id = $1 and e.seq between r.first_seq and r.last_seq) n`,
    [
      sendId,
      batches.map((batch) => batch.first),
      batches.map((batch) => batch.last),
      batches.map((batch) => batch.stretch.notBefore),
      batches.map((batch) => batch.stretch.timeZone),
      batches.map((batch) => batch.stretch.waitingFor),
    ],
  );
}

function rangesOf(
  firstSeq: number,
  stretches: readonly Stretch[],
): Array<{ first: number; last: number; stretch: Stretch }> {
  const ranges = [];
  let next = firstSeq;
  for (const stretch of stretches) {
    const end = next + stretch.rows - 1;
    for (let first = next; first <= end; first += BATCH_ROWS)
      ranges.push({ first, last: Math.min(first + BATCH_ROWS - 1, end), stretch });
    next = end + 1;
  }
  return ranges;
}
