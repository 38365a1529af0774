import { type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import type { AlertConditions, AlertDeliveries, Alerts } from './schema.generated.ts';

export type AlertRow = Selectable<Alerts>;
export type DeliveryRow = Selectable<AlertDeliveries>;

export interface AlertFilter {
  readonly workspaceId: string;
  readonly states?: readonly string[];
  readonly search?: string;
  /** Newest first: only alerts with a smaller id. */
  readonly before?: string;
  readonly limit: number;
}

export async function listAlerts(db: Executor, filter: AlertFilter): Promise<AlertRow[]> {
  let query = db.selectFrom('alerts').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.states) query = query.where('state', 'in', [...filter.states]);
  if (filter.search) query = query.where(sql<boolean>`strpos(lower(message), lower(${filter.search})) > 0`);
  if (filter.before) query = query.where('id', '<', filter.before);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

/** How many fit, whatever page is shown. */
export async function countAlerts(db: Executor, filter: Omit<AlertFilter, 'before' | 'limit'>): Promise<number> {
  let query = db.selectFrom('alerts').where('workspaceId', '=', filter.workspaceId);
  if (filter.states) query = query.where('state', 'in', [...filter.states]);
  if (filter.search) query = query.where(sql<boolean>`strpos(lower(message), lower(${filter.search})) > 0`);
  const { count } = await query.select(sql<number>`count(*)::int`.as('count')).executeTakeFirstOrThrow();
  return count;
}

export async function findAlert(db: Executor, workspaceId: string, id: string): Promise<AlertRow | null> {
  const row = await db
    .selectFrom('alerts')
    .selectAll()
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return row ?? null;
}

/** For those who tell of it: they know its workspace only from it. */
export async function findAlertOfAnyWorkspace(db: Executor, id: string): Promise<AlertRow | null> {
  const row = await db.selectFrom('alerts').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Null when it is not open. */
export async function acknowledgeAlertRow(db: Executor, workspaceId: string, id: string): Promise<AlertRow | null> {
  const row = await db
    .updateTable('alerts')
    .set({ state: 'acknowledged', acknowledgedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .where('state', '=', 'open')
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Only one that is cleared; false when there is none. */
export async function deleteClearedAlert(db: Executor, workspaceId: string, id: string): Promise<boolean> {
  const row = await db
    .deleteFrom('alerts')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .where('state', '=', 'cleared')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Alerts of these workspaces that came to their state within this time, the latest last. */
export async function listAlertsChangedWithin(
  db: Executor,
  workspaceIds: readonly string[],
  withinMs: number,
): Promise<AlertRow[]> {
  const changedAt = sql<Date>`greatest(raised_at, acknowledged_at, cleared_at)`;
  return db
    .selectFrom('alerts')
    .selectAll()
    .where('workspaceId', 'in', [...workspaceIds])
    .where(changedAt, '>', sql<Date>`now() - make_interval(secs => ${withinMs} / 1000.0)`)
    .orderBy(changedAt)
    .execute();
}

/** Everything that is not over, of all workspaces. */
export async function listStandingAlerts(db: Executor): Promise<AlertRow[]> {
  return db.selectFrom('alerts').selectAll().where('state', '!=', 'cleared').execute();
}

export async function listConditions(db: Executor): Promise<Array<Selectable<AlertConditions>>> {
  return db.selectFrom('alertConditions').selectAll().execute();
}

export interface AlertKey {
  readonly workspaceId: string;
  readonly kind: string;
  readonly subject: string;
}

/** A condition that holds, since when it has; the first moment stays. */
export async function insertCondition(db: Executor, key: AlertKey, since: Date): Promise<void> {
  const { workspaceId, kind, subject } = key;
  await db
    .insertInto('alertConditions')
    .values({ workspaceId, kind, subject, since })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function deleteCondition(db: Executor, { workspaceId, kind, subject }: AlertKey): Promise<void> {
  await db
    .deleteFrom('alertConditions')
    .where('workspaceId', '=', workspaceId)
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .execute();
}

export interface NewAlert extends AlertKey {
  readonly message: string;
  readonly value: number;
  readonly threshold: number;
}

/** Null when one of the same thing is open already. */
export async function insertAlert(db: Executor, alert: NewAlert): Promise<AlertRow | null> {
  const { workspaceId, kind, subject, message, value, threshold } = alert;
  const row = await db
    .insertInto('alerts')
    .values({ workspaceId, kind, subject, message, value, threshold })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function updateReading(db: Executor, id: string, value: number, message: string): Promise<void> {
  await db.updateTable('alerts').set({ value, message }).where('id', '=', id).where('state', '!=', 'cleared').execute();
}

/** Null when it is cleared already. */
export async function clearAlert(db: Executor, id: string, value: number): Promise<AlertRow | null> {
  const row = await db
    .updateTable('alerts')
    .set({ state: 'cleared', clearedAt: sql<Date>`now()`, value })
    .where('id', '=', id)
    .where('state', '!=', 'cleared')
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

const LOCK = 'evaluate alerts';

/** True for one process at a time, until the transaction ends. */
export async function takeEvaluation(tx: Executor): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${LOCK}, 0)) as mine`.execute(tx);
  return rows[0]?.mine ?? false;
}
