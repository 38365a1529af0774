import { sql } from 'kysely';
import type { GuardCounts } from '../domain/campaign-guard.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import type { Executor, HotExecutor } from './database.ts';

/** What complaints and bounces led to, as a campaign keeps it. */
export interface CampaignGuard {
  /** resumed: a person let it go on; only what comes after that counts. */
  readonly level: 'slow' | 'stopped' | 'resumed';
  /** Emails an hour, while it is slow. */
  readonly perHour?: number;
  /** Why, in words for people. */
  readonly words: string;
  readonly at: string;
  /** What was known then. */
  readonly counts: GuardCounts;
}

export interface CampaignPace {
  readonly rateLimitPerHour: number | null;
  readonly slowedToPerHour: number | null;
}

/** How fast a campaign may be sent at the moment. */
export async function findCampaignPace(db: Executor, campaignId: string): Promise<CampaignPace> {
  const row = await db
    .selectFrom('campaigns')
    .select(['rateLimitPerHour', 'guard'])
    .where('id', '=', campaignId)
    .executeTakeFirst();
  const guard = (row?.guard ?? null) as CampaignGuard | null;
  return { rateLimitPerHour: row?.rateLimitPerHour ?? null, slowedToPerHour: guard?.perHour ?? null };
}

export interface GuardedCampaign {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly sendId: string;
  readonly guard: CampaignGuard | null;
}

/** Campaigns that are being sent. By the index of those few. */
export async function listCampaignsToGuard(db: Executor): Promise<GuardedCampaign[]> {
  return db
    .selectFrom('campaigns as c')
    .innerJoin('campaignSends as s', 's.campaignId', 'c.id')
    .select(['c.id', 'c.workspaceId', 'c.name', 's.id as sendId'])
    .select(sql<CampaignGuard | null>`c.guard`.as('guard'))
    .where('c.state', '=', 'active')
    .where('c.kind', '=', 'campaign')
    .execute();
}

/** Batches that are looked at for refusals at the door, spread evenly; a batch has 500 rows at most. */
const BATCHES_READ = 60;

/**
 * Complaints and returned mail of a send, from its events; refusals of addresses at the door, from up to 120 batches of the
 * ledger: 30 ms for any number of recipients.
 */
export async function countFeedback(
  db: HotExecutor,
  sendId: string,
  addressClasses: readonly string[],
): Promise<{ complained: number; returned: number; read: { sent: number; refused: number } }> {
  const { rows } = await db.query<{ complained: number; returned: number; sent: number; refused: number }>(
    `with batches as (
       select first_seq, last_seq, row_number() over (order by first_seq) as n, count(*) over () as all
       from campaign_send_batches where send_id = $1
     ), read as (
       select count(*) filter (where e.state = $2)::int as sent,
         count(*) filter (where e.state = $3 and e.class = any($4))::int as refused
       from batches b join email_sends e on e.send_id = $1 and e.seq between b.first_seq and b.last_seq
       where b.n % greatest(1, b.all / ${BATCHES_READ}) = 0
     ), told as (
       select count(distinct seq) filter (where type = 'complained')::int as complained,
         count(distinct seq) filter (where type = 'bounced' and coalesce(data->>'hard', 'true') = 'true')::int as returned
       from email_events where send_id = $1 and type in ('complained', 'bounced')
     )
     select * from read, told`,
    [sendId, STATE_CODE.sent, STATE_CODE.failed, addressClasses],
  );
  const { complained = 0, returned = 0, sent = 0, refused = 0 } = rows[0] ?? {};
  return { complained, returned, read: { sent, refused } };
}

/** Messages accepted in the last ten minutes. */
export async function countRecentlySent(db: HotExecutor, sendId: string): Promise<number> {
  const { rows } = await db.query<{ sent: number }>(
    `select coalesce(sum(sent), 0)::int as sent from send_throughput where send_id = $1 and bucket > now() - interval '10 minutes'`,
    [sendId],
  );
  return rows[0]?.sent ?? 0;
}

/** False when it is not being sent any more, or is slow already. */
export async function slowCampaign(db: Executor, id: string, guard: CampaignGuard): Promise<boolean> {
  const row = await db
    .updateTable('campaigns')
    .set({ guard: JSON.stringify(guard) })
    .where('id', '=', id)
    .where('state', '=', 'active')
    .where((eb) => eb.or([eb('guard', 'is', null), eb(sql<string>`guard->>'level'`, '=', 'resumed')]))
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** A person lets a campaign go on that was stopped: what is known of it so far does not stop it again. */
export const RESUMED_GUARD = sql<string>`case when guard->>'level' = 'stopped'
  then guard - 'perHour' || jsonb_build_object('level', 'resumed', 'at', now()) else guard end`;

/** Campaigns that are slow, or wait for a person. */
export async function listGuardedCampaigns(db: Executor): Promise<GuardedCampaign[]> {
  return db
    .selectFrom('campaigns as c')
    .innerJoin('campaignSends as s', 's.campaignId', 'c.id')
    .select(['c.id', 'c.workspaceId', 'c.name', 's.id as sendId'])
    .select(sql<CampaignGuard | null>`c.guard`.as('guard'))
    .where('c.kind', '=', 'campaign')
    .where((eb) =>
      eb.or([
        eb.and([eb('c.state', '=', 'active'), eb(sql<string>`c.guard->>'level'`, '=', 'slow')]),
        eb.and([eb('c.state', '=', 'paused'), eb(sql<string>`c.guard->>'level'`, '=', 'stopped')]),
      ]),
    )
    .execute();
}
