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
