import { sql } from 'kysely';
import type { Executor, HotExecutor } from './database.ts';

/** Messages of one account with one outcome. */
export interface EmailCount {
  readonly accountId: string;
  readonly state: 'sent' | 'failed' | 'deferred' | 'unknown';
  /** How the reply was classified; empty where a message was accepted. */
  readonly class: string;
  readonly emails: number;
}

export interface BatchCount {
  readonly accountId: string;
  readonly batches: number;
  readonly batchMs: number;
}

export interface StoredDuration {
  readonly operation: string;
  readonly uptoMs: number;
  readonly observations: number;
  readonly sumMs: number;
}

/** What a worker did since its last report, and how its process is doing. */
export interface WorkerReport {
  readonly workerId: string;
  readonly rssMb: number;
  readonly cpuSeconds: number;
  /** 0..1 since the last report. */
  readonly eventLoopUtilization: number;
  readonly emails: readonly EmailCount[];
  readonly batches: readonly BatchCount[];
  readonly durations: readonly StoredDuration[];
}

const STATE_SUMS = ['sent', 'failed', 'deferred', 'unknown']
  .map((state) => `coalesce(sum(emails) filter (where state = '${state}'), 0)::int as ${state}`)
  .join(', ');
const ADD_OUTCOMES = (table: string) =>
  ['sent', 'failed', 'deferred', 'unknown', 'batches', 'batch_ms']
    .map((column) => `${column} = ${table}.${column} + excluded.${column}`)
    .join(', ');

/**
 * Adds a report to the minute and to the totals, in one statement. Rows that workers share are written in the order of
 * their keys, and the tables in the same order by everybody, so that two reports never wait for each other in a circle.
 * Commits asynchronously where the connection does; a report that is lost is a gap in a picture.
 */
const ADD_REPORT = `
with emails as (
  select * from unnest($5::uuid[], $6::text[], $7::text[], $8::int[]) as e(account_id, state, class, emails)
), batches as (
  select * from unnest($9::uuid[], $10::int[], $11::float8[]) as b(account_id, batches, batch_ms)
), by_account as (
  select account_id, sum(sent)::int as sent, sum(failed)::int as failed, sum(deferred)::int as deferred,
    sum(unknown)::int as unknown, sum(batches)::int as batches, sum(batch_ms) as batch_ms
  from (
    select account_id, ${STATE_SUMS}, 0 as batches, 0::float8 as batch_ms from emails group by account_id
    union all select account_id, 0, 0, 0, 0, batches, batch_ms from batches) both_of
  group by account_id
), workers as (
  insert into worker_metrics (began_at, minutes, worker_id, sent, failed, deferred, unknown, batches, batch_ms,
    rss_mb, cpu_seconds, event_loop_utilization, reports)
  select date_bin('1 minute', now(), 'epoch'), 1, $1, coalesce(sum(sent), 0), coalesce(sum(failed), 0), coalesce(sum(deferred), 0),
    coalesce(sum(unknown), 0), coalesce(sum(batches), 0), coalesce(sum(batch_ms), 0), $2, $3, $4, 1 from by_account
  on conflict (began_at, minutes, worker_id) do update set ${ADD_OUTCOMES('worker_metrics')},
    rss_mb = greatest(worker_metrics.rss_mb, excluded.rss_mb), cpu_seconds = worker_metrics.cpu_seconds + excluded.cpu_seconds,
    event_loop_utilization = (worker_metrics.event_loop_utilization * worker_metrics.reports + excluded.event_loop_utilization)
      / (worker_metrics.reports + 1),
    reports = worker_metrics.reports + 1
), accounts as (
  insert into account_metrics (account_id, minutes, began_at, sent, failed, deferred, unknown, batches, batch_ms)
  select account_id, 1, date_bin('1 minute', now(), 'epoch'), sent, failed, deferred, unknown, batches, batch_ms
  from by_account order by account_id
  on conflict (account_id, minutes, began_at) do update set ${ADD_OUTCOMES('account_metrics')}
), totals as (
  insert into email_totals (account_id, state, class, emails)
  select account_id, state, class, emails from emails order by account_id, state, class
  on conflict (account_id, state, class) do update set emails = email_totals.emails + excluded.emails
)
insert into duration_totals (operation, upto_ms, observations, sum_ms)
select operation, upto_ms, observations, sum_ms
from unnest($12::text[], $13::float8[], $14::bigint[], $15::float8[]) as d(operation, upto_ms, observations, sum_ms)
order by operation, upto_ms
on conflict (operation, upto_ms) do update
set observations = duration_totals.observations + excluded.observations, sum_ms = duration_totals.sum_ms + excluded.sum_ms`;

export async function addReport(db: HotExecutor, report: WorkerReport): Promise<void> {
  const { emails, batches, durations } = report;
  await db.query({
    name: 'add-metrics-report',
    text: ADD_REPORT,
    values: [
      report.workerId,
      Math.round(report.rssMb),
      report.cpuSeconds,
      report.eventLoopUtilization,
      emails.map((row) => row.accountId),
      emails.map((row) => row.state),
      emails.map((row) => row.class),
      emails.map((row) => row.emails),
      batches.map((row) => row.accountId),
      batches.map((row) => row.batches),
      batches.map((row) => row.batchMs),
      durations.map((row) => row.operation),
      durations.map((row) => row.uptoMs),
      durations.map((row) => row.observations),
      durations.map((row) => row.sumMs),
    ],
  });
}

const HOUR = `date_bin('1 hour', began_at, 'epoch')`;
const OUTCOME_SUMS = ['sent', 'failed', 'deferred', 'unknown', 'batches', 'batch_ms']
  .map((column) => `sum(${column}) as ${column}`)
  .join(', ');
/** Whole hours only, so that the minutes of an hour become one row at once. */
const OLD_MINUTES = `minutes = 1 and began_at < date_bin('1 hour', now() - interval '48 hours', 'epoch')`;

/** Minutes older than two days become hours; hours older than 90 days, and counts of accounts that are gone, are removed. */
export async function rollUpMetrics(db: Executor): Promise<void> {
  await sql`
    with old as (delete from worker_metrics where ${sql.raw(OLD_MINUTES)} returning *)
    insert into worker_metrics as kept (began_at, minutes, worker_id, sent, failed, deferred, unknown, batches, batch_ms,
      rss_mb, cpu_seconds, event_loop_utilization, reports)
    select ${sql.raw(HOUR)}, 60, worker_id, ${sql.raw(OUTCOME_SUMS)}, max(rss_mb), sum(cpu_seconds),
      sum(event_loop_utilization * reports) / sum(reports), sum(reports)
    from old group by ${sql.raw(HOUR)}, worker_id
    on conflict (began_at, minutes, worker_id) do nothing`.execute(db);
  await sql`
    with old as (delete from account_metrics where ${sql.raw(OLD_MINUTES)} returning *)
    insert into account_metrics (account_id, minutes, began_at, sent, failed, deferred, unknown, batches, batch_ms)
    select account_id, 60, ${sql.raw(HOUR)}, ${sql.raw(OUTCOME_SUMS)} from old group by account_id, ${sql.raw(HOUR)}
    on conflict (account_id, minutes, began_at) do nothing`.execute(db);
  const tooOld = sql<Date>`now() - interval '90 days'`;
  await db.deleteFrom('workerMetrics').where('beganAt', '<', tooOld).execute();
  await db.deleteFrom('accountMetrics').where('beganAt', '<', tooOld).execute();
  for (const table of ['accountMetrics', 'emailTotals'] as const)
    await db
      .deleteFrom(table)
      .where('accountId', 'not in', (eb) => eb.selectFrom('sendingAccounts').select('id'))
      .execute();
}

/** Every counter of an account in the workspace, or of all when that is null. */
export async function listEmailTotals(
  db: Executor,
  workspaceId: string | null,
): Promise<Array<{ accountId: string; account: string; state: string; class: string; emails: number }>> {
  let query = db
    .selectFrom('emailTotals as t')
    .innerJoin('sendingAccounts as a', 'a.id', 't.accountId')
    .select(['t.accountId', 'a.name as account', 't.state', 't.class', 't.emails']);
  if (workspaceId !== null) query = query.where('a.workspaceId', '=', workspaceId);
  return query.orderBy('t.accountId').orderBy('t.state').orderBy('t.class').execute();
}

export async function listDurations(db: Executor): Promise<StoredDuration[]> {
  return db.selectFrom('durationTotals').selectAll().orderBy('operation').orderBy('uptoMs').execute();
}
