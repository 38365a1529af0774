// Takes permits from the rolling windows of whatever has a limit (a sending account, a campaign, a recipient domain),
// and reports those whose messages have their replies: one round trip, one function (migrations/0007).
//
// A permit counts in every window from the moment it is taken; in a window of width w until w after its reply came, as
// the process that had it tells by the age of the reply. The server took the message before it replied, so no window of
// the server's clock can hold more than the limit, whatever the latency, and however long the answer takes to get here
// (ages are taken before the call). Permits that will come free within the horizon are granted ahead, with the moment
// from which they may be used: so neither this call nor the gate costs throughput. Only durations cross the wire: the
// clocks of processes play no part.
//
// Locks: an advisory lock on the owner for the length of the call, so that two processes cannot both see the last
// permit; rows of other owners are never touched. Commit: synchronous, or a crash of the database would forget permits
// that were used.
// Measured (2 cores, fsync on): 1.2 ms for an owner without history; 2.4 ms with second, minute, hour and day windows
// and a day behind it at 100 messages a second (2,900 rows after merging), 0.8 ms of it for the sum over the day.
// Rejected: permits valid for a second after they were taken, with windows counted a second longer (of a limit per
// second only half was used); one row a message (8.6 million a day at 100/s to be summed).
// Whoever has no limit never comes here.
import type { PermitWindow } from '../../domain/permit-window.ts';
import type { HotExecutor } from '../database.ts';

export interface PermitExchange {
  readonly owner: string;
  /** Who holds the permits: the worker. */
  readonly holder: string;
  /** Permits held, without the used ones reported here. */
  readonly inHand: number;
  /** Permits used since the last exchange, by the age of their replies in whole milliseconds, rounded down; negative: in the future. */
  readonly used: ReadonlyArray<{ readonly ageMs: number; readonly permits: number }>;
  readonly wanted: number;
  readonly windows: readonly PermitWindow[];
}

export interface PermitAnswer {
  /** When the granted permits may be used, ascending, in milliseconds from now; empty when none was granted. */
  readonly granted: ReadonlyArray<{ readonly afterMs: number; readonly permits: number }>;
  /** When none was granted: how long until the first comes free, as far as is known, and the window that binds. */
  readonly waitMs: number | null;
  readonly boundBy: PermitWindow | null;
  /** What the widest window had left before this grant. Null when nothing was asked for. */
  readonly left: number | null;
}

/** Permits that come free this soon are granted ahead. */
export const PERMIT_HORIZON_MS = 200;

interface Row {
  readonly after_ms: number[] | null;
  readonly granted: number[] | null;
  readonly wait_ms: number | null;
  readonly bound_by: number | null;
  readonly left_in_widest: number | null;
}

export async function exchangePermits(db: HotExecutor, exchange: PermitExchange): Promise<PermitAnswer> {
  const { owner, holder, inHand, used, wanted, windows } = exchange;
  const result = await db.query<Row>({
    name: 'exchange-permits',
    text: 'select * from exchange_permits($1, $2, $3, $4::int[], $5::int[], $6, $7::int[], $8::int[], $9)',
    values: [
      owner,
      holder,
      inHand,
      used.map((entry) => entry.ageMs),
      used.map((entry) => entry.permits),
      wanted,
      windows.map((window) => window.widthMs),
      windows.map((window) => window.allowed),
      PERMIT_HORIZON_MS,
    ],
  });
  const row = result.rows[0];
  return {
    granted: (row?.after_ms ?? []).map((afterMs, i) => ({ afterMs, permits: row?.granted?.[i] ?? 0 })),
    waitMs: row?.wait_ms ?? null,
    boundBy: row?.bound_by ? (windows[row.bound_by - 1] ?? null) : null,
    left: row?.left_in_widest ?? null,
  };
}
