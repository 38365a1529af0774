// Writes what became of a group of messages, and the next attempts of those that are to be tried again.
//
// Guard: a row takes an outcome only from the attempt that passed the gate last (fence and attempt number), and only
// while it is `sending`; or, as late evidence, from `unknown` to `sent` or `failed`, and back to `deferred` when the
// worker that was taken for lost knows that the message was never accepted. A worker that lost its batch can therefore
// never overwrite what its successor did.
// Locks: the rows of the group in (send_id, seq) order, taken first. Without the order two unordered groups met in a
// deadlock at 300,000 rows (measured in the design's prototype).
// Commit: asynchronous is right here. What a crash of the database loses was `sending` and becomes `unknown`, never a
// second copy.
import type { HotExecutor } from '../database.ts';

export interface OutcomeRow {
  readonly sendId: string;
  readonly seq: number;
  readonly fence: number;
  readonly attempt: number;
  /** A code of STATE_CODE: sent, deferred, failed or unknown. */
  readonly state: number;
  /** False when no server saw the message: the attempt is given back. */
  readonly charged: boolean;
  readonly code: number | null;
  readonly class: string | null;
  readonly response: string | null;
  readonly sentAt: Date | null;
  /** Deferred rows: when to try again; null is at once, through another account, and is noted as an event of the row. */
  readonly dueAt: Date | null;
  /** Deferred rows: when this recipient was first put off. */
  readonly since: Date | null;
  /** The server said that the address itself is no good: it goes onto the workspace's suppression list with the outcome. */
  readonly suppressIn: string | null;
}

const RECORD = `
with outcome as (
  select * from unnest($1::uuid[], $2::int[], $3::bigint[], $4::smallint[], $5::smallint[], $6::smallint[], $7::smallint[],
    $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::uuid[], $13::timestamptz[])
    as o(send_id, seq, fence, attempt, state, uncharged, code, class, response, sent_at, due_at, suppress_in, since)
), locked as (
  select e.send_id, e.seq from outcome o join email_sends e on e.send_id = o.send_id and e.seq = o.seq
  where e.fence = o.fence and e.attempts = o.attempt and (e.state = 1 or (e.state = 6 and (o.state in (2, 4) or (o.uncharged = 1 and e.class = 'worker-lost'))))
  order by e.send_id, e.seq
  for update of e
), recorded as (
  update email_sends e
  set state = o.state, attempts = e.attempts - o.uncharged, code = o.code, class = o.class, response = o.response, sent_at = o.sent_at
  from locked l join outcome o on o.send_id = l.send_id and o.seq = l.seq
  where e.send_id = l.send_id and e.seq = l.seq
  returning e.send_id, e.seq, e.state, e.email, e.email_key, o.due_at, o.since, o.suppress_in, o.response, e.account_id, o.class
), suppressed as (
  insert into suppressions as s (workspace_id, email, email_key, reason, source)
  select distinct on (suppress_in, email_key) suppress_in, email, email_key, 'hard-bounce', response
  from recorded where suppress_in is not null order by suppress_in, email_key
  on conflict (workspace_id, email_key) do update -- one that was to end does not end any more
    set reason = excluded.reason, source = excluded.source, expires_at = null where s.expires_at is not null
), retries as (
  insert into email_retry_jobs (send_id, seq, due_at, since)
  select send_id, seq, coalesce(due_at, now()), coalesce(since, now()) from recorded where state = 3
  on conflict (send_id, seq) do update set due_at = excluded.due_at
), rerouted as (
  insert into email_events (workspace_id, send_id, seq, type, data)
  select a.workspace_id, r.send_id, r.seq, 'rerouted',
    jsonb_build_object('accountId', a.id, 'account', a.name, 'class', r.class, 'response', r.response)
  from recorded r join sending_accounts a on a.id = r.account_id where r.state = 3 and r.due_at is null
)
select count(*)::int as recorded from recorded`;

/**
 * Returns how many rows took their outcome; fewer than given means that some were settled by someone else.
 * Runs as one statement, so outside a transaction it commits at once; the recorder's connection commits asynchronously.
 */
export async function recordOutcomes(db: HotExecutor, outcomes: readonly OutcomeRow[]): Promise<number> {
  const rows = [...outcomes].sort((a, b) => (a.sendId < b.sendId ? -1 : a.sendId > b.sendId ? 1 : a.seq - b.seq));
  const result = await db.query<{ recorded: number }>({
    name: 'record-outcomes',
    text: RECORD,
    values: [
      rows.map((row) => row.sendId),
      rows.map((row) => row.seq),
      rows.map((row) => row.fence),
      rows.map((row) => row.attempt),
      rows.map((row) => row.state),
      rows.map((row) => (row.charged ? 0 : 1)),
      rows.map((row) => row.code),
      rows.map((row) => row.class),
      rows.map((row) => row.response),
      rows.map((row) => row.sentAt),
      rows.map((row) => row.dueAt),
      rows.map((row) => row.suppressIn),
      rows.map((row) => row.since),
    ],
  });
  return result.rows[0]?.recorded ?? 0;
}
