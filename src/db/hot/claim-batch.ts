// Takes the next batch for a worker.
//
// Locks: one row of campaign_send_batches, skipping rows that another claim holds; nothing else, so claims never wait
// for each other. The clock is the database's: workers' clocks never decide who owns a batch.
// Index: campaign_send_batches_open (send_id, batch_no) where state <> 'done'.
// Fair: of the campaigns under way, by priority, the one with the fewest batches in hand goes first; so five campaigns
// share the workers evenly, whatever order their jobs were queued in. Rejected: first job first served, which lets the
// campaign that was expanded first take everything.
import type { HotExecutor } from '../database.ts';

export interface ClaimedBatch {
  readonly sendId: string;
  readonly campaignId: string;
  readonly batchNo: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly fence: number;
  /** True when it had an owner before: rows that one may have lost are settled before anything is sent. */
  readonly hadOwner: boolean;
}

const CLAIM = `
with under_way as (
  select s.id as send_id, c.id as campaign_id, c.priority, c.launched_at, c.concurrency
  from campaigns c join campaign_sends s on s.campaign_id = c.id
  where c.state = 'active'
  order by c.priority desc, c.launched_at
  limit $3
), load as (
  select u.*, (
    select count(*) from campaign_send_batches b
    where b.send_id = u.send_id and b.state = 'leased' and b.lease_until > now()) as in_hand
  from under_way u
), next as (
  select l.send_id, l.campaign_id, b.batch_no
  from load l cross join lateral (
    select b.batch_no from campaign_send_batches b
    where b.send_id = l.send_id and b.state <> 'done'
      and (b.state = 'ready' or (b.state = 'waiting' and b.wake_at <= now()) or (b.state = 'leased' and b.lease_until <= now()))
    order by b.batch_no limit 1
    for update skip locked) b
  where l.concurrency is null or l.in_hand < l.concurrency
  order by l.priority desc, l.in_hand, l.launched_at
  limit 1
)
update campaign_send_batches b
set fence = b.fence + 1, worker_id = $1, lease_until = now() + make_interval(secs => $2 / 1000.0),
    state = 'leased', wake_at = null, waiting_for = null
from next
where b.send_id = next.send_id and b.batch_no = next.batch_no
returning b.send_id as "sendId", next.campaign_id as "campaignId", b.batch_no as "batchNo",
  b.first_seq as "firstSeq", b.last_seq as "lastSeq", b.fence, b.fence > 1 as "hadOwner"`;

/** Null when no batch can be worked on now. `maxCampaigns` is how many campaigns may send at the same time. */
export async function claimBatch(
  db: HotExecutor,
  claim: { workerId: string; leaseMs: number; maxCampaigns: number },
): Promise<ClaimedBatch | null> {
  const result = await db.query<ClaimedBatch>({
    name: 'claim-batch',
    text: CLAIM,
    values: [claim.workerId, claim.leaseMs, claim.maxCampaigns],
  });
  return result.rows[0] ?? null;
}

/** Whether a claim would find something, and if not, when a waiting batch wakes. Read by the sweeper, no locks. */
export async function findClaimable(db: HotExecutor, maxCampaigns: number): Promise<{ batches: number }> {
  const result = await db.query<{ batches: number }>({
    name: 'find-claimable',
    text: `
      with under_way as (
        select s.id as send_id from campaigns c join campaign_sends s on s.campaign_id = c.id
        where c.state = 'active' order by c.priority desc, c.launched_at limit $1)
      select count(*)::int as batches from under_way u cross join lateral (
        select 1 from campaign_send_batches b
        where b.send_id = u.send_id and b.state <> 'done'
          and (b.state = 'ready' or (b.state = 'waiting' and b.wake_at <= now()) or (b.state = 'leased' and b.lease_until <= now()))
        limit 50) b`,
    values: [maxCampaigns],
  });
  return { batches: result.rows[0]?.batches ?? 0 };
}
