// Takes the next batch for a worker.
//
// Locks: one row of campaign_send_batches (up to three, of which it takes one), skipping rows that another claim holds;
// nothing else, so claims never wait for each other. The clock is the database's: workers' clocks never decide who owns
// a batch.
// Index: one partial index on campaign_send_batches a state, so that a campaign with thousands of batches that wait for
// the morning costs as little as one with none. Measured with 50 campaigns of 2,000 batches each in ten workspaces, all
// but one waiting: 0.7 to 1.6 ms a claim, round trip included, on a busy machine.
// Fair: the workspace with the fewest batches in hand goes first, however many campaigns it has; in it the highest
// priority; of those the campaign with the fewest batches in hand. Draws are decided by lot, so that nobody comes last
// for ever when there are fewer hands than workspaces. Claims at the same moment do not see each other's batch and may
// take two of one campaign, so a worker makes its own one after the other (engine/sender.ts). Rejected: first job first
// served, which lets the campaign that was expanded first take everything; and priorities across workspaces, which are
// for one team to set, not for others to suffer.
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
  /** The zone of all its recipients, of a campaign that goes by their clocks; null when zones play no part. */
  readonly timeZone: string | null;
  /** The whole of a single email (db/hot/claim-emails.ts), not a part of a campaign. */
  readonly isEmail: boolean;
  /** What all its recipients get, of a campaign with variants; else null. */
  readonly variant: number | null;
}

/** $2: new and lost batches are wanted; $3: those that have waited are. */
const EXPIRED = `select b.batch_no from campaign_send_batches b where $2::boolean and b.send_id = r.send_id and b.state = 'leased' and b.lease_until <= now()`;
const WOKEN = `select b.batch_no from campaign_send_batches b where $3::boolean and b.send_id = r.send_id and b.state = 'waiting' and b.wake_at <= now()`;
const READY = `select b.batch_no from campaign_send_batches b where $2::boolean and b.send_id = r.send_id and b.state = 'ready'`;

/** One lot a statement: a subquery is evaluated once, so that all campaigns of a workspace draw the same. */
const LOT = '(select random()::text)';

/**
 * Campaigns that have a batch to be claimed, whose turn it is first. Of each workspace those that are under way, up to
 * as many as may send at the same time: by priority, then by age. One that has nothing to do at the moment, because all
 * of it waits, takes no place.
 */
const RANKED = `
active as (
  select s.id as send_id, c.id as campaign_id, c.workspace_id, c.priority, c.launched_at, c.concurrency, (
    select count(*) from campaign_send_batches b
    where b.send_id = s.id and b.state = 'leased' and b.lease_until > now()) as in_hand
  from campaigns c join campaign_sends s on s.campaign_id = c.id
  where c.state = 'active' and c.kind = 'campaign'
), working as (
  select r.*, sum(r.in_hand) over (partition by r.workspace_id) as workspace_in_hand,
    exists (${READY}) or exists (${WOKEN}) or exists (${EXPIRED}) as claimable
  from active r
), placed as (
  select *, row_number() over (partition by workspace_id order by priority desc, launched_at, send_id) as place
  from working where claimable or in_hand > 0
), ranked as (
  select * from placed
  where claimable and place <= $1 and (concurrency is null or in_hand < concurrency)
  order by workspace_in_hand, hashtext(workspace_id::text || ${LOT}), priority desc, in_hand, hashtext(send_id::text || ${LOT})
)`;

/** What was lost goes first, then what has waited, then what is new. */
const CLAIM = `
with ${RANKED}, next as (
  select r.send_id, r.campaign_id, coalesce(e.batch_no, w.batch_no, n.batch_no) as batch_no
  from ranked r
  left join lateral (${EXPIRED} limit 1 for update skip locked) e on true
  left join lateral (${WOKEN} and e.batch_no is null order by b.wake_at limit 1 for update skip locked) w on true
  left join lateral (${READY} and e.batch_no is null and w.batch_no is null order by b.batch_no limit 1 for update skip locked) n on true
  where coalesce(e.batch_no, w.batch_no, n.batch_no) is not null and r.workspace_id <> all($6::uuid[])
  limit 1
)
update campaign_send_batches b
set fence = b.fence + 1, worker_id = $4, lease_until = now() + make_interval(secs => $5 / 1000.0),
    state = 'leased', wake_at = null, waiting_for = null
from next
where b.send_id = next.send_id and b.batch_no = next.batch_no
returning b.send_id as "sendId", next.campaign_id as "campaignId", b.batch_no as "batchNo", b.first_seq as "firstSeq",
  b.last_seq as "lastSeq", b.fence, b.fence > 1 as "hadOwner", b.time_zone as "timeZone", b.variant, false as "isEmail"`;

/** Which batches are to be worked on: a queue that is paused keeps back what its jobs stand for. */
export interface ClaimKinds {
  /** Those that are new, and those whose worker was lost (queue `email-sending`). */
  readonly ready: boolean;
  /** Those that waited for a retry, a limit or the morning, and whose time has come (queue `email-retry`). */
  readonly woken: boolean;
}

/**
 * Null when no batch can be worked on now. `maxCampaigns` is how many campaigns of a workspace may send at the same time;
 * `heldBack` are workspaces that this worker leaves to others.
 */
export async function claimBatch(
  db: HotExecutor,
  claim: ClaimKinds & { workerId: string; leaseMs: number; maxCampaigns: number; heldBack?: readonly string[] },
): Promise<ClaimedBatch | null> {
  const result = await db.query<ClaimedBatch>({
    name: 'claim-batch',
    text: CLAIM,
    values: [claim.maxCampaigns, claim.ready, claim.woken, claim.workerId, claim.leaseMs, claim.heldBack ?? []],
  });
  return result.rows[0] ?? null;
}

const CLAIMABLE = `
with ${RANKED}
select coalesce(sum((select count(*) from ((${READY} limit 50) union all (${EXPIRED} limit 50)) b)), 0)::int as ready,
  coalesce(sum((select count(*) from (${WOKEN} limit 50) b)), 0)::int as woken
from ranked r`;

/** How many batches a claim would find, 50 of a state and campaign at most. Read by the sweeper, no locks. */
export async function findClaimable(
  db: HotExecutor,
  maxCampaigns: number,
  kinds: ClaimKinds,
): Promise<{ ready: number; woken: number }> {
  const result = await db.query<{ ready: number; woken: number }>({
    name: 'find-claimable',
    text: CLAIMABLE,
    values: [maxCampaigns, kinds.ready, kinds.woken],
  });
  return result.rows[0] ?? { ready: 0, woken: 0 };
}
