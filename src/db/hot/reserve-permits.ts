// Takes permits from an account's rolling windows: second, minute, hour, day.
//
// Locks: the account's row for the length of the transaction, so that two nodes cannot both see the last permit. The
// sum is a second statement on purpose: in READ COMMITTED it then sees what the lock's last holder wrote.
// A permit may be used up to PERMIT_TTL_MS after it was taken, so every window is counted longer by that much: no
// window over the moments of sending can then hold more than the limit.
// Accounts without limits never come here.
import type pg from 'pg';

export const PERMIT_TTL_MS = 1000;

export interface PermitGrant {
  readonly granted: number;
  /** When nothing was granted: when the first permit comes free, and which window it waits for. */
  readonly retryAt: Date | null;
  readonly boundBy: 'second' | 'minute' | 'hour' | 'day' | null;
}

const RESERVE = `
with account as (
  select limit_per_second, limit_per_minute, limit_per_hour, limit_per_day from sending_accounts where id = $1
), windows as (
  select w.name, w.width + make_interval(secs => $3 / 1000.0) as width, w.allowed
  from account a cross join lateral (values
    ('second', interval '1 second', a.limit_per_second), ('minute', interval '1 minute', a.limit_per_minute),
    ('hour', interval '1 hour', a.limit_per_hour), ('day', interval '1 day', a.limit_per_day)) as w(name, width, allowed)
  where w.allowed is not null
), used as (
  select w.name, w.width, greatest(0, w.allowed - coalesce(sum(r.permits), 0))::int as free, min(r.reserved_at) + w.width as retry_at
  from windows w left join account_reservations r on r.account_id = $1 and r.reserved_at > clock_timestamp() - w.width
  group by w.name, w.width, w.allowed
), tightest as (
  select name, free, retry_at from used order by free, retry_at desc nulls last limit 1
), taken as (
  insert into account_reservations (account_id, reserved_at, permits)
  select $1, clock_timestamp(), least($2::int, free) from tightest where free > 0
  returning permits
)
select coalesce((select permits from taken), 0) as granted, t.retry_at as "retryAt", t.name as "boundBy" from tightest t`;

/** Takes up to `wanted` permits. `client` must not be inside a transaction. */
export async function reservePermits(client: pg.PoolClient, accountId: string, wanted: number): Promise<PermitGrant> {
  await client.query('begin');
  try {
    await client.query({
      name: 'lock-account',
      text: 'select 1 from sending_accounts where id = $1 for update',
      values: [accountId],
    });
    const result = await client.query<PermitGrant>({
      name: 'reserve-permits',
      text: RESERVE,
      values: [accountId, wanted, PERMIT_TTL_MS],
    });
    await client.query('commit');
    const row = result.rows[0];
    if (!row) return { granted: wanted, retryAt: null, boundBy: null };
    return row.granted > 0 ? { granted: row.granted, retryAt: null, boundBy: null } : row;
  } catch (error) {
    await client.query('rollback').catch(() => {}); // the connection itself may be gone; the first error is the one to tell
    throw error;
  }
}

/** Removes reservations that no window can count any more. */
export async function deleteOldReservations(client: Pick<pg.Pool, 'query'>): Promise<void> {
  await client.query(`delete from account_reservations where reserved_at < now() - interval '1 day 1 minute'`);
}
