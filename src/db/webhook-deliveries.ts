import { type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { jsonbText } from './jsonb.ts';
import type { WebhookDeliveries } from './schema.generated.ts';

export type WebhookDeliveryRow = Selectable<WebhookDeliveries>;

/** One attempt, as it is kept. */
export interface WebhookTry {
  readonly at: string;
  readonly status: number | null;
  readonly durationMs: number;
  readonly answer: string | null;
  readonly error: string | null;
}

/** An attempt takes no longer than this; what somebody took who is gone is tried by somebody else. */
const HELD = `interval '2 minutes'`;
const TRIES_KEPT = 10;

/** Webhooks with something to deliver now. */
export async function listDueWebhooks(db: Executor): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select w.id from webhooks w where w.state = 'active' and exists (
      select 1 from webhook_deliveries d where d.webhook_id = w.id and d.state = 'pending' and d.next_attempt_at <= now())`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** Takes what is due of one webhook, so that nobody else tries it at the same time, and counts the attempt. */
export async function takeDueWebhookDeliveries(
  db: Executor,
  webhookId: string,
  limit: number,
): Promise<WebhookDeliveryRow[]> {
  return db
    .updateTable('webhookDeliveries')
    .set({ attempts: sql<number>`attempts + 1`, nextAttemptAt: sql<Date>`now() + ${sql.raw(HELD)}` })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('webhookDeliveries')
        .select('id')
        .where('webhookId', '=', webhookId)
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

/** What an attempt came to. `state` pending: tried again after `retryMs`. */
export async function recordTry(
  db: Executor,
  id: string,
  result: {
    readonly state: 'pending' | 'delivered' | 'failed';
    readonly retryMs: number | null;
    readonly tried: WebhookTry;
  },
): Promise<WebhookDeliveryRow | null> {
  const { state, retryMs, tried } = result;
  const { rows } = await sql<WebhookDeliveryRow>`
    update webhook_deliveries set state = ${state},
      next_attempt_at = now() + make_interval(secs => ${(retryMs ?? 0) / 1000}),
      delivered_at = case when ${state} = 'delivered' then now() end,
      tries = (case when jsonb_array_length(tries) >= ${sql.lit(TRIES_KEPT)} then tries - 0 else tries end) || ${jsonbText([tried])}::jsonb
    where id = ${id}::uuid returning *`.execute(db);
  return rows[0] ?? null;
}

export async function insertTestDelivery(
  db: Executor,
  values: { readonly webhookId: string; readonly eventId: string; readonly type: string; readonly body: string },
): Promise<WebhookDeliveryRow> {
  return db
    .insertInto('webhookDeliveries')
    .values({ ...values, attempts: 1, nextAttemptAt: sql<Date>`now() + ${sql.raw(HELD)}` })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function listWebhookDeliveries(
  db: Executor,
  filter: { webhookId: string; limit: number; before?: string; state?: string; type?: string },
): Promise<WebhookDeliveryRow[]> {
  let query = db.selectFrom('webhookDeliveries').selectAll().where('webhookId', '=', filter.webhookId);
  if (filter.before !== undefined) query = query.where('id', '<', filter.before);
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (filter.type !== undefined) query = query.where('type', '=', filter.type);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

/** Up to 10,000 each: that many say enough. */
export async function countPending(db: Executor, webhookIds: readonly string[]): Promise<Map<string, number>> {
  if (webhookIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; pending: number }>`
    select w.id, (select count(*)::int from (select 1 from webhook_deliveries d
      where d.webhook_id = w.id and d.state = 'pending' limit 10000) p) as pending
    from unnest(${webhookIds}::uuid[]) as w(id)`.execute(db);
  return new Map(rows.map(({ id, pending }) => [id, pending]));
}

/** Once more from the first attempt, under the same name. One that waits is tried at once. */
export async function replayDelivery(db: Executor, webhookId: string, id: string): Promise<WebhookDeliveryRow | null> {
  const row = await db
    .updateTable('webhookDeliveries')
    .set({ state: 'pending', attempts: 0, nextAttemptAt: sql<Date>`now()`, deliveredAt: null })
    .where('id', '=', id)
    .where('webhookId', '=', webhookId)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function replayFailed(db: Executor, webhookId: string, since: Date): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('webhookDeliveries')
    .set({ state: 'pending', attempts: 0, nextAttemptAt: sql<Date>`now()` })
    .where('webhookId', '=', webhookId)
    .where('state', '=', 'failed')
    .where('createdAt', '>=', since)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** What was delivered is kept for a week, what was not for a month. */
export async function deleteOldWebhookDeliveries(db: Executor): Promise<void> {
  await sql`
    delete from webhook_deliveries where (state = 'delivered' and created_at < now() - interval '7 days')
      or (state <> 'pending' and created_at < now() - interval '30 days')`.execute(db);
}

/** Of an erased person. */
export async function deleteWebhookDeliveriesTo(db: Executor, workspaceId: string, emailKey: string): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from webhook_deliveries d using webhooks w
    where w.id = d.webhook_id and w.workspace_id = ${workspaceId}::uuid and d.email_key = ${emailKey}`.execute(db);
  return Number(numAffectedRows ?? 0);
}
