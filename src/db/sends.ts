import { type Selectable, sql } from 'kysely';
import type { RecipientCounts, RecipientState } from '../contract/states.ts';
import { emptyCounts, STATE_CODE, stateFromCode } from '../domain/recipient-state.ts';
import type { Executor, HotExecutor } from './database.ts';
import type { DB } from './schema.generated.ts';

export type SendRow = Selectable<DB['campaignSends']>;

/** The one send of a campaign; made at launch, found again when that is repeated. */
export async function insertSend(db: Executor, send: { workspaceId: string; campaignId: string }): Promise<void> {
  await db
    .insertInto('campaignSends')
    .values(send)
    .onConflict((conflict) => conflict.column('campaignId').doNothing())
    .execute();
}

export async function findSendOfCampaign(db: Executor, campaignId: string): Promise<SendRow | null> {
  const row = await db.selectFrom('campaignSends').selectAll().where('campaignId', '=', campaignId).executeTakeFirst();
  return row ?? null;
}

const COUNTS = `
with batches as (select * from campaign_send_batches where send_id = any($1::uuid[])),
settled as (
  select send_id, sum(pending)::int as pending, sum(sending)::int as sending, sum(sent)::int as sent, sum(deferred)::int as deferred,
    sum(failed)::int as failed, sum(excluded)::int as excluded, sum(unknown)::int as unknown, sum(cancelled)::int as cancelled
  from batches where state <> 'leased' group by send_id
), live as (
  select b.send_id, e.state, count(*)::int as rows
  from batches b join email_sends e on e.send_id = b.send_id and e.seq between b.first_seq and b.last_seq
  where b.state = 'leased' group by b.send_id, e.state
)
select s.send_id as "sendId", null as state, null as rows, s.pending, s.sending, s.sent, s.deferred, s.failed, s.excluded, s.unknown, s.cancelled from settled s
union all
select l.send_id, l.state, l.rows, 0, 0, 0, 0, 0, 0, 0, 0 from live l`;

type CountsRow = RecipientCounts & { sendId: string; state: number | null; rows: number | null };

/**
 * How many recipients of each send are in each state, in one snapshot of the ledger: what batches without an owner
 * counted when they were given back, plus a count over the few ranges that are in hand.
 */
export async function countRecipients(
  db: HotExecutor,
  sendIds: readonly string[],
): Promise<Map<string, RecipientCounts>> {
  const counts = new Map(sendIds.map((id) => [id, emptyCounts()]));
  const { rows } = await db.query<CountsRow>({ name: 'count-recipients', text: COUNTS, values: [sendIds] });
  for (const row of rows) {
    const into = counts.get(row.sendId);
    if (!into) continue;
    if (row.state === null) {
      for (const state of Object.keys(STATE_CODE) as RecipientState[]) into[state] += row[state];
    } else into[stateFromCode(row.state)] += row.rows ?? 0;
  }
  return counts;
}

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

/** Messages accepted per second over the last ten whole seconds, of each send that accepted any. */
export async function listRates(db: Executor, sendIds: readonly string[]): Promise<Map<string, number>> {
  if (sendIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('sendThroughput')
    .select(['sendId', sql<number>`sum(sent)::int`.as('sent')])
    .where('sendId', 'in', [...sendIds])
    .where('bucket', '>=', sql<Date>`date_bin('5 seconds', now(), 'epoch') - interval '10 seconds'`)
    .where('bucket', '<', sql<Date>`date_bin('5 seconds', now(), 'epoch')`)
    .groupBy('sendId')
    .execute();
  return new Map(rows.map((row) => [row.sendId, row.sent / 10]));
}

export interface ThroughputRow {
  readonly sendId: string;
  readonly accountId: string;
  readonly sent: number;
  readonly refused: number;
}

/** Adds to the current five-second bucket. One row per worker, so workers never wait for each other here. */
export async function addThroughput(db: HotExecutor, workerId: string, rows: readonly ThroughputRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.query({
    name: 'add-throughput',
    text: `insert into send_throughput (send_id, bucket, account_id, worker_id, sent, refused)
      select t.send_id, date_bin('5 seconds', now(), 'epoch'), t.account_id, $1, t.sent, t.refused
      from unnest($2::uuid[], $3::uuid[], $4::int[], $5::int[]) as t(send_id, account_id, sent, refused)
      on conflict (send_id, bucket, account_id, worker_id)
      do update set sent = send_throughput.sent + excluded.sent, refused = send_throughput.refused + excluded.refused`,
    values: [
      workerId,
      rows.map((r) => r.sendId),
      rows.map((r) => r.accountId),
      rows.map((r) => r.sent),
      rows.map((r) => r.refused),
    ],
  });
}

export interface LedgerFilter {
  readonly sendId: string;
  readonly state?: RecipientState;
  readonly email?: string;
  readonly code?: number;
  readonly afterSeq: number;
  readonly limit: number;
}

export interface LedgerRow {
  readonly seq: number;
  readonly email: string;
  readonly state: number;
  readonly attempts: number;
  readonly accountId: string | null;
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
  return query.orderBy('e.seq').limit(filter.limit).execute();
}

/** Events of a stretch of ledger rows, oldest first. */
export async function listEvents(
  db: Executor,
  sendId: string,
  seqs: readonly number[],
): Promise<Array<{ seq: number; type: string; occurredAt: Date }>> {
  if (seqs.length === 0) return [];
  return db
    .selectFrom('emailEvents')
    .select(['seq', 'type', 'occurredAt'])
    .where('sendId', '=', sendId)
    .where('seq', 'in', [...seqs])
    .orderBy('occurredAt')
    .execute();
}

/** The first failures of a send, for people: what `result.errors` shows. */
export async function listFailures(
  db: Executor,
  sendId: string,
  limit: number,
): Promise<Array<{ email: string; code: number | null; class: string | null; message: string }>> {
  const rows = await db
    .selectFrom('emailSends')
    .select(['email', 'code', 'class', 'response', 'reason'])
    .where('sendId', '=', sendId)
    .where('state', '=', STATE_CODE.failed)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    email: row.email,
    code: row.code,
    class: row.class,
    message: row.response ?? row.reason ?? '',
  }));
}

/** What batches of a send wait for, in words; null when none waits. */
export async function findWaiting(db: Executor, sendId: string): Promise<string | null> {
  const row = await db
    .selectFrom('campaignSendBatches')
    .select(['waitingFor', 'wakeAt'])
    .where('sendId', '=', sendId)
    .where('state', '=', 'waiting')
    .orderBy('wakeAt')
    .limit(1)
    .executeTakeFirst();
  if (!row?.wakeAt) return null;
  return row.waitingFor ?? `the next attempt of deferred recipients at ${row.wakeAt.toISOString()}`;
}

/** Deletes the ledger of a campaign together with it: rows have no foreign key, it would cost a look-up per recipient. */
export async function deleteLedger(db: Executor, campaignId: string): Promise<void> {
  for (const table of ['email_sends', 'email_retry_jobs', 'email_events', 'send_throughput']) {
    await sql`delete from ${sql.table(table)} where send_id = (select id from campaign_sends where campaign_id = ${campaignId})`.execute(
      db,
    );
  }
}

/** Sends of active campaigns that are written out and have no batch left to work on. */
export async function listExhaustedSends(
  db: Executor,
): Promise<Array<{ id: string; campaignId: string; workspaceId: string }>> {
  return db
    .selectFrom('campaignSends as s')
    .innerJoin('campaigns as c', 'c.id', 's.campaignId')
    .select(['s.id', 's.campaignId', 's.workspaceId'])
    .where('c.state', '=', 'active')
    .where('s.expandedAt', 'is not', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('campaignSendBatches as b')
            .select(sql`1`.as('one'))
            .whereRef('b.sendId', '=', 's.id')
            .where('b.state', '!=', 'done'),
        ),
      ),
    )
    .execute();
}

/** Opens batches that say "done" but hold rows that are not final. None should; the ledger's rows decide. */
export async function reopenBatchesWithOpenRows(db: HotExecutor, sendId: string): Promise<void> {
  await db.query(
    `update campaign_send_batches b set state = 'waiting', wake_at = now()
     where b.send_id = $1 and b.state = 'done'
       and exists (select 1 from email_sends e where e.send_id = $1 and e.seq between b.first_seq and b.last_seq and e.state in (0, 1, 3))`,
    [sendId],
  );
}

/** Cancels every row that no server has been asked about, and counts the batches without an owner again. */
export async function cancelOpenRows(db: HotExecutor, sendId: string): Promise<number> {
  const result = await db.query(
    `with rows as (
       select seq from email_sends where send_id = $1 and state in (0, 3) order by seq for update
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
}

/** Puts failed (or, when asked for, unknown) recipients back to `pending`. Returns how many. */
export async function reopenRows(db: HotExecutor, sendId: string, selection: RetrySelection): Promise<number> {
  const result = await db.query(
    `update email_sends set state = 0, attempts = 0, fence = null, code = null, class = null, response = null
     where send_id = $1 and state = any($2::smallint[])
       and ($3::smallint[] is null or code = any($3)) and ($4::text[] is null or class = any($4))`,
    [sendId, selection.states, selection.codes, selection.classes],
  );
  return result.rowCount ?? 0;
}

/** A batch in which rows were excluded: its counts are to be taken again. */
export interface TouchedBatch {
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
    `with suppressed as (select exists (select 1 from suppressions where workspace_id = $1 and email_key = $2) as yes)
     update email_sends e set state = 5, reason = case when suppressed.yes then 'suppressed' else 'unsubscribed' end
     from suppressed, campaign_sends s join campaigns c on c.id = s.campaign_id, campaign_send_batches b
     where s.workspace_id = $1 and c.state in ('waiting', 'active', 'paused') and e.send_id = s.id and e.email_key = $2 and e.state in (0, 3)
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

export async function findSendsOfCampaigns(
  db: Executor,
  campaignIds: readonly string[],
): Promise<Map<string, SendRow>> {
  if (campaignIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('campaignSends')
    .selectAll()
    .where('campaignId', 'in', [...campaignIds])
    .execute();
  return new Map(rows.map((row) => [row.campaignId, row]));
}
