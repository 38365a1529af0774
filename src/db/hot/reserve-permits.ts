// Takes permits from the rolling windows of a sending account (second, minute, hour, day) or of a campaign (hour).
//
// Locks: the owner's row for the length of the transaction, so that two nodes cannot both see the last permit. The
// sum is a second statement on purpose: in READ COMMITTED it then sees what the lock's last holder wrote.
// A permit may be used up to PERMIT_TTL_MS after it was taken, so every window is counted longer by that much: no
// window over the moments of sending can then hold more than the limit.
// Accounts and campaigns without limits never come here.
import type pg from 'pg';
import type { HotExecutor } from '../database.ts';

const PERMIT_TTL_MS = 1000;

export type PermitOwner = { readonly kind: 'account' | 'campaign'; readonly id: string };

export interface PermitGrant {
  readonly granted: number;
  /** When the block was taken: what its unused rest is given back under. */
  readonly reservedAt: string;
  /** When nothing was granted: when the first permit comes free, and which window it waits for. */
  readonly retryAt: Date | null;
  readonly boundBy: 'second' | 'minute' | 'hour' | 'day' | null;
}

const LIMITS = {
  account: `select limit_per_second as second, limit_per_minute as minute, limit_per_hour as hour, limit_per_day as day
    from sending_accounts where id = $1`,
  campaign:
    'select null::int as second, null::int as minute, rate_limit_per_hour as hour, null::int as day from campaigns where id = $1',
} as const;

const LOCK = {
  account: 'select 1 from sending_accounts where id = $1 for update',
  // No key: the gate reads this row, and must not wait for a reservation.
  campaign: 'select 1 from campaigns where id = $1 for no key update',
} as const;

const reserve = (kind: PermitOwner['kind']) => `
with limits as (${LIMITS[kind]}), moment as (select clock_timestamp() as now), windows as (
  select w.name, w.width + make_interval(secs => $3 / 1000.0) as width, w.allowed
  from limits l cross join lateral (values
    ('second', interval '1 second', l.second), ('minute', interval '1 minute', l.minute),
    ('hour', interval '1 hour', l.hour), ('day', interval '1 day', l.day)) as w(name, width, allowed)
  where w.allowed is not null
), used as (
  select w.name, w.width, greatest(0, w.allowed - coalesce(sum(r.permits), 0))::int as free, min(r.reserved_at) + w.width as retry_at
  from windows w cross join moment m left join permit_reservations r on r.owner_id = $1 and r.reserved_at > m.now - w.width
  group by w.name, w.width, w.allowed
), tightest as (
  select name, free, retry_at from used order by free, retry_at desc nulls last limit 1
), taken as (
  insert into permit_reservations (owner_id, reserved_at, permits)
  select $1, m.now, least($2::int, t.free) from tightest t cross join moment m where t.free > 0
  returning permits
)
select coalesce((select permits from taken), 0) as granted, m.now::text as "reservedAt", t.retry_at as "retryAt", t.name as "boundBy"
from tightest t cross join moment m`;

/** Takes up to `wanted` permits. `client` must not be inside a transaction. */
export async function reservePermits(client: pg.PoolClient, owner: PermitOwner, wanted: number): Promise<PermitGrant> {
  await client.query('begin');
  try {
    await client.query({ name: `lock-${owner.kind}`, text: LOCK[owner.kind], values: [owner.id] });
    const result = await client.query<PermitGrant>({
      name: `reserve-${owner.kind}`,
      text: reserve(owner.kind),
      values: [owner.id, wanted, PERMIT_TTL_MS],
    });
    await client.query('commit');
    const row = result.rows[0];
    if (!row) return { granted: wanted, reservedAt: '', retryAt: null, boundBy: null }; // its limits were taken away
    return row.granted > 0 ? { ...row, retryAt: null, boundBy: null } : row;
  } catch (error) {
    await client.query('rollback').catch(() => {}); // the connection itself may be gone; the first error is the one to tell
    throw error;
  }
}

/** Gives back what a block did not use. Losing this to a fault only makes a window seem fuller than it is. */
export async function returnPermits(
  db: HotExecutor,
  owner: PermitOwner,
  reservedAt: string,
  unused: number,
): Promise<void> {
  if (reservedAt === '' || unused <= 0) return;
  await db.query({
    name: 'return-permits',
    text: 'insert into permit_reservations (owner_id, reserved_at, permits) values ($1, $2::timestamptz, $3)',
    values: [owner.id, reservedAt, -unused],
  });
}

/** Removes reservations that no window can count any more. */
export async function deleteOldReservations(db: HotExecutor): Promise<void> {
  await db.query(`delete from permit_reservations where reserved_at < now() - interval '1 day 1 minute'`);
}
