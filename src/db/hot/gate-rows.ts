// The gate: the only way from `pending` or `deferred` to `sending`, committed before the first byte of a message that
// cannot be taken back. Whoever is not returned is not sent to.
//
// Locks: the rows of one window, in seq order (an index range scan locks as it goes). Two gates never meet on a row,
// because a batch has one owner; a cancel or an unsubscribe may, and then one of the two finds the state changed.
// Index: primary key (send_id, seq), read as a range. Measured in the design's prototype: windows of 40, two in flight,
// 3 to 5 ms each with a synchronous commit, cost no throughput against windows of 500.
// The suppression and subscription checks are scalar subqueries on purpose: a plan that hashes the workspace's whole
// suppression list for 40 rows is never chosen for them. What suppressed means, and what that costs: db/suppressed.ts.
// Rejected: checking suppression when the audience is expanded only. Who unsubscribes an hour into a campaign would
// still be sent to.
import type { HotExecutor } from '../database.ts';
import { heedsWishesSql, suppressedSql } from '../suppressed.ts';

export interface GatedRow {
  readonly seq: number;
  readonly email: string;
  readonly data: Record<string, unknown>;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** When this recipient was first put off; absent when it never was. */
  readonly since?: Date;
}

export interface GateWindow {
  readonly sendId: string;
  readonly batchNo: number;
  readonly fence: number;
  readonly campaignId: string;
  readonly workspaceId: string;
  readonly accountId: string;
  /** As whom the account sends them, where it has users. */
  readonly userId?: string | null;
  /** Lists the audience came from; empty when a subscription plays no part. */
  readonly listIds: readonly string[];
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** This batch is still ours, by fence and by the database's clock, and the campaign is still to be sent. */
export const OWNED = `(select true from campaign_send_batches b, campaigns c
  where b.send_id = $1 and b.batch_no = $4 and b.fence = $5 and b.state = 'leased' and b.lease_until > now()
    and c.id = $6 and c.state = 'active')`;

export const SUPPRESSED = suppressedSql('$7', 'e.email_key', heedsWishesSql('$6'));
export const UNSUBSCRIBED = `($8::uuid[] is not null and not coalesce((select bool_or(ls.status = 'subscribed')
  from list_subscriptions ls where ls.contact_id = e.contact_id and ls.list_id = any($8::uuid[])), true))`;

const GATE = `
update email_sends e
set state = 1, attempts = e.attempts + 1, fence = $5, account_id = $9, workspace_user_id = $10
where e.send_id = $1 and e.seq between $2 and $3 and e.state = 0
  and ${OWNED} and not ${SUPPRESSED} and not ${UNSUBSCRIBED}
returning e.seq, e.email, e.data, e.attempts as attempt`;

/** Passes the pending rows of a window; rows that are suppressed or unsubscribed by now stay behind. */
export async function gateRows(db: HotExecutor, window: GateWindow): Promise<GatedRow[]> {
  const result = await db.query<GatedRow>({ name: 'gate-rows', text: GATE, values: gateValues(window) });
  return result.rows;
}

const GATE_DUE = `
with due as (
  delete from email_retry_jobs j
  where j.ctid = any(array(
    select d.ctid from email_retry_jobs d
    where d.send_id = $1 and d.seq between $2 and $3 and d.due_at <= now()
    order by d.seq limit $11 for update skip locked)) and ${OWNED}
  returning j.seq, j.since
)
update email_sends e
set state = 1, attempts = e.attempts + 1, fence = $5, account_id = $9, workspace_user_id = $10
from due
where e.send_id = $1 and e.seq = due.seq and e.state = 3 and not ${SUPPRESSED} and not ${UNSUBSCRIBED}
returning e.seq, e.email, e.data, e.attempts as attempt, due.since`;

/** Passes up to `limit` deferred rows of a range whose next attempt is due. */
export async function gateDueRows(db: HotExecutor, window: GateWindow, limit: number): Promise<GatedRow[]> {
  const result = await db.query<GatedRow>({
    name: 'gate-due-rows',
    text: GATE_DUE,
    values: [...gateValues(window), limit],
  });
  return result.rows;
}

const EXCLUDE = `
update email_sends e
set state = 5, reason = case when ${SUPPRESSED} then 'suppressed' else 'unsubscribed' end
where e.send_id = $1 and e.seq between $2 and $3 and e.state in (0, 3)
  and ${OWNED} and (${SUPPRESSED} or ${UNSUBSCRIBED})
  and (e.state = 0 or not exists (select 1 from email_retry_jobs j where j.send_id = e.send_id and j.seq = e.seq))
returning e.seq`;

/** Settles what the gate left behind in a window: suppressed or unsubscribed since the audience was expanded. */
export async function excludeBlockedRows(db: HotExecutor, window: GateWindow): Promise<number> {
  const result = await db.query({
    name: 'exclude-blocked-rows',
    text: EXCLUDE,
    values: gateValues(window).slice(0, 8),
  });
  return result.rowCount ?? 0;
}

/** Whether the batch may still be worked on: asked when a gate let nothing through. */
export async function ownsBatch(db: HotExecutor, window: GateWindow): Promise<boolean> {
  const result = await db.query({
    name: 'owns-batch',
    text: `select 1 from campaign_send_batches b, campaigns c
      where b.send_id = $1 and b.batch_no = $2 and b.fence = $3 and b.state = 'leased' and b.lease_until > now()
        and c.id = $4 and c.state = 'active'`,
    values: [window.sendId, window.batchNo, window.fence, window.campaignId],
  });
  return (result.rowCount ?? 0) > 0;
}

export function gateValues(window: GateWindow): unknown[] {
  return [
    window.sendId,
    window.firstSeq,
    window.lastSeq,
    window.batchNo,
    window.fence,
    window.campaignId,
    window.workspaceId,
    window.listIds.length === 0 ? null : window.listIds,
    window.accountId,
    window.userId ?? null,
  ];
}
