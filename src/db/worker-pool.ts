import { type Selectable, sql, type Updateable } from 'kysely';
import type { Executor, HotExecutor } from './database.ts';
import { countDueEmails } from './hot/claim-emails.ts';
import type { WorkerManagers, WorkerPool } from './schema.generated.ts';

export type PoolRow = Omit<Selectable<WorkerPool>, 'singleton'>;
export type PoolChange = Omit<Updateable<WorkerPool>, 'singleton' | 'decidedAt'>;

const UNTOUCHED: PoolRow = {
  state: 'running',
  minWorkers: null,
  maxWorkers: null,
  targetThroughput: null,
  pinned: null,
  desired: 0,
  reason: '',
  decidedAt: new Date(0),
};

/** What people asked of all workers together, and what was decided. */
export async function readPool(db: Executor): Promise<PoolRow> {
  return (await db.selectFrom('workerPool').selectAll().executeTakeFirst()) ?? UNTOUCHED;
}

export async function changePool(db: Executor, change: PoolChange): Promise<void> {
  const decided = { ...change, decidedAt: sql<Date>`now()` };
  await db
    .insertInto('workerPool')
    .values(decided)
    .onConflict((conflict) => conflict.column('singleton').doUpdateSet(decided))
    .execute();
}

export interface NewManager {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly processKey: string;
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly targetThroughput: number;
}

export async function insertManager(db: Executor, manager: NewManager): Promise<void> {
  await db.insertInto('workerManagers').values(manager).execute();
}

/** Tells that the node lives and how many workers it runs; returns how many it should, null when its row is gone. */
export async function touchManager(db: Executor, id: string, running: number): Promise<number | null> {
  const row = await db
    .updateTable('workerManagers')
    .set({ running, heartbeatAt: sql<Date>`now()` })
    .where('id', '=', id)
    .returning('desired')
    .executeTakeFirst();
  return row?.desired ?? null;
}

export async function deleteManager(db: Executor, id: string): Promise<void> {
  await db.deleteFrom('workerManagers').where('id', '=', id).execute();
}

/** Nodes that gave a sign of life within this time; older rows are removed. */
export async function listLiveManagers(db: Executor, withinMs: number): Promise<Array<Selectable<WorkerManagers>>> {
  const horizon = sql<Date>`now() - make_interval(secs => ${withinMs} / 1000.0)`;
  await db.deleteFrom('workerManagers').where('heartbeatAt', '<', horizon).execute();
  return db.selectFrom('workerManagers').selectAll().orderBy('id').execute();
}

/** One statement for all nodes, so that a share is never counted in two places for long. */
export async function setDesired(db: HotExecutor, shares: ReadonlyMap<string, number>): Promise<void> {
  await db.query(
    `update worker_managers m set desired = s.desired
     from unnest($1::uuid[], $2::int[]) as s(id, desired) where m.id = s.id and m.desired <> s.desired`,
    [[...shares.keys()], [...shares.values()]],
  );
}

/** Recipients that could be sent to now; single emails, campaigns to be expanded and imports count as one each. */
export async function countDepth(db: HotExecutor): Promise<number> {
  const { rows } = await db.query<{ depth: number }>(
    `select (
       select coalesce(sum(case when b.state = 'waiting' then b.deferred else b.pending end), 0)
       from campaigns c join campaign_sends s on s.campaign_id = c.id
       join campaign_send_batches b on b.send_id = s.id and b.state <> 'done'
       where c.kind = 'campaign' and c.state = 'active' and (b.state <> 'waiting' or b.wake_at <= now())
     ) + (
       select count(*) from campaigns where kind = 'campaign' and (state = 'waiting' or (state = 'delayed' and scheduled_at <= now()))
     ) + (
       select count(*) from lead_imports where state in ('waiting', 'active')
     ) as depth`,
  );
  const emails = [...(await countDueEmails(db)).values()].reduce((sum, due) => sum + due, 0);
  return Number(rows[0]?.depth ?? 0) + emails;
}

/** Emails accepted a second over the last ten whole seconds, of all campaigns. */
export async function readRate(db: HotExecutor): Promise<number> {
  const { rows } = await db.query<{ sent: number }>(
    `select coalesce(sum(sent), 0)::int as sent from send_throughput
     where bucket >= date_bin('5 seconds', now(), 'epoch') - interval '10 seconds'
       and bucket < date_bin('5 seconds', now(), 'epoch')`,
  );
  return (rows[0]?.sent ?? 0) / 10;
}

/** Workspaces that have something to send. */
export async function listSendingWorkspaces(db: Executor, pool: HotExecutor): Promise<string[]> {
  const rows = await db
    .selectFrom('campaigns')
    .select('workspaceId')
    .distinct()
    .where('kind', '=', 'campaign')
    .where('state', 'in', ['waiting', 'active'])
    .execute();
  const emails = [...(await countDueEmails(pool))].filter(([, due]) => due > 0).map(([id]) => id);
  return [...new Set([...rows.map((row) => row.workspaceId), ...emails])];
}

export interface Decision {
  readonly workers: number;
  readonly desired: number;
  readonly depth: number;
  readonly rate: number;
  /** Null: no limit. */
  readonly allowed: number | null;
  readonly reason: string;
}

export async function insertDecision(db: Executor, decision: Decision): Promise<void> {
  await db.insertInto('scalingDecisions').values(decision).execute();
}

/** Newest first. */
export async function listDecisions(db: Executor, limit: number): Promise<Array<Decision & { decidedAt: Date }>> {
  return db.selectFrom('scalingDecisions').selectAll().orderBy('decidedAt', 'desc').limit(limit).execute();
}
