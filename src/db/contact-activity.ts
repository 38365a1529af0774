// What happened with one contact. The ledger has no index by contact and must not have one (migrations/0004), so the
// workspace's campaigns are gone over, newest first, with one look-up each by (send_id, email_key): bounded by SENDS_AT_ONCE.
// Single emails, of which there may be millions, are known by address (email_recipients).
import { sql } from 'kysely';
import { planBy } from './contact-search.ts';
import { type Executor, inTransaction } from './database.ts';

const SENDS_AT_ONCE = 500;

export interface SentRow {
  readonly sendId: string;
  readonly seq: number;
  readonly campaignId: string;
  readonly campaignName: string;
  /** A single email: its id is the campaign's. */
  readonly isEmail: boolean;
  readonly state: number;
  readonly reason: string | null;
  readonly sentAt: Date | null;
  readonly launchedAt: Date;
}

const NEWEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const OLDEST = '00000000-0000-0000-0000-000000000000';

interface SentTo {
  readonly workspaceId: string;
  readonly emailKey: string;
  readonly before: string | null;
  readonly limit: number;
}

/** Messages to an address, newest send first; `next`: the send that was looked at last, when there are older ones. */
export async function listSentTo(db: Executor, of: SentTo): Promise<{ rows: SentRow[]; next: string | null }> {
  const campaigns = await listCampaignsSentTo(db, of);
  const emails = await listEmailsSentTo(db, of);
  // Behind the last campaign that was looked at there may be others: emails from before it wait for the next page.
  const { next } = campaigns;
  const known = next === null ? emails : emails.filter(({ sendId }) => sendId >= next);
  const rows = [...campaigns.rows, ...known].sort((a, b) => (a.sendId < b.sendId ? 1 : -1));
  if (rows.length <= of.limit) return { rows, next };
  return { rows: rows.slice(0, of.limit), next: rows[of.limit - 1]?.sendId ?? null };
}

async function listEmailsSentTo(db: Executor, of: SentTo): Promise<SentRow[]> {
  const { rows } = await sql<SentRow>`
    select r.send_id, r.seq, s.campaign_id, c.name as campaign_name, true as is_email, e.state, e.reason, e.sent_at,
      coalesce(c.scheduled_at, s.created_at) as launched_at
    from (select send_id, seq from email_recipients
      where workspace_id = ${of.workspaceId} and email_key = ${of.emailKey} and send_id < ${of.before ?? NEWEST}::uuid
      order by send_id desc limit ${of.limit + 1}) r
    join campaign_sends s on s.id = r.send_id join campaigns c on c.id = s.campaign_id
    join email_sends e on e.send_id = r.send_id and e.seq = r.seq
    order by r.send_id desc`.execute(db);
  return rows;
}

function listCampaignsSentTo(db: Executor, of: SentTo): Promise<{ rows: SentRow[]; next: string | null }> {
  const sends = sql`campaign_sends s where not s.is_email and (s.workspace_id, s.id) < (${of.workspaceId}::uuid, ${of.before ?? NEWEST}::uuid)
    and (s.workspace_id, s.id) > (${of.workspaceId}::uuid, ${OLDEST}::uuid) order by s.workspace_id desc, s.id desc`;
  return inTransaction(db, async (tx) => {
    await planBy(tx, 'order');
    const { rows } = await sql<SentRow>`
      select s.id as send_id, e.seq, s.campaign_id, c.name as campaign_name, false as is_email, e.state, e.reason, e.sent_at, s.created_at as launched_at
      from (select s.* from ${sends} limit ${sql.lit(SENDS_AT_ONCE)}) s
      cross join lateral (
        select e.seq, e.state, e.reason, e.sent_at from email_sends e where e.send_id = s.id and e.email_key = ${of.emailKey} offset 0) e
      cross join lateral (select c.name from campaigns c where c.id = s.campaign_id offset 0) c
      order by s.workspace_id desc, s.id desc limit ${of.limit + 1}`.execute(tx);
    if (rows.length > of.limit) return { rows: rows.slice(0, of.limit), next: rows[of.limit - 1]?.sendId ?? null };
    const { rows: ends } = await sql<{ id: string }>`
      select s.id from ${sends} offset ${sql.lit(SENDS_AT_ONCE - 1)} limit 1`.execute(tx);
    return { rows, next: ends[0]?.id ?? null };
  });
}

/** Events of these messages, oldest first. */
export async function listEventsOf(
  db: Executor,
  messages: ReadonlyArray<{ readonly sendId: string; readonly seq: number }>,
): Promise<Array<{ sendId: string; seq: number; type: string; occurredAt: Date; data: unknown }>> {
  if (messages.length === 0) return [];
  const { rows } = await sql<{ sendId: string; seq: number; type: string; occurredAt: Date; data: unknown }>`
    select v.send_id, v.seq, v.type, v.occurred_at, v.data
    from unnest(${messages.map((m) => m.sendId)}::uuid[], ${messages.map((m) => m.seq)}::int[]) as m(send_id, seq)
    join email_events v on v.send_id = m.send_id and v.seq = m.seq order by v.occurred_at, v.id`.execute(db);
  return rows;
}

export interface SubscriptionRow {
  readonly listId: string;
  readonly listName: string;
  readonly status: string;
  readonly subscribedAt: Date;
  readonly changedAt: Date;
}

export async function listSubscriptionTimes(db: Executor, contactId: string): Promise<SubscriptionRow[]> {
  return db
    .selectFrom('listSubscriptions as s')
    .innerJoin('lists as l', 'l.id', 's.listId')
    .select(['s.listId', 'l.name as listName', 's.status', 's.subscribedAt', 's.changedAt'])
    .where('s.contactId', '=', contactId)
    .orderBy('s.changedAt', 'desc')
    .execute();
}
