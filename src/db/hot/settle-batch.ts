// Everything else that moves a batch: keeping it, settling what an earlier owner left, giving it back.
//
// The counts on a batch row are written here, in the statement that ends its ownership, from the rows themselves. So
// the counts of a campaign are a sum over its batches plus a count over the few ranges that are in hand, and no row is
// hot. Rejected: one counter row per campaign (every worker waits on it) and per-worker counters (they drift from the
// ledger when a crash loses one of the two).
// Locks: one batch row; rows of its range in seq order.
import type { HotExecutor } from '../database.ts';
import type { ClaimedBatch } from './claim-batch.ts';

type Batch = Pick<ClaimedBatch, 'sendId' | 'batchNo' | 'firstSeq' | 'lastSeq' | 'fence'>;

/** Puts the leases of these batches forward; returns those that are still ours. */
export async function renewLeases<T extends Batch>(
  db: HotExecutor,
  batches: readonly T[],
  leaseMs: number,
): Promise<T[]> {
  const result = await db.query<{ nth: number }>({
    name: 'renew-leases',
    text: `update campaign_send_batches b set lease_until = now() + make_interval(secs => $4 / 1000.0)
      from unnest($1::uuid[], $2::int[], $3::bigint[]) with ordinality as mine(send_id, batch_no, fence, nth)
      where b.send_id = mine.send_id and b.batch_no = mine.batch_no and b.fence = mine.fence
        and b.state = 'leased' and b.lease_until > now()
      returning mine.nth`,
    values: [batches.map((b) => b.sendId), batches.map((b) => b.batchNo), batches.map((b) => b.fence), leaseMs],
  });
  return result.rows.flatMap(({ nth }) => batches[nth - 1] ?? []);
}

const SETTLE_RESPONSE =
  'The worker that handed this message over was lost before the reply was recorded. It may have arrived.';

/**
 * Rows that an earlier owner left `sending` become `unknown`, never `pending`: nobody can tell whether the message
 * left. Only a campaign that asked for `onUnknown: "resend"` gets them back as `pending`. Returns how many.
 */
export async function settleLostRows(db: HotExecutor, batch: Batch, onUnknown: 'hold' | 'resend'): Promise<number> {
  const result = await db.query({
    name: `settle-lost-rows-${onUnknown}`,
    text:
      onUnknown === 'hold'
        ? `update email_sends set state = 6, class = 'worker-lost', response = '${SETTLE_RESPONSE}'
           where send_id = $1 and seq between $2 and $3 and state = 1 and fence < $4`
        : `update email_sends set state = 0
           where send_id = $1 and seq between $2 and $3 and state = 1 and fence < $4`,
    values: [batch.sendId, batch.firstSeq, batch.lastSeq, batch.fence],
  });
  return result.rowCount ?? 0;
}

/** Ends the ownership of batches whose owner is gone, with a higher fence, for a send that nobody claims from any more. */
export async function takeOverLostBatches(db: HotExecutor, sendId: string): Promise<Batch[]> {
  const result = await db.query<Batch>(
    `update campaign_send_batches b
     set fence = b.fence + 1, state = 'waiting', wake_at = now(), worker_id = null, lease_until = null
     where b.send_id = $1 and ((b.state = 'leased' and b.lease_until <= now()) or (b.state = 'waiting' and b.sending > 0 and b.wake_at <= now()))
     returning b.send_id as "sendId", b.batch_no as "batchNo", b.first_seq as "firstSeq", b.last_seq as "lastSeq", b.fence`,
    [sendId],
  );
  return result.rows;
}

/** Rows that are `sending` under our own fence, asked when every outcome this process knows of has been recorded. */
export async function findOwnSending(db: HotExecutor, batch: Batch): Promise<number[]> {
  const result = await db.query<{ seq: number }>({
    name: 'find-own-sending',
    text: 'select seq from email_sends where send_id = $1 and seq between $2 and $3 and state = 1 and fence = $4 order by seq',
    values: [batch.sendId, batch.firstSeq, batch.lastSeq, batch.fence],
  });
  return result.rows.map((row) => row.seq);
}

/**
 * Puts rows back that passed our own gate but never reached this process, because the connection broke between the
 * gate's commit and its answer. Only the owner may call this, and only for rows it has never seen: those were handed
 * to nobody.
 */
export async function returnUnseenRows(db: HotExecutor, batch: Batch, seqs: readonly number[]): Promise<void> {
  await db.query({
    name: 'return-unseen-rows',
    text: `update email_sends set state = 0, attempts = attempts - 1
      where send_id = $1 and seq = any($2::int[]) and state = 1 and fence = $3`,
    values: [batch.sendId, seqs, batch.fence],
  });
}

/**
 * Puts rows back that passed the gate of an owner that is gone and, as its journal proves, were never handed over: all
 * under its fence but those of `handedOver` that are still `sending`, or that a successor has called `unknown` because
 * it could not know. Returns how many.
 */
export async function returnUnhandedRows(
  db: HotExecutor,
  batch: Pick<Batch, 'sendId' | 'batchNo' | 'fence'>,
  handedOver: readonly number[],
): Promise<number> {
  const result = await db.query({
    name: 'return-unhanded-rows',
    text: `update email_sends e set state = 0, attempts = e.attempts - 1,
        class = case when e.state = 1 then e.class end, response = case when e.state = 1 then e.response end
      from campaign_send_batches b
      where b.send_id = $1 and b.batch_no = $2 and e.send_id = b.send_id and e.seq between b.first_seq and b.last_seq
        and (e.state = 1 or (e.state = 6 and e.class = 'worker-lost')) and e.fence = $3 and not (e.seq = any($4::int[]))`,
    values: [batch.sendId, batch.batchNo, batch.fence, handedOver],
  });
  return result.rowCount ?? 0;
}

const STATE_COUNTS = `count(*) filter (where e.state = 0)::int as pending, count(*) filter (where e.state = 1)::int as sending,
  count(*) filter (where e.state = 2)::int as sent, count(*) filter (where e.state = 3)::int as deferred,
  count(*) filter (where e.state = 4)::int as failed, count(*) filter (where e.state = 5)::int as excluded,
  count(*) filter (where e.state = 6)::int as unknown, count(*) filter (where e.state = 7)::int as cancelled`;
const COUNTS = `select ${STATE_COUNTS} from email_sends e where e.send_id = $1 and e.seq between $2 and $3`;

const SET_COUNTS = `pending = n.pending, sending = n.sending, sent = n.sent, deferred = n.deferred, failed = n.failed,
  excluded = n.excluded, unknown = n.unknown, cancelled = n.cancelled,
  counted_at = case when b.email_workspace_id is not null then now() end`;

/** The rest of a test, while nobody knows what it gets: it waits without a time to wake up, so that no claim finds it. */
const HELD = '(b.after_winner and b.variant is null)';
/**
 * Where a batch without an owner stands, from its rows; before `not_before`, or a winner, it waits, whatever becomes of them.
 * `sending` without an owner is what a late gate of a lost worker leaves: it is looked at again when that worker's lease
 * must be over.
 */
const EARLY = `(${HELD} or coalesce(b.not_before > now(), false))`;
const NEXT_STATE = `case when n.pending > 0 then case when ${EARLY} then 'waiting' else 'ready' end
  when n.deferred + n.sending > 0 then 'waiting' else 'done' end`;
const NEXT_WAKE = `case when n.pending > 0 then case when ${EARLY} and not ${HELD} then b.not_before end
  when n.sending > 0 then now() + interval '30 seconds'
  when n.deferred > 0 then coalesce((select min(j.due_at) from email_retry_jobs j
    where j.send_id = b.send_id and j.seq between b.first_seq and b.last_seq), now()) end`;

const STILL_WAITING_FOR = `case when n.pending > 0 and ${EARLY} then b.waiting_for end`;

/** Deferred rows may be able to go on before what the rest waits for: they wake the batch, each once. */
const NEXT_DUE_LATER = `(select min(j.due_at) from email_retry_jobs j
  where j.send_id = b.send_id and j.seq between b.first_seq and b.last_seq and j.due_at > now())`;

const RELEASE = `update campaign_send_batches b
      set state = case when n.pending > 0 and w.until is not null then 'waiting' else ${NEXT_STATE} end,
          wake_at = case when n.pending > 0 and w.until is not null then least(w.until, ${NEXT_DUE_LATER})
            when n.pending + n.sending > 0 then ${NEXT_WAKE}
            -- Only deferred rows: those that are due wait for the same thing, and not in a circle.
            when n.deferred > 0 then greatest(w.until, ${NEXT_WAKE}) end,
          waiting_for = case when n.pending > 0 or w.until >= ${NEXT_WAKE} then $7 end, worker_id = null, lease_until = null, ${SET_COUNTS}
      from (${COUNTS}) n,
        -- A duration, because the clocks of workers may differ from the database's.
        (select now() + make_interval(secs => $6 / 1000.0) as until) w
      where b.send_id = $1 and b.batch_no = $4 and b.fence = $5 and b.state = 'leased'
      returning b.state, b.wake_at as "wakeAt"`;

/** An email is over with its batch: the counts say so, and they were taken from its rows. */
const RELEASE_EMAIL = `with released as (${RELEASE}), ended as (
    update campaigns c set state = 'completed', finished_at = now() from released
    where c.id = $8 and c.state = 'active' and released.state = 'done')
  select * from released`;

/** Gives a batch back, and ends the email whose it was. Null when it was not ours any more: then its counts are someone else's to write. */
export async function releaseBatch(
  db: HotExecutor,
  batch: Batch & Pick<ClaimedBatch, 'campaignId' | 'isEmail'>,
  wait: { until: Date; for: string } | null,
): Promise<{ state: string; wakeAt: Date | null } | null> {
  const result = await db.query<{ state: string; wakeAt: Date | null }>({
    name: batch.isEmail ? 'release-email' : 'release-batch',
    text: batch.isEmail ? RELEASE_EMAIL : RELEASE,
    values: [
      batch.sendId,
      batch.firstSeq,
      batch.lastSeq,
      batch.batchNo,
      batch.fence,
      wait ? Math.max(0, wait.until.getTime() - Date.now()) : null,
      wait?.for ?? null,
      ...(batch.isEmail ? [batch.campaignId] : []),
    ],
  });
  return result.rows[0] ?? null;
}

/** Counts a batch without an owner again, after a statement that changed rows of it. Does nothing to a leased one. */
export async function recountBatch(db: HotExecutor, batch: Omit<Batch, 'fence'>): Promise<void> {
  await db.query({
    name: 'recount-batch',
    text: `update campaign_send_batches b
      set state = ${NEXT_STATE}, wake_at = ${NEXT_WAKE}, waiting_for = ${STILL_WAITING_FOR}, ${SET_COUNTS}
      from (${COUNTS}) n
      where b.send_id = $1 and b.batch_no = $4 and b.state <> 'leased'`,
    values: [batch.sendId, batch.firstSeq, batch.lastSeq, batch.batchNo],
  });
}

/** Where a batch lies and whose it is; null when its campaign is gone. */
export async function findBatchRange(
  db: HotExecutor,
  sendId: string,
  batchNo: number,
): Promise<(Omit<Batch, 'fence'> & { readonly campaignId: string }) | null> {
  const result = await db.query<Omit<Batch, 'fence'> & { campaignId: string }>(
    `select b.send_id as "sendId", b.batch_no as "batchNo", b.first_seq as "firstSeq", b.last_seq as "lastSeq",
       s.campaign_id as "campaignId"
     from campaign_send_batches b join campaign_sends s on s.id = b.send_id where b.send_id = $1 and b.batch_no = $2`,
    [sendId, batchNo],
  );
  return result.rows[0] ?? null;
}

/**
 * The same for every batch of a send, after a statement that changed rows all over it; or for those that were not done,
 * when it made rows final.
 */
export async function recountBatches(db: HotExecutor, sendId: string, which: 'all' | 'not-done'): Promise<void> {
  await db.query(
    `update campaign_send_batches b
     set state = ${NEXT_STATE}, wake_at = ${NEXT_WAKE}, waiting_for = ${STILL_WAITING_FOR}, ${SET_COUNTS}
     from (select r.batch_no, ${STATE_COUNTS}
       from campaign_send_batches r join email_sends e on e.send_id = r.send_id and e.seq between r.first_seq and r.last_seq
       where r.send_id = $1 and ($2 or r.state <> 'done') group by r.batch_no) n
     where b.send_id = $1 and b.batch_no = n.batch_no and b.state <> 'leased'`,
    [sendId, which === 'all'],
  );
}

/** Ends this worker's leases on all batches but these: what a claim took whose answer was lost. */
export async function disownBatches(db: HotExecutor, workerId: string, inHand: readonly Batch[]): Promise<void> {
  await db.query(
    `update campaign_send_batches b set lease_until = now()
     where b.worker_id = $1 and b.state = 'leased' and not exists (
       select 1 from unnest($2::uuid[], $3::int[], $4::bigint[]) as mine(send_id, batch_no, fence)
       where mine.send_id = b.send_id and mine.batch_no = b.batch_no and mine.fence = b.fence)`,
    [workerId, inHand.map((b) => b.sendId), inHand.map((b) => b.batchNo), inHand.map((b) => b.fence)],
  );
}

/** Ends the leases of workers that are known to be gone, so that their batches need not wait for the lease to run out. */
export async function expireLeasesOf(db: HotExecutor, workerIds: readonly string[]): Promise<number> {
  const result = await db.query({
    name: 'expire-leases-of',
    text: `update campaign_send_batches set lease_until = now() where worker_id = any($1::uuid[]) and state = 'leased' and lease_until > now()`,
    values: [workerIds],
  });
  return result.rowCount ?? 0;
}

/** Ends an email whose rows are all final, after a recount that may have found them so. Does nothing to a campaign. */
export async function finishEmail(db: HotExecutor, batch: Pick<ClaimedBatch, 'campaignId' | 'sendId'>): Promise<void> {
  await db.query({
    name: 'finish-email',
    text: `update campaigns set state = 'completed', finished_at = now() where id = $1 and kind = 'email' and state = 'active'
      and not exists (select 1 from campaign_send_batches where send_id = $2 and state <> 'done')
      and not exists (select 1 from email_sends where send_id = $2 and state in (0, 1, 3))`,
    values: [batch.campaignId, batch.sendId],
  });
}

/** After a recount that found open rows in a campaign that had ended: it is under way again. */
export async function resumeEndedCampaign(
  db: HotExecutor,
  batch: Pick<ClaimedBatch, 'campaignId' | 'sendId' | 'batchNo'>,
): Promise<void> {
  await db.query({
    name: 'resume-ended-campaign',
    text: `update campaigns set state = 'active', finished_at = null where id = $1 and state = 'completed'
      and exists (select 1 from campaign_send_batches where send_id = $2 and batch_no = $3 and state <> 'done')`,
    values: [batch.campaignId, batch.sendId, batch.batchNo],
  });
}
