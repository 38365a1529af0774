import { sql } from 'kysely';
import type { Executor } from './database.ts';

export interface WorkerIdentity {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly processKey: string;
}

export async function insertWorker(db: Executor, worker: WorkerIdentity): Promise<void> {
  await db.insertInto('emailWorkers').values(worker).execute();
}

/** Tells that the worker lives, and keeps its row from being taken for that of a dead one. */
export async function touchWorker(db: Executor, id: string): Promise<void> {
  await db
    .updateTable('emailWorkers')
    .set({ heartbeatAt: sql<Date>`now()`, state: 'running' })
    .where('id', '=', id)
    .execute();
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
