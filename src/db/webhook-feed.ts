// What webhooks are told, read from what is recorded anyway: nothing on the send path knows of them. Each statement walks an
// index from a cursor, in the transaction that writes the deliveries and moves the cursor.
import { type RawBuilder, sql } from 'kysely';
import type { Executor } from './database.ts';
import { jsonbText } from './jsonb.ts';
import type { WebhookRow } from './webhooks.ts';

/** Whether there is anything to do at all. */
export async function listActiveWebhookIds(db: Executor): Promise<string[]> {
  const rows = await db.selectFrom('webhooks').select('id').where('state', '=', 'active').orderBy('id').execute();
  return rows.map(({ id }) => id);
}

/** Null when it is gone or disabled, or another process is at it. */
export async function takeWebhookToFeed(tx: Executor, id: string): Promise<WebhookRow | null> {
  const query = tx.selectFrom('webhooks').selectAll().where('id', '=', id).where('state', '=', 'active');
  return (await query.forUpdate().skipLocked().executeTakeFirst()) ?? null;
}

/**
 * Ids below this are all committed, or never will be: they hold the time they were made, which is not before the transaction
 * began that made them. Of transactions that have written something, the oldest counts; a second is left for those that are
 * about to.
 */
export async function findHorizon(db: Executor): Promise<string> {
  const { rows } = await sql<{ ms: number }>`
    select floor(extract(epoch from least(clock_timestamp() - interval '1 second', min(xact_start))) * 1000)::bigint as ms
    from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and backend_xid is not null
      and pid <> pg_backend_pid()`.execute(db);
  const hex = (rows[0]?.ms ?? 0).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

export interface Walk {
  readonly workspaceId: string;
  readonly after: string;
  readonly before: string;
  readonly limit: number;
}

/** Who and what a message is about. */
export interface AboutEmail {
  readonly campaignId: string;
  readonly campaign: string;
  /** Of a single email, whose id and subject stand for the campaign's: its tags and metadata. */
  readonly isEmail: boolean;
  readonly labels: unknown;
  readonly seq: number;
  readonly contactId: string | null;
  readonly email: string;
  readonly emailKey: string | null;
  readonly accountId: string | null;
}

export interface FeedEvent extends AboutEmail {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly source: string | null;
  readonly data: unknown;
}

/** By (workspace_id, id). */
export async function walkEmailEvents(db: Executor, { workspaceId, after, before, limit }: Walk): Promise<FeedEvent[]> {
  const { rows } = await sql<FeedEvent>`
    select v.id, v.type, v.occurred_at, v.source, v.data, s.campaign_id, c.name as campaign, s.is_email, c.labels, v.seq, e.contact_id, e.email, e.email_key, e.account_id
    from email_events v join campaign_sends s on s.id = v.send_id join campaigns c on c.id = s.campaign_id
    join email_sends e on e.send_id = v.send_id and e.seq = v.seq
    where v.workspace_id = ${workspaceId}::uuid and v.id > ${after}::uuid and v.id < ${before}::uuid
    order by v.id limit ${sql.lit(limit)}`.execute(db);
  return rows;
}

export interface FeedConsent {
  readonly id: string;
  readonly occurredAt: Date;
  readonly contactId: string;
  readonly email: string;
  readonly emailKey: string;
  readonly listId: string | null;
  readonly listName: string | null;
  readonly method: string;
  readonly source: string | null;
}

/** Records of who left lists, by the primary key: what is newer than a cursor is little. Of erased people nothing is told. */
export async function walkConsents(db: Executor, { workspaceId, after, before, limit }: Walk): Promise<FeedConsent[]> {
  const { rows } = await sql<FeedConsent>`
    select r.id, r.occurred_at, r.contact_id, c.email, c.email_key, r.list_id, r.list_name, r.method, r.source
    from consent_records r join contacts c on c.id = r.contact_id
    where r.id > ${after}::uuid and r.id < ${before}::uuid and r.workspace_id = ${workspaceId}::uuid and r.action = 'unsubscribed'
    order by r.id limit ${sql.lit(limit)}`.execute(db);
  return rows;
}

export interface FeedCampaign {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly stateReason: string | null;
  /** The state that was told last; null: nothing was. */
  readonly told: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** Campaigns whose state is another one than was told; told with this. */
export async function takeChangedCampaigns(tx: Executor, webhook: WebhookRow, limit: number): Promise<FeedCampaign[]> {
  const { rows } = await sql<FeedCampaign>`
    with changed as (
      select c.id, c.name, c.state, c.state_reason, w.state as told, c.started_at, c.finished_at
      from campaigns c left join webhook_campaigns w on w.webhook_id = ${webhook.id}::uuid and w.campaign_id = c.id
      where c.workspace_id = ${webhook.workspaceId}::uuid and c.kind = 'campaign' and c.state <> 'draft' and c.state is distinct from w.state
      order by c.id limit ${sql.lit(limit)}
    ), kept as (
      insert into webhook_campaigns (webhook_id, campaign_id, state) select ${webhook.id}::uuid, id, state from changed
      on conflict (webhook_id, campaign_id) do update set state = excluded.state
    )
    select * from changed`.execute(tx);
  return rows;
}

interface FeedBatch {
  readonly sendId: string;
  readonly batchNo: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly sent: number;
  readonly failed: number;
}

/** Campaigns that ended longer ago than this are told no more; late evidence may turn `unknown` into `sent` until then. */
const DAYS_BACK = 3;

/**
 * Batches that nobody owns at the moment and whose counts are others than when they were told. Counts of such batches are
 * exact. Sends of before the webhook, and those that are over for days, are left out.
 */
export async function findUntoldBatches(tx: Executor, webhook: WebhookRow, limit: number): Promise<FeedBatch[]> {
  const { rows } = await sql<FeedBatch>`
    select b.send_id, b.batch_no, b.first_seq, b.last_seq, b.sent, b.failed
    from campaign_sends s join campaigns c on c.id = s.campaign_id
    join campaign_send_batches b on b.send_id = s.id
    left join webhook_batches w on w.webhook_id = ${webhook.id}::uuid and w.send_id = b.send_id and w.batch_no = b.batch_no
    where s.workspace_id = ${webhook.workspaceId}::uuid and not s.is_email and s.created_at >= ${webhook.ledgerSince}
      and (c.finished_at is null or c.finished_at > now() - make_interval(days => ${DAYS_BACK}))
      and b.state <> 'leased' and b.sent + b.failed > 0
      and (coalesce(w.sent, 0), coalesce(w.failed, 0)) is distinct from (b.sent, b.failed)
    limit ${sql.lit(limit)}`.execute(tx);
  return rows;
}

export interface FeedRow extends AboutEmail {
  readonly sendId: string;
  readonly isSent: boolean;
  readonly attempts: number;
  readonly sentAt: Date | null;
  readonly code: number | null;
  readonly class: string | null;
  readonly response: string | null;
}

interface FeedEmail extends FeedBatch {
  readonly countedAt: Date;
}

/**
 * Single emails whose counts were taken since the cursor, and are others than when they were told. A minute before it is
 * looked at again: a count may have been committed a moment after a later one.
 */
export async function findUntoldEmails(tx: Executor, webhook: WebhookRow, limit: number): Promise<FeedEmail[]> {
  const { rows } = await sql<FeedEmail>`
    select b.send_id, b.batch_no, b.first_seq, b.last_seq, b.sent, b.failed, b.counted_at
    from campaign_send_batches b join campaign_sends s on s.id = b.send_id
    left join webhook_batches w on w.webhook_id = ${webhook.id}::uuid and w.send_id = b.send_id and w.batch_no = b.batch_no
    where b.email_workspace_id = ${webhook.workspaceId}::uuid and s.created_at >= ${webhook.ledgerSince}
      and b.counted_at > ${webhook.emailCursor}::timestamptz - interval '1 minute'
      and b.state <> 'leased' and b.sent + b.failed > 0
      and (coalesce(w.sent, 0), coalesce(w.failed, 0)) is distinct from (b.sent, b.failed)
    order by b.counted_at limit ${sql.lit(limit)}`.execute(tx);
  return rows;
}

export async function moveEmailCursor(tx: Executor, webhookId: string, emailCursor: Date): Promise<void> {
  await tx.updateTable('webhooks').set({ emailCursor }).where('id', '=', webhookId).execute();
}

/** Rows of a batch that were sent or failed. By the primary key of the ledger. */
export function listToldRows(tx: Executor, { sendId, firstSeq, lastSeq }: FeedBatch): Promise<FeedRow[]> {
  return listRows(tx, sql`e.send_id = ${sendId}::uuid and e.seq between ${firstSeq} and ${lastSeq}`);
}

/** The same of whole sends. */
export function listToldRowsOf(tx: Executor, emails: readonly FeedBatch[]): Promise<FeedRow[]> {
  return listRows(tx, sql`e.send_id = any(${emails.map(({ sendId }) => sendId)}::uuid[])`);
}

async function listRows(tx: Executor, which: RawBuilder<unknown>): Promise<FeedRow[]> {
  const { rows } = await sql<FeedRow>`
    select e.send_id, s.campaign_id, c.name as campaign, s.is_email, c.labels, e.seq, e.contact_id, e.email, e.email_key, e.account_id,
      e.state = 2 as is_sent, e.attempts, e.sent_at, e.code, e.class, e.response
    from email_sends e join campaign_sends s on s.id = e.send_id join campaigns c on c.id = s.campaign_id
    where ${which} and e.state in (2, 4)
    order by e.send_id, e.seq`.execute(tx);
  return rows;
}

/** As of the counts that were read before the rows: what came after them is found again. */
export async function markBatchesTold(tx: Executor, webhookId: string, batches: readonly FeedBatch[]): Promise<void> {
  if (batches.length === 0) return;
  await tx
    .insertInto('webhookBatches')
    .values(batches.map(({ sendId, batchNo, sent, failed }) => ({ webhookId, sendId, batchNo, sent, failed })))
    .onConflict((conflict) =>
      conflict
        .columns(['webhookId', 'sendId', 'batchNo'])
        .doUpdateSet((eb) => ({ sent: eb.ref('excluded.sent'), failed: eb.ref('excluded.failed') })),
    )
    .execute();
}

export interface NewWebhookDelivery {
  readonly eventId: string;
  readonly type: string;
  readonly body: string;
  readonly emailKey: string | null;
}

/** What was told before is not told again. Returns how many are new. */
export async function insertWebhookDeliveries(
  tx: Executor,
  webhookId: string,
  deliveries: readonly NewWebhookDelivery[],
): Promise<number> {
  if (deliveries.length === 0) return 0;
  const { numAffectedRows } = await sql`
    insert into webhook_deliveries (webhook_id, event_id, type, body, email_key)
    select ${webhookId}::uuid, t.* from unnest(${deliveries.map((one) => one.eventId)}::text[], ${deliveries.map((one) => one.type)}::text[],
      ${deliveries.map((one) => one.body)}::text[], ${deliveries.map((one) => one.emailKey)}::text[]) as t
    on conflict (webhook_id, event_id) do nothing`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

export async function moveWebhookCursors(
  tx: Executor,
  id: string,
  cursors: { readonly eventCursor: string; readonly consentCursor: string },
): Promise<void> {
  await tx.updateTable('webhooks').set(cursors).where('id', '=', id).execute();
}

/** JSON for a body that PostgreSQL can keep. */
export const bodyText = jsonbText;
