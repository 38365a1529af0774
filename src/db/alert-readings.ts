import { sql } from 'kysely';
import type { Executor } from './database.ts';

export interface ErrorCounts {
  readonly workspaceId: string;
  readonly failed: number;
  readonly total: number;
}

/** What became of messages in the last five minutes, of workspaces that sent any. */
export async function listErrorCounts(db: Executor): Promise<ErrorCounts[]> {
  return db
    .selectFrom('accountMetrics as m')
    .innerJoin('sendingAccounts as a', 'a.id', 'm.accountId')
    .select([
      'a.workspaceId',
      sql<number>`sum(m.failed + m.unknown)::int`.as('failed'),
      sql<number>`sum(m.sent + m.failed + m.unknown)::int`.as('total'),
    ])
    .where('m.minutes', '=', 1)
    .where('m.beganAt', '>', sql<Date>`now() - interval '5 minutes'`)
    .groupBy('a.workspaceId')
    .execute();
}

export interface NamedThing {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
}

/**
 * Campaigns that could be sent and in which nothing has happened for a minute: there is work, it waits for nothing that is
 * known, and nobody else is being sent to who would have the turn.
 */
export async function listIdleCampaigns(db: Executor): Promise<NamedThing[]> {
  const { rows } = await sql<NamedThing>`
    select c.id, c.workspace_id, c.name
    from campaigns c left join campaign_sends s on s.campaign_id = c.id
    where c.kind = 'campaign' and c.state in ('waiting', 'active') and coalesce(c.started_at, c.launched_at) < now() - interval '1 minute'
      and not exists (select 1 from send_throughput t where t.send_id = s.id and t.bucket > now() - interval '1 minute')
      and (s.expanded_at is null or exists (
        select 1 from campaign_send_batches b where b.send_id = s.id
          and (b.state in ('ready', 'leased') or b.state = 'waiting' and b.wake_at < now() - interval '1 minute')))
      and (exists (select 1 from campaign_send_batches b where b.send_id = s.id and b.state = 'leased')
        or not exists (select 1 from send_throughput t where t.bucket > now() - interval '1 minute'))`.execute(db);
  return rows;
}

export interface DisabledAccount extends NamedThing {
  readonly stateReason: string | null;
}

export async function listDisabledAccounts(db: Executor): Promise<DisabledAccount[]> {
  return db
    .selectFrom('sendingAccounts')
    .select(['id', 'workspaceId', 'name', 'stateReason'])
    .where('state', '=', 'disabled')
    .execute();
}

/** Workers that died within a quarter of an hour, or say that they run and have said nothing for a minute. */
export async function listLostWorkers(db: Executor): Promise<Array<{ id: string; host: string; pid: number }>> {
  return db
    .selectFrom('emailWorkers')
    .select(['id', 'host', 'pid'])
    .where('heartbeatAt', '>', sql<Date>`now() - interval '15 minutes'`)
    .where((eb) =>
      eb.or([
        eb('state', '=', 'dead'),
        eb.and([
          eb('state', 'in', ['running', 'stopping']),
          eb('heartbeatAt', '<', sql<Date>`now() - interval '1 minute'`),
        ]),
      ]),
    )
    .execute();
}

/** The directory of a database that runs on this machine, where it says so; null otherwise. */
export async function findLocalDataDirectory(db: Executor): Promise<string | null> {
  const { rows } = await sql<{ dir: string | null; isLocal: boolean }>`
    select case when pg_has_role('pg_read_all_settings', 'member') then current_setting('data_directory') end as dir,
      inet_server_addr() is null or inet_server_addr() << '127.0.0.0/8' or inet_server_addr() = '::1' as is_local`.execute(
    db,
  );
  const [row] = rows;
  return row?.isLocal ? row.dir : null;
}

export async function listWorkspaceSettings(db: Executor): Promise<Array<{ id: string; settings: unknown }>> {
  return db.selectFrom('workspaces').select(['id', 'settings']).execute();
}
