import { sql } from 'kysely';
import type { Executor } from './database.ts';

export interface WorkerIdentity {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly processKey: string;
}

/** `managerId` is null for a worker that runs on its own. */
export async function insertWorker(db: Executor, worker: WorkerIdentity & { managerId: string | null }): Promise<void> {
  await db.insertInto('emailWorkers').values(worker).execute();
}

/** What a worker tells of itself every few seconds. */
export interface WorkerPulse {
  readonly rssMb: number;
  /** 0 to 1. */
  readonly utilization: number;
  /** Campaigns that it has batches of in hand. */
  readonly campaigns: readonly string[];
}

/** What somebody wants of a worker. */
export type Asked = 'stop' | 'restart';

/** Tells that the worker lives, and keeps its row from being taken for that of a dead one. Returns what is asked of it. */
export async function touchWorker(db: Executor, id: string, pulse: WorkerPulse): Promise<Asked | null> {
  const row = await db
    .updateTable('emailWorkers')
    .set({ ...pulse, campaigns: [...pulse.campaigns], heartbeatAt: sql<Date>`now()`, state: 'running' })
    .where('id', '=', id)
    .returning('asked')
    .executeTakeFirst();
  return (row?.asked ?? null) as Asked | null;
}

/** False when there is no such worker, or it does not run. */
export async function askWorker(db: Executor, id: string, asked: Asked): Promise<boolean> {
  const row = await db
    .updateTable('emailWorkers')
    .set({ asked })
    .where('id', '=', id)
    .where('state', 'in', ['running', 'stopping'])
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** The running workers of a node: what is asked of each, and how large it is. */
export async function listOwnWorkers(
  db: Executor,
  managerId: string,
): Promise<Array<{ id: string; asked: Asked | null; rssMb: number }>> {
  const rows = await db
    .selectFrom('emailWorkers')
    .select(['id', 'asked', 'rssMb'])
    .where('managerId', '=', managerId)
    .where('state', '=', 'running')
    .execute();
  return rows as Array<{ id: string; asked: Asked | null; rssMb: number }>;
}

export interface WorkerRow {
  readonly id: string;
  readonly managerId: string | null;
  readonly host: string;
  readonly pid: number;
  readonly state: string;
  readonly startedAt: Date;
  readonly heartbeatAt: Date;
  readonly silentMs: number;
  readonly campaigns: string[];
  readonly rssMb: number;
  readonly utilization: number;
  readonly sentLastMinute: number;
}

/** Workers that run, and those that ended in the last `endedWithinMs`. Oldest first. */
export async function listWorkers(db: Executor, endedWithinMs: number): Promise<WorkerRow[]> {
  return db
    .selectFrom('emailWorkers as w')
    .select(['w.id', 'w.managerId', 'w.host', 'w.pid', 'w.state', 'w.startedAt', 'w.heartbeatAt', 'w.campaigns'])
    .select(['w.rssMb', 'w.utilization'])
    .select([
      sql<number>`(extract(epoch from now() - w.heartbeat_at) * 1000)::float8`.as('silentMs'),
      sql<number>`coalesce((select sum(t.sent) from send_throughput t
        where t.worker_id = w.id and t.bucket > now() - interval '1 minute'), 0)::int`.as('sentLastMinute'),
    ])
    .where((eb) =>
      eb.or([
        eb('w.state', 'in', ['running', 'stopping']),
        eb('w.heartbeatAt', '>', sql<Date>`now() - make_interval(secs => ${endedWithinMs} / 1000.0)`),
      ]),
    )
    .orderBy('w.startedAt')
    .limit(1000)
    .execute();
}

/** How many stretches of ten seconds a worker's recent past is told in. */
const RECENT_STRETCHES = 30;

/**
 * What each worker sent in each ten seconds of the last five minutes, oldest first, without the stretch that is not over.
 * One walk over the index by time for all workers. A worker that sent nothing is missing.
 */
export async function listRecentlySent(db: Executor): Promise<Map<string, number[]>> {
  const { rows } = await sql<{ workerId: string; ago: number; sent: number }>`
    select worker_id, (extract(epoch from date_bin('10 seconds', now(), 'epoch') - date_bin('10 seconds', bucket, 'epoch')) / 10)::int as ago,
      sum(sent)::int as sent
    from send_throughput
    where bucket >= date_bin('10 seconds', now(), 'epoch') - ${RECENT_STRETCHES}::int * interval '10 seconds'
      and bucket < date_bin('10 seconds', now(), 'epoch')
    group by 1, 2`.execute(db);
  const byWorker = new Map<string, number[]>();
  for (const { workerId, ago, sent } of rows) {
    const stretches = byWorker.get(workerId) ?? noneSent();
    stretches[RECENT_STRETCHES - ago] = sent;
    byWorker.set(workerId, stretches);
  }
  return byWorker;
}

/** Of a worker that sent nothing lately. */
export function noneSent(): number[] {
  return Array.from({ length: RECENT_STRETCHES }, () => 0);
}

export async function setWorkerState(db: Executor, id: string, state: 'stopping' | 'stopped' | 'dead'): Promise<void> {
  await db.updateTable('emailWorkers').set({ state }).where('id', '=', id).execute();
}

/** Workers that say they run, with the age of their last heartbeat by the database's clock. */
export async function listRunningWorkers(
  db: Executor,
): Promise<Array<{ id: string; pid: number; processKey: string; silentMs: number }>> {
  return db
    .selectFrom('emailWorkers')
    .select([
      'id',
      'pid',
      'processKey',
      sql<number>`(extract(epoch from now() - heartbeat_at) * 1000)::float8`.as('silentMs'),
    ])
    .where('state', 'in', ['running', 'stopping'])
    .execute();
}
