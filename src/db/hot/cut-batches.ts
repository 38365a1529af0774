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
  /** What all of them get; null: what the campaign says, or, of the rest of a test, what will win. */
  readonly variant: number | null;
  /** They are the rest of a test: without a variant they wait until there is one. */
  readonly isRest: boolean;
}

/** The first stretch begins at `firstSeq`. No batch holds rows of two stretches. Variants take turns. */
export async function cutBatches(
  client: pg.PoolClient,
  sendId: string,
  firstSeq: number,
  stretches: readonly Stretch[],
): Promise<void> {
  const batches = rangesOf(firstSeq, stretches);
  await client.query(
    `insert into campaign_send_batches
       (send_id, batch_no, first_seq, last_seq, state, wake_at, not_before, time_zone, waiting_for, variant, after_winner, pending, excluded, cancelled)
     select $1, coalesce((select max(batch_no) from campaign_send_batches where send_id = $1), 0) + r.turn,
       r.first_seq, r.last_seq, n.state, case when n.state = 'waiting' and not r.held then r.not_before end, r.not_before, r.time_zone,
       case when n.state = 'waiting' then r.waiting_for end, r.variant, r.rest, n.pending, n.excluded, n.cancelled
     from (
       select *, rest and variant is null as held
       from unnest($2::int[], $3::int[], $4::timestamptz[], $5::text[], $6::text[], $7::smallint[], $8::bool[])
         with ordinality as r(first_seq, last_seq, not_before, time_zone, waiting_for, variant, rest, turn)) r
     cross join lateral (
       select count(*) filter (where e.state = 0) as pending, count(*) filter (where e.state = 5) as excluded,
         count(*) filter (where e.state = 7) as cancelled,
         case when count(*) filter (where e.state = 0) = 0 then 'done' when r.held or r.not_before > now() then 'waiting' else 'ready' end as state
       from email_sends e where e.send_id = $1 and e.seq between r.first_seq and r.last_seq) n`,
    [
      sendId,
      batches.map((batch) => batch.first),
      batches.map((batch) => batch.last),
      batches.map((batch) => batch.stretch.notBefore),
      batches.map((batch) => batch.stretch.timeZone),
      batches.map((batch) => batch.stretch.waitingFor),
      batches.map((batch) => batch.stretch.variant),
      batches.map((batch) => batch.stretch.isRest),
    ],
  );
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly stretch: Stretch;
}

/**
 * Where there are variants the first batch of each stretch, then the second of each: a variant that was sent as a whole before
 * the next one would have had other hours of the day.
 */
function rangesOf(firstSeq: number, stretches: readonly Stretch[]): Range[] {
  const inTurns = stretches.some(({ variant }) => variant !== null);
  const turns: Range[][] = [];
  let next = firstSeq;
  for (const stretch of stretches) {
    const end = next + stretch.rows - 1;
    for (let turn = 0, first = next; first <= end; turn++, first += BATCH_ROWS) {
      const at = inTurns ? turn : 0;
      turns[at] ??= [];
      turns[at]?.push({ first, last: Math.min(first + BATCH_ROWS - 1, end), stretch });
    }
    next = end + 1;
  }
  return turns.flat();
}
