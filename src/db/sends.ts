import { type Selectable, sql } from 'kysely';
import type { RecipientCounts, RecipientState } from '../contract/states.ts';
import { emptyCounts, STATE_CODE, stateFromCode } from '../domain/recipient-state.ts';
import type { Executor, HotExecutor } from './database.ts';
import { failuresOf } from './ledger.ts';
import type { DB } from './schema.generated.ts';

export type SendRow = Selectable<DB['campaignSends']>;

/** The one send of a campaign; made at launch, found again when that is repeated. */
export async function insertSend(db: Executor, send: { workspaceId: string; campaignId: string }): Promise<void> {
  await db
    .insertInto('campaignSends')
    .values(send)
    .onConflict((conflict) => conflict.column('campaignId').doNothing())
    .execute();
}

export async function findSendOfCampaign(db: Executor, campaignId: string): Promise<SendRow | null> {
  const row = await db.selectFrom('campaignSends').selectAll().where('campaignId', '=', campaignId).executeTakeFirst();
  return row ?? null;
}

/** Once for a send: what is told while it is written out does not jump. */
export async function setExpectedTotal(db: Executor, sendId: string, expectedTotal: number): Promise<void> {
  await db
    .updateTable('campaignSends')
    .set({ expectedTotal })
    .where('id', '=', sendId)
    .where('expectedTotal', 'is', null)
    .execute();
}

const COUNTS = `
with batches as (select * from campaign_send_batches where send_id = any($1::uuid[])),
settled as (
  select send_id, sum(pending)::int as pending, sum(sending)::int as sending, sum(sent)::int as sent, sum(deferred)::int as deferred,
    sum(failed)::int as failed, sum(excluded)::int as excluded, sum(unknown)::int as unknown, sum(cancelled)::int as cancelled
  from batches where state <> 'leased' group by send_id
), live as (
  select b.send_id, e.state, count(*)::int as rows
  from batches b join email_sends e on e.send_id = b.send_id and e.seq between b.first_seq and b.last_seq
  where b.state = 'leased' group by b.send_id, e.state
)
select s.send_id as "sendId", null as state, null as rows, s.pending, s.sending, s.sent, s.deferred, s.failed, s.excluded, s.unknown, s.cancelled from settled s
union all
select l.send_id, l.state, l.rows, 0, 0, 0, 0, 0, 0, 0, 0 from live l`;

type CountsRow = RecipientCounts & { sendId: string; state: number | null; rows: number | null };

/**
 * How many recipients of each send are in each state, in one snapshot of the ledger: what batches without an owner
 * counted when they were given back, plus a count over the few ranges that are in hand.
 */
export async function countRecipients(
  db: HotExecutor,
  sendIds: readonly string[],
): Promise<Map<string, RecipientCounts>> {
  const counts = new Map(sendIds.map((id) => [id, emptyCounts()]));
  const { rows } = await db.query<CountsRow>({ name: 'count-recipients', text: COUNTS, values: [sendIds] });
  for (const row of rows) {
    const into = counts.get(row.sendId);
    if (!into) continue;
    if (row.state === null) {
      for (const state of Object.keys(STATE_CODE) as RecipientState[]) into[state] += row[state];
    } else into[stateFromCode(row.state)] += row.rows ?? 0;
  }
  return counts;
}

/** Messages accepted per second over the last ten whole seconds, of each send that accepted any. */
export async function listRates(db: Executor, sendIds: readonly string[]): Promise<Map<string, number>> {
  if (sendIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('sendThroughput')
    .select(['sendId', sql<number>`sum(sent)::int`.as('sent')])
    .where('sendId', 'in', [...sendIds])
    .where('bucket', '>=', sql<Date>`date_bin('5 seconds', now(), 'epoch') - interval '10 seconds'`)
    .where('bucket', '<', sql<Date>`date_bin('5 seconds', now(), 'epoch')`)
    .groupBy('sendId')
    .execute();
  return new Map(rows.map((row) => [row.sendId, row.sent / 10]));
}

export interface ThroughputRow {
  readonly sendId: string;
  readonly accountId: string;
  readonly sent: number;
  readonly refused: number;
}

/** Adds to the current five-second bucket. One row per worker, so workers never wait for each other here. */
export async function addThroughput(db: HotExecutor, workerId: string, rows: readonly ThroughputRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.query({
    name: 'add-throughput',
    text: `insert into send_throughput (send_id, bucket, account_id, worker_id, sent, refused)
      select t.send_id, date_bin('5 seconds', now(), 'epoch'), t.account_id, $1, t.sent, t.refused
      from unnest($2::uuid[], $3::uuid[], $4::int[], $5::int[]) as t(send_id, account_id, sent, refused)
      on conflict (send_id, bucket, account_id, worker_id)
      do update set sent = send_throughput.sent + excluded.sent, refused = send_throughput.refused + excluded.refused`,
    values: [
      workerId,
      rows.map((r) => r.sendId),
      rows.map((r) => r.accountId),
      rows.map((r) => r.sent),
      rows.map((r) => r.refused),
    ],
  });
}

/** What batches of a send wait for, in words; null when none waits. */
export async function findWaiting(db: Executor, sendId: string): Promise<string | null> {
  const row = await db
    .selectFrom('campaignSendBatches')
    .select(['waitingFor', 'wakeAt'])
    .where('sendId', '=', sendId)
    .where('state', '=', 'waiting')
    .orderBy('wakeAt')
    .limit(1)
    .executeTakeFirst();
  if (!row?.wakeAt) return null;
  return row.waitingFor ?? `the next attempt of deferred recipients at ${row.wakeAt.toISOString()}`;
}

/** Sends of active campaigns that are written out and have no batch left to work on. */
export async function listExhaustedSends(
  db: Executor,
): Promise<Array<{ id: string; campaignId: string; workspaceId: string }>> {
  return db
    .selectFrom('campaignSends as s')
    .innerJoin('campaigns as c', 'c.id', 's.campaignId')
    .select(['s.id', 's.campaignId', 's.workspaceId'])
    .where('c.state', '=', 'active')
    .where('c.kind', '=', 'campaign')
    .where('s.expandedAt', 'is not', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('campaignSendBatches as b')
            .select(sql`1`.as('one'))
            .whereRef('b.sendId', '=', 's.id')
            .where('b.state', '!=', 'done'),
        ),
      ),
    )
    .execute();
}

/** Single emails that are not over and have no batch left to work on. By the index of those that are not over. */
export async function listExhaustedEmails(db: Executor): Promise<Array<{ sendId: string; campaignId: string }>> {
  const { rows } = await sql<{ sendId: string; campaignId: string }>`
    select s.id as send_id, c.id as campaign_id from campaigns c join campaign_sends s on s.campaign_id = c.id
    where c.kind = 'email' and c.state = 'active'
      and not exists (select 1 from campaign_send_batches b where b.send_id = s.id and b.state <> 'done')
    limit 500`.execute(db);
  return rows;
}

/** Sends of cancelled campaigns in which a recipient may be without a final state. */
export async function listUnsettledSends(db: Executor): Promise<Array<{ id: string; campaignId: string }>> {
  return db
    .selectFrom('campaigns as c')
    .innerJoin('campaignSends as s', 's.campaignId', 'c.id')
    .select(['s.id', 's.campaignId'])
    .where('c.state', '=', 'cancelled')
    .where('c.settledAt', 'is', null)
    .orderBy('c.id')
    .limit(100)
    .execute();
}

/** Takes a cancelled campaign off the list above, once all of its audience is written out and every batch is done. */
export async function markSettled(
  db: Executor,
  { id, campaignId }: { id: string; campaignId: string },
): Promise<boolean> {
  const row = await db
    .updateTable('campaigns as c')
    .set({ settledAt: sql<Date>`now()`, errors: failuresOf(id) })
    .where('c.id', '=', campaignId)
    .where('c.settledAt', 'is', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('campaignSends as s')
            .leftJoin('campaignSendBatches as b', (join) =>
              join.onRef('b.sendId', '=', 's.id').on('b.state', '!=', 'done'),
            )
            .select(sql`1`.as('one'))
            .whereRef('s.campaignId', '=', 'c.id')
            .where((or) => or.or([or('s.expandedAt', 'is', null), or('b.sendId', 'is not', null)])),
        ),
      ),
    )
    .returning('c.id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Opens batches that say "done" but hold rows that are not final. None should; the ledger's rows decide. */
export async function reopenBatchesWithOpenRows(db: HotExecutor, sendId: string): Promise<void> {
  await db.query(
    `update campaign_send_batches b set state = 'waiting', wake_at = case when not (b.after_winner and b.variant is null) then now() end
     where b.send_id = $1 and b.state = 'done'
       and exists (select 1 from email_sends e where e.send_id = $1 and e.seq between b.first_seq and b.last_seq and e.state in (0, 1, 3))`,
    [sendId],
  );
}

export async function findSendsOfCampaigns(
  db: Executor,
  campaignIds: readonly string[],
): Promise<Map<string, SendRow>> {
  if (campaignIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('campaignSends')
    .selectAll()
    .where('campaignId', 'in', [...campaignIds])
    .execute();
  return new Map(rows.map((row) => [row.campaignId, row]));
}

const RECENT_SENDS = 5;

/** The last few sends of the last week from addresses of a domain. */
export async function listRecentSendsFrom(db: Executor, workspaceId: string, domain: string): Promise<string[]> {
  const rows = await db
    .selectFrom('campaigns as c')
    .innerJoin('campaignSends as s', 's.campaignId', 'c.id')
    .select('s.id')
    .where('c.workspaceId', '=', workspaceId)
    .where('c.kind', '=', 'campaign')
    .where('c.launchedAt', '>', sql<Date>`now() - interval '7 days'`)
    .where(sql<string>`lower(split_part(c.from_address, '@', -1))`, '=', domain)
    .orderBy('c.id', 'desc')
    .limit(RECENT_SENDS)
    .execute();
  return rows.map(({ id }) => id);
}
