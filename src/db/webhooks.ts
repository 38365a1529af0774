import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Executor } from './database.ts';
import type { Webhooks } from './schema.generated.ts';

export type WebhookRow = Selectable<Webhooks>;
type Values = Omit<Insertable<Webhooks>, 'eventCursor' | 'consentCursor'>;

/** What happens from now on is told. */
export async function insertWebhook(tx: Executor, values: Values): Promise<WebhookRow> {
  const now = sql<string>`new_id()`;
  const row = await tx
    .insertInto('webhooks')
    .values({ ...values, eventCursor: now, consentCursor: now })
    .returningAll()
    .executeTakeFirstOrThrow();
  await markCampaignsTold(tx, row.id);
  return row;
}

/** Campaigns as they are now need not be told. */
async function markCampaignsTold(tx: Executor, webhookId: string): Promise<void> {
  await sql`
    insert into webhook_campaigns (webhook_id, campaign_id, state)
    select w.id, c.id, c.state from webhooks w join campaigns c on c.workspace_id = w.workspace_id
    where w.id = ${webhookId} and c.kind = 'campaign' and c.state <> 'draft'
    on conflict (webhook_id, campaign_id) do update set state = excluded.state`.execute(tx);
}

export async function listWebhooks(
  db: Executor,
  filter: { workspaceId: string; limit: number; before?: string; search?: string },
): Promise<WebhookRow[]> {
  let query = db.selectFrom('webhooks').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.before !== undefined) query = query.where('id', '<', filter.before);
  if (filter.search !== undefined)
    query = query.where(sql<boolean>`position(lower(${filter.search}) in lower(name || ' ' || url)) > 0`);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

export async function findWebhook(db: Executor, workspaceId: string, id: string): Promise<WebhookRow | null> {
  const query = db.selectFrom('webhooks').selectAll().where('id', '=', id).where('workspaceId', '=', workspaceId);
  return (await query.executeTakeFirst()) ?? null;
}

export async function lockWebhook(tx: Executor, workspaceId: string, id: string): Promise<WebhookRow | null> {
  const query = tx.selectFrom('webhooks').selectAll().where('id', '=', id).where('workspaceId', '=', workspaceId);
  return (await query.forUpdate().executeTakeFirst()) ?? null;
}

export async function updateWebhook(tx: Executor, id: string, change: Updateable<Webhooks>): Promise<WebhookRow> {
  return tx
    .updateTable('webhooks')
    .set({ ...change, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Goes on with what happens from now on. */
export async function enableWebhook(tx: Executor, id: string): Promise<void> {
  const now = sql<string>`new_id()`;
  await tx
    .updateTable('webhooks')
    .set({ state: 'active', stateReason: null, failingSince: null, eventCursor: now, consentCursor: now })
    .set({ ledgerSince: sql<Date>`now()`, emailCursor: sql<Date>`now()`, updatedAt: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  await markCampaignsTold(tx, id);
}

/** Nothing more is told; what was to be told counts as failed and can be replayed. */
export async function disableWebhook(tx: Executor, id: string, reason: string | null): Promise<void> {
  await updateWebhook(tx, id, { state: 'disabled', stateReason: reason });
  await tx
    .updateTable('webhookDeliveries')
    .set({ state: 'failed' })
    .where('webhookId', '=', id)
    .where('state', '=', 'pending')
    .execute();
}

export async function deleteWebhook(db: Executor, workspaceId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('webhooks')
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst();
  return numDeletedRows > 0;
}

/** Since when it takes nothing; the first moment stays. Null: it took something. Only written when it changes. */
export async function noteWebhookHealth(db: Executor, id: string, isFailing: boolean): Promise<void> {
  await db
    .updateTable('webhooks')
    .set({ failingSince: isFailing ? sql<Date>`now()` : null })
    .where('id', '=', id)
    .where('failingSince', isFailing ? 'is' : 'is not', null)
    .execute();
}

/** Those that were disabled because nothing could be delivered, for alerts. */
export async function listFailedWebhooks(db: Executor): Promise<WebhookRow[]> {
  return db
    .selectFrom('webhooks')
    .selectAll()
    .where('state', '=', 'disabled')
    .where('stateReason', 'is not', null)
    .execute();
}
