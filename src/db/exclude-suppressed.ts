// Takes those who are suppressed out of the sends of a workspace that are under way, a few batches at a time: after a domain
// or a whole list was suppressed, when it is not known whose rows these are. The gate would refuse them too, when their turn
// comes; this makes the counts right at once.
//
// Locks: rows in the order of their numbers, as the gate does; one statement is one short transaction.
// Index: primary key (send_id, seq), as ranges of open batches.
import type { HotExecutor } from './database.ts';
import { suppressedSql } from './suppressed.ts';

export interface OpenBatch {
  readonly campaignId: string;
  readonly sendId: string;
  readonly batchNo: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Rows that were excluded now. */
  readonly excluded: number;
}

const OPEN_BATCHES = `select s.campaign_id, b.send_id, b.batch_no, b.first_seq, b.last_seq
  from campaign_sends s join campaigns c on c.id = s.campaign_id join campaign_send_batches b on b.send_id = s.id
  where s.workspace_id = $1 and not s.is_email and c.state in ('waiting', 'active', 'paused') and b.state <> 'done'`;

/** The next `limit` open batches behind `after`, with what was excluded in each; none: the end. */
export async function excludeSuppressed(
  db: HotExecutor,
  workspaceId: string,
  after: Pick<OpenBatch, 'sendId' | 'batchNo'>,
  limit: number,
): Promise<OpenBatch[]> {
  const result = await db.query<OpenBatch>(
    `with batches as materialized (
       ${OPEN_BATCHES} and (b.send_id, b.batch_no) > ($2::uuid, $3::int) order by b.send_id, b.batch_no limit $4
     ), rows as materialized (
       select e.send_id, e.seq from batches b join email_sends e on e.send_id = b.send_id and e.seq between b.first_seq and b.last_seq
       where e.state in (0, 3) and ${suppressedSql('$1', 'e.email_key')}
       order by e.send_id, e.seq for update of e
     ), excluded as (
       update email_sends e set state = 5, reason = 'suppressed' from rows
       where e.send_id = rows.send_id and e.seq = rows.seq and e.state in (0, 3) returning e.send_id, e.seq
     )
     select b.campaign_id as "campaignId", b.send_id as "sendId", b.batch_no as "batchNo", b.first_seq as "firstSeq", b.last_seq as "lastSeq",
       (select count(*) from excluded x where x.send_id = b.send_id and x.seq between b.first_seq and b.last_seq)::int as excluded
     from batches b order by b.send_id, b.batch_no`,
    [workspaceId, after.sendId, after.batchNo, limit],
  );
  return result.rows;
}

/** Whether a message to anybody who is suppressed has passed the gate and has no outcome yet. */
export async function areSuppressedOnTheirWay(db: HotExecutor, workspaceId: string): Promise<boolean> {
  const result = await db.query(
    `select 1 from (${OPEN_BATCHES} and b.state = 'leased') b
     join email_sends e on e.send_id = b.send_id and e.seq between b.first_seq and b.last_seq
     where e.state = 1 and ${suppressedSql('$1', 'e.email_key')} limit 1`,
    [workspaceId],
  );
  return (result.rowCount ?? 0) > 0;
}
