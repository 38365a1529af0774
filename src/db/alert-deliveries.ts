import { sql } from 'kysely';
import type { DeliveryRow } from './alerts.ts';
import type { Executor } from './database.ts';

export interface NewDelivery {
  readonly alertId: string;
  readonly event: 'raised' | 'cleared';
  readonly channel: 'webhook' | 'email';
  readonly target: string;
}

export async function insertDeliveries(db: Executor, deliveries: readonly NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await db
    .insertInto('alertDeliveries')
    .values([...deliveries])
    .execute();
}

export async function listDeliveries(db: Executor, alertId: string): Promise<DeliveryRow[]> {
  return db.selectFrom('alertDeliveries').selectAll().where('alertId', '=', alertId).orderBy('id').execute();
}

/** An attempt takes no longer than this; who took it and is gone leaves it to somebody else. */
const HELD = `interval '2 minutes'`;

/** Takes what is due, so that nobody else tries it at the same time, and counts the attempt. */
export async function takeDueDeliveries(db: Executor, limit: number): Promise<DeliveryRow[]> {
  return db
    .updateTable('alertDeliveries')
    .set({ attempts: sql<number>`attempts + 1`, nextAttemptAt: sql<Date>`now() + ${sql.raw(HELD)}` })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('alertDeliveries')
        .select('id')
        .where('state', '=', 'pending')
        .where('nextAttemptAt', '<=', sql<Date>`now()`)
        .orderBy('nextAttemptAt')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
}

export async function markDelivered(db: Executor, id: string): Promise<void> {
  await db
    .updateTable('alertDeliveries')
    .set({ state: 'delivered', deliveredAt: sql<Date>`now()`, lastError: null })
    .where('id', '=', id)
    .execute();
}

/** It is tried again after `retryMs`; null: never. */
export async function markUndelivered(db: Executor, id: string, error: string, retryMs: number | null): Promise<void> {
  await db
    .updateTable('alertDeliveries')
    .set({
      lastError: error,
      ...(retryMs === null
        ? { state: 'failed' }
        : { nextAttemptAt: sql<Date>`now() + make_interval(secs => ${retryMs} / 1000.0)` }),
    })
    .where('id', '=', id)
    .execute();
}
