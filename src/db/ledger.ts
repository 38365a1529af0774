import { type RawBuilder, sql } from 'kysely';
import type { RecipientCounts, RecipientState } from '../contract/states.ts';
import { emptyCounts, STATE_CODE, stateFromCode } from '../domain/recipient-state.ts';
import type { Executor, HotExecutor } from './database.ts';
import { notSuppressedSql, suppressedSql } from './suppressed.ts';

/** Counts the ledger itself, row by row: what finishing a campaign rests on. */
export async function countLedger(db: HotExecutor, sendId: string): Promise<RecipientCounts> {
  const counts = emptyCounts();
  const { rows } = await db.query<{ state: number; rows: number }>(
    'select state, count(*)::int as rows from email_sends where send_id = $1 group by state',
    [sendId],
  );
  for (const row of rows) counts[stateFromCode(row.state)] += row.rows;
  return counts;
}

export interface LedgerFilter {
  readonly sendId: string;
  readonly state?: RecipientState;
  readonly email?: string;
  readonly code?: number;
  readonly class?: string;
  readonly afterSeq: number;
  readonly limit: number;
}

export interface LedgerRow {
  readonly seq: number;
  readonly email: string;
  readonly state: number;
  readonly attempts: number;
  readonly accountId: string | null;
  readonly workspaceUserId: string | null;
  readonly response: string | null;
  readonly code: number | null;
  readonly class: string | null;
  readonly reason: string | null;
  readonly sentAt: Date | null;
  readonly nextAttemptAt: Date | null;
}

export async function listLedger(db: Executor, filter: LedgerFilter): Promise<LedgerRow[]> {
  let query = db
    .selectFrom('emailSends as e')
    .leftJoin('emailRetryJobs as j', (join) => join.onRef('j.sendId', '=', 'e.sendId').onRef('j.seq', '=', 'e.seq'))
    .select([
      'e.seq',
      'e.email',
      'e.state',
      'e.attempts',
      'e.accountId',
      'e.workspaceUserId',
      'e.response',
      'e.code',
      'e.class',
      'e.reason',
      'e.sentAt',
      'j.dueAt as nextAttemptAt',
    ])
    .where('e.sendId', '=', filter.sendId)
    .where('e.seq', '>', filter.afterSeq);
  if (filter.state) query = query.where('e.state', '=', STATE_CODE[filter.state]);
  if (filter.email) query = query.where('e.emailKey', '=', filter.email.toLowerCase());
  if (filter.code !== undefined) query = query.where('e.code', '=', filter.code);
  if (filter.class !== undefined) query = query.where('e.class', '=', filter.class);
  return query.orderBy('e.seq').limit(filter.limit).execute();
}

/** Events of a stretch of ledger rows, oldest first. */
export async function listEvents(
  db: Executor,
  sendId: string,
  seqs: readonly number[],
): Promise<Array<{ seq: number; type: string; occurredAt: Date; data: unknown }>> {
  if (seqs.length === 0) return [];
  return db
    .selectFrom('emailEvents')
    .select(['seq', 'type', 'occurredAt', 'data'])
    .where('sendId', '=', sendId)
    .where('seq', 'in', [...seqs])
    .orderBy('occurredAt')
    .execute();
}

const FAILURES_TOLD = 100;

export interface Failure {
  readonly email: string;
  readonly code: number | null;
  readonly class: string | null;
  readonly message: string;
}

/** The first failures of a send, for people: what `result.errors` shows. */
export async function listFailures(db: Executor, sendId: string): Promise<Failure[]> {
  const { rows } = await sql<{ failures: Failure[] }>`select ${failuresOf(sendId)} as failures`.execute(db);
  return rows[0]?.failures ?? [];
}

/** The same within the statement that ends a campaign, to be kept with it: a ledger has no index by state. */
export function failuresOf(sendId: string): RawBuilder<string> {
  return sql<string>`(select coalesce(jsonb_agg(to_jsonb(f)), '[]') from (
    select email, code, class, coalesce(response, reason, '') as message from email_sends
    where send_id = ${sendId}::uuid and state = ${STATE_CODE.failed} order by seq limit ${FAILURES_TOLD}) f)`;
}

/** Deletes the ledger of a campaign together with it: rows have no foreign key, it would cost a look-up per recipient. */
export async function deleteLedger(db: Executor, campaignId: string): Promise<void> {
  for (const table of ['email_sends', 'email_retry_jobs', 'email_events', 'send_throughput']) {
    await sql`delete from ${sql.table(table)} where send_id = (select id from campaign_sends where campaign_id = ${campaignId})`.execute(
      db,
    );
  }
}

/** Cancels every row that no server has been asked about. Batches that are done hold none, and are not looked at. */
export async function cancelOpenRows(db: HotExecutor, sendId: string): Promise<number> {
  const result = await db.query(
    `with rows as (
       select e.seq from campaign_send_batches b join email_sends e on e.send_id = b.send_id and e.seq between b.first_seq and b.last_seq
       where b.send_id = $1 and b.state <> 'done' and e.state in (0, 3) order by e.seq for update of e
     ), cancelled as (
       update email_sends e set state = 7 from rows where e.send_id = $1 and e.seq = rows.seq returning e.seq
     ), retries as (delete from email_retry_jobs where send_id = $1)
     select count(*)::int as rows from cancelled`,
    [sendId],
  );
  return (result.rows[0] as { rows: number } | undefined)?.rows ?? 0;
}

export interface RetrySelection {
  readonly states: readonly number[];
  readonly codes: readonly number[] | null;
  readonly classes: readonly string[] | null;
  readonly accountIds: readonly string[] | null;
}

/**
 * Puts failed (or, when asked for, unknown) recipients back to `pending`, unless their address is suppressed by now; the
 * last reply stays until there is another. Returns how many.
 */
export async function reopenRows(
  db: HotExecutor,
  send: { readonly id: string; readonly workspaceId: string },
  selection: RetrySelection,
): Promise<number> {
  const result = await db.query(
    `update email_sends e set state = 0, attempts = 0, fence = null
     where e.send_id = $1 and e.state = any($2::smallint[])
       and ($3::smallint[] is null or e.code = any($3)) and ($4::text[] is null or e.class = any($4))
       and ($5::uuid[] is null or e.account_id = any($5))
       and ${notSuppressedSql('$6', 'e.email_key')}`,
    [send.id, selection.states, selection.codes, selection.classes, selection.accountIds, send.workspaceId],
  );
  return result.rowCount ?? 0;
}

/** A batch in which rows were excluded: its counts are to be taken again. */
interface TouchedBatch {
  readonly campaignId: string;
  readonly sendId: string;
  readonly batchNo: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/**
 * Excludes what is still open for an address in the sends of a workspace that are under way, where the gate would refuse
 * it now: suppressed, or in none of the campaign's lists any more. At most one row a send, found by its unique index.
 */
export async function excludeAddress(db: HotExecutor, workspaceId: string, emailKey: string): Promise<TouchedBatch[]> {
  const result = await db.query<TouchedBatch>(
    `with suppressed as (select ${suppressedSql('$1', '$2')} as yes)
     update email_sends e set state = 5, reason = case when suppressed.yes then 'suppressed' else 'unsubscribed' end
     from suppressed, campaign_sends s join campaigns c on c.id = s.campaign_id, campaign_send_batches b
     where s.workspace_id = $1 and not s.is_email and c.state in ('waiting', 'active', 'paused') and e.send_id = s.id and e.email_key = $2 and e.state in (0, 3)
       and b.send_id = e.send_id and e.seq between b.first_seq and b.last_seq
       and (suppressed.yes or (c.audience->>'kind' = 'lists' and not coalesce((
         select bool_or(ls.status = 'subscribed') from list_subscriptions ls
         where ls.contact_id = e.contact_id
           and ls.list_id = any(array(select jsonb_array_elements_text(c.audience->'listIds')::uuid))), true)))
     returning c.id as "campaignId", b.send_id as "sendId", b.batch_no as "batchNo", b.first_seq as "firstSeq", b.last_seq as "lastSeq"`,
    [workspaceId, emailKey],
  );
  return result.rows;
}

/** Whether a message to this address has passed the gate and has no outcome yet. At most one row a send, by its unique index. */
export async function isOnItsWay(db: HotExecutor, workspaceId: string, emailKey: string): Promise<boolean> {
  const result = await db.query(
    `select 1 from campaign_sends s join campaigns c on c.id = s.campaign_id join email_sends e on e.send_id = s.id
     where s.workspace_id = $1 and not s.is_email and c.state in ('active', 'paused') and e.email_key = $2 and e.state = 1
     union all
     select 1 from email_recipients r join email_sends e on e.send_id = r.send_id and e.seq = r.seq
     where r.workspace_id = $1 and r.email_key = $2 and e.state = 1 limit 1`,
    [workspaceId, emailKey],
  );
  return (result.rowCount ?? 0) > 0;
}
