import { sql } from 'kysely';
import type { Overview, TroubledDomain } from '../contract/overview.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import type { Executor } from './database.ts';

export interface DayRow {
  /** Since when: midnight, of the day before, and of the day before until this time of day. */
  readonly stretch: 'today' | 'yesterday' | 'byNow';
  readonly beganAt: Date;
  readonly sent: number;
  readonly failed: number;
  readonly deferred: number;
  readonly unknown: number;
}

/** What the accounts of a workspace did today and yesterday, by the clock of a time zone. Minutes are kept for 48 hours. */
export async function countDays(db: Executor, workspaceId: string, timezone: string): Promise<DayRow[]> {
  const midnight = sql`date_trunc('day', now() at time zone ${timezone}::text)`;
  const { rows } = await sql<DayRow>`
    with midnights as (
      select ${midnight} at time zone ${timezone}::text as today,
        (${midnight} - interval '1 day') at time zone ${timezone}::text as yesterday
    ), stretches as (
      select 'today' as stretch, today as began_at, now() as ended_at from midnights
      union all select 'yesterday', yesterday, today from midnights
      union all select 'byNow', yesterday, now() - interval '1 day' from midnights
    )
    select s.stretch, s.began_at, coalesce(sum(m.sent), 0)::int as sent, coalesce(sum(m.failed), 0)::int as failed,
      coalesce(sum(m.deferred), 0)::int as deferred, coalesce(sum(m.unknown), 0)::int as unknown
    from stretches s left join account_metrics m on m.began_at >= s.began_at and m.began_at < s.ended_at
      and m.account_id in (select id from sending_accounts where workspace_id = ${workspaceId})
    group by 1, 2`.execute(db);
  return rows;
}

const BATCHES_LOOKED_AT = 200;
const DOMAINS_SHOWN = 8;

/**
 * Recipient domains by what did not arrive there. No index holds a state, so batches whose own counts tell of trouble are
 * looked up first, and only their ranges of the ledger are read: some hundred rows each, by the primary key.
 */
export async function listTroubledDomains(db: Executor, workspaceId: string): Promise<TroubledDomain[]> {
  const { failed, deferred, unknown } = STATE_CODE;
  const { rows } = await sql<TroubledDomain>`
    with sends as (
      select s.id from campaign_sends s join campaigns c on c.id = s.campaign_id
      where s.workspace_id = ${workspaceId} and not s.is_email and (c.finished_at is null or c.finished_at > now() - interval '1 day')
    ), troubled as materialized (
      select send_id, first_seq, last_seq from campaign_send_batches
      where send_id in (select id from sends) and failed + deferred + unknown > 0
      order by send_id desc, batch_no desc limit ${BATCHES_LOOKED_AT}
    )
    select lower(split_part(e.email, '@', -1)) as domain,
      (count(*) filter (where e.state = ${failed}))::int as failed,
      (count(*) filter (where e.state = ${deferred}))::int as deferred,
      (count(*) filter (where e.state = ${unknown}))::int as unknown,
      max(e.response) as response
    from troubled t join email_sends e on e.send_id = t.send_id and e.seq between t.first_seq and t.last_seq
    where e.state in (${failed}, ${deferred}, ${unknown}) and e.account_id is not null
    group by 1 order by count(*) desc, 1 limit ${DOMAINS_SHOWN}`.execute(db);
  return rows;
}

/** How far a workspace has come on the way to its first campaign. */
export async function findFirstSteps(db: Executor, workspaceId: string): Promise<Overview['steps']> {
  const { rows } = await sql<Overview['steps']>`
    select exists (select from sandbox_messages where workspace_id = ${workspaceId}) as mailbox,
      exists (select from contacts where workspace_id = ${workspaceId}) as contacts,
      exists (select from campaigns where workspace_id = ${workspaceId} and kind = 'campaign' and state <> 'draft') as campaign`.execute(
    db,
  );
  return rows[0] ?? { mailbox: false, contacts: false, campaign: false };
}
