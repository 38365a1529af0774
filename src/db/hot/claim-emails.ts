// Takes the next single emails for a worker: those that have been due longest, whether they are new, have waited for a retry
// or a limit, or were left by a worker that is gone.
//
// Locks: rows of campaign_send_batches, some two times as many as are wanted, spread over the workspaces that have emails;
// rows that another claim holds are skipped, so claims never wait for each other. Where few workspaces have any that are
// due it may take fewer than are wanted though there are more: whoever took some looks again.
// Index: campaign_send_batches_emails alone, entered once for each workspace that has emails which are not over (a loose scan)
// and read from what is due longest; what waits for tomorrow is never looked at. Measured with 20,000 waiting and 2,000 ready
// in ten workspaces: 1 to 2.5 ms for twelve, 0.6 for one, on a busy machine (what it reads: hot/email-plans.test.ts).
// Fair: of each workspace its oldest first, one after the other in turns, those with the fewest in hand before the others; so
// a workspace that sends a hundred thousand receipts does not keep another one's password link waiting.
// Rejected: ranking them with the campaigns (hot/claim-batch.ts), which looks at every one that is under way.
import type { HotExecutor } from '../database.ts';
import type { ClaimedBatch, ClaimKinds } from './claim-batch.ts';

const OPEN = `b.email_workspace_id is not null and b.state <> 'done'`;
/** As the index has it. */
const DUE = `(case b.state when 'leased' then b.lease_until else coalesce(b.wake_at, '-infinity') end)`;

const WORKSPACES = `
workspaces as (
  (select b.email_workspace_id as id from campaign_send_batches b where ${OPEN} order by b.email_workspace_id limit 1)
  union all
  select (select b.email_workspace_id from campaign_send_batches b
    where ${OPEN} and b.email_workspace_id > w.id order by b.email_workspace_id limit 1)
  from workspaces w where w.id is not null
)`;

const CLAIM = `
with recursive ${WORKSPACES}, in_hand as materialized (
  select b.email_workspace_id as id, count(*) as batches from campaign_send_batches b
  where b.state = 'leased' and b.lease_until > now() and b.email_workspace_id is not null group by 1
), share as (
  select least($5::int, ceil($5::int * 2.0 / count(*)) + 1)::int as each from workspaces where id is not null
), due as materialized (
  select w.id as workspace_id, n.*
  from workspaces w cross join lateral (
    select b.send_id, b.batch_no, c.id as campaign_id, ${DUE} as due
    from campaign_send_batches b join campaign_sends s on s.id = b.send_id join campaigns c on c.id = s.campaign_id
    where ${OPEN} and b.email_workspace_id = w.id and ${DUE} <= now() and c.state = 'active'
      and case b.state when 'waiting' then $2::boolean else $1::boolean end
    order by ${DUE}, b.send_id limit (select each from share) for update of b skip locked) n
  where w.id is not null and w.id <> all($6::uuid[])
), next as (
  select d.* from (
    select d.*, row_number() over (partition by d.workspace_id order by d.due, d.send_id) as place from due d) d
  left join in_hand h on h.id = d.workspace_id
  order by coalesce(h.batches, 0) + d.place, random() limit $5
)
update campaign_send_batches b
set fence = b.fence + 1, worker_id = $3, lease_until = now() + make_interval(secs => $4 / 1000.0),
    state = 'leased', wake_at = null, waiting_for = null
from next
where b.send_id = next.send_id and b.batch_no = next.batch_no
returning b.send_id as "sendId", next.campaign_id as "campaignId", b.batch_no as "batchNo", b.first_seq as "firstSeq",
  b.last_seq as "lastSeq", b.fence, b.fence > 1 as "hadOwner", null as "timeZone", null as variant, true as "isEmail",
  b.email_workspace_id as "workspaceId"`;

export interface ClaimedEmail extends ClaimedBatch {
  readonly workspaceId: string;
}

/** Up to `most` emails that are due; none of the workspaces in `heldBack`, which this worker leaves to others. */
export async function claimEmails(
  db: HotExecutor,
  claim: ClaimKinds & { workerId: string; leaseMs: number; most: number; heldBack: readonly string[] },
): Promise<ClaimedEmail[]> {
  const result = await db.query<ClaimedEmail>({
    name: 'claim-emails',
    text: CLAIM,
    values: [claim.ready, claim.woken, claim.workerId, claim.leaseMs, claim.most, claim.heldBack],
  });
  return result.rows;
}

const COUNTED_AT_MOST = 1000;

/** How many emails of each workspace are due now, 1,000 of each at most; only workspaces that have emails which are not over. */
export async function countDueEmails(db: HotExecutor): Promise<Map<string, number>> {
  const { rows } = await db.query<{ id: string; due: number }>({
    name: 'count-due-emails',
    text: `with recursive ${WORKSPACES}
      select w.id, (select count(*) from (select 1 from campaign_send_batches b
        where ${OPEN} and b.email_workspace_id = w.id and ${DUE} <= now() limit ${COUNTED_AT_MOST}) d)::int as due
      from workspaces w where w.id is not null`,
  });
  return new Map(rows.map(({ id, due }) => [id, due]));
}
