import { sql } from 'kysely';
import type { Executor } from './database.ts';

export interface ThroughputBin {
  readonly beganAt: Date;
  readonly sent: number;
  readonly failed: number;
  readonly deferred: number;
  readonly unknown: number;
  readonly batches: number;
  readonly batchMs: number;
}

/**
 * What was done in each stretch of `minutes`, the last `bins` of them up to now, oldest first and without gaps: by the
 * accounts of a workspace, or by every worker when that is null.
 */
export async function listThroughput(
  db: Executor,
  workspaceId: string | null,
  minutes: 1 | 60,
  bins: number,
): Promise<ThroughputBin[]> {
  const width = sql`make_interval(mins => ${minutes}::int)`;
  const measured =
    workspaceId === null
      ? sql`worker_metrics m where true`
      : sql`account_metrics m where m.account_id in (select id from sending_accounts where workspace_id = ${workspaceId})`;
  const { rows } = await sql<ThroughputBin>`
    with bins as (
      select generate_series(date_bin(${width}, now(), 'epoch') - (${bins}::int - 1) * ${width}, now(), ${width}) as began_at
    ), measured as (
      select date_bin(${width}, m.began_at, 'epoch') as began_at, sum(sent) as sent, sum(failed) as failed,
        sum(deferred) as deferred, sum(unknown) as unknown, sum(batches) as batches, sum(batch_ms) as batch_ms
      from ${measured} and m.minutes <= ${minutes} and m.began_at >= (select min(began_at) from bins)
      group by 1
    )
    select b.began_at, coalesce(m.sent, 0)::int as sent, coalesce(m.failed, 0)::int as failed,
      coalesce(m.deferred, 0)::int as deferred, coalesce(m.unknown, 0)::int as unknown,
      coalesce(m.batches, 0)::int as batches, coalesce(m.batch_ms, 0)::float8 as batch_ms
    from bins b left join measured m using (began_at) order by b.began_at`.execute(db);
  return rows;
}

/** Messages of a workspace that servers accepted, a second over the last ten whole seconds. */
export async function currentRate(db: Executor, workspaceId: string): Promise<number> {
  const { sent } = await db
    .selectFrom('sendThroughput as t')
    .innerJoin('campaignSends as s', 's.id', 't.sendId')
    .select(sql<number>`coalesce(sum(t.sent), 0)::int`.as('sent'))
    .where('s.workspaceId', '=', workspaceId)
    .where('t.bucket', '>=', sql<Date>`date_bin('5 seconds', now(), 'epoch') - interval '10 seconds'`)
    .where('t.bucket', '<', sql<Date>`date_bin('5 seconds', now(), 'epoch')`)
    .executeTakeFirstOrThrow();
  return sent / 10;
}

export interface AccountThroughput {
  readonly accountId: string;
  readonly name: string;
  readonly sent: number;
  readonly failed: number;
  readonly deferred: number;
  readonly unknown: number;
}

/** What each account of a workspace did in the last `hours` hours, those that did nothing included; busiest first. */
export async function listAccountThroughput(
  db: Executor,
  workspaceId: string,
  hours: number,
): Promise<AccountThroughput[]> {
  const { rows } = await sql<AccountThroughput>`
    select a.id as account_id, a.name, coalesce(sum(m.sent), 0)::int as sent, coalesce(sum(m.failed), 0)::int as failed,
      coalesce(sum(m.deferred), 0)::int as deferred, coalesce(sum(m.unknown), 0)::int as unknown
    from sending_accounts a
    left join account_metrics m on m.account_id = a.id
      and m.began_at >= date_bin('1 hour', now(), 'epoch') - (${hours}::int - 1) * interval '1 hour'
    where a.workspace_id = ${workspaceId}
    group by a.id, a.name order by 3 desc, a.id`.execute(db);
  return rows;
}

/** Messages that were accepted within so many seconds of the launch of their campaign: a multiple of five. */
export interface WaitCount {
  readonly seconds: number;
  readonly messages: number;
}

/**
 * How long messages took from the launch to the server's yes, shortest first. From the counts of five seconds that rates
 * are made of, kept for a day: no row of the ledger is read.
 */
export async function listWaits(db: Executor, workspaceId: string, hours: number): Promise<WaitCount[]> {
  const { rows } = await sql<WaitCount>`
    select (ceil(greatest(0, extract(epoch from t.bucket + interval '5 seconds' - greatest(c.launched_at, c.scheduled_at))) / 5) * 5)::int as seconds,
      sum(t.sent)::int as messages
    from campaigns c join campaign_sends s on s.campaign_id = c.id join send_throughput t on t.send_id = s.id
    where c.workspace_id = ${workspaceId} and c.kind = 'campaign' and c.launched_at is not null and t.sent > 0
      and t.bucket > now() - least(${hours}::int, 24) * interval '1 hour'
    group by 1 order by 1`.execute(db);
  return rows;
}
