import { sql } from 'kysely';
import { cutRate, pauseAfterCutMs, type ReducedRate, rateAfter } from '../domain/adaptive-rate.ts';
import { type Executor, inTransaction } from './database.ts';

/** What is known of an account's server, in durations from now by the database's clock. */
export interface AccountHealthRow {
  readonly accountId: string;
  /** Above 0 while nothing is to be sent. */
  readonly pausedMs: number;
  readonly pauseReason: string | null;
  readonly reduced: ReducedRate | null;
  readonly throttledAgoMs: number;
  readonly throttleReason: string | null;
  readonly isOpen: boolean;
  /** Above 0 while an open circuit keeps everybody away; then one message may try. */
  readonly openMs: number;
  readonly breakerReason: string | null;
}

const msUntil = (column: string) =>
  sql<number>`coalesce(extract(epoch from ${sql.ref(column)} - clock_timestamp()) * 1000, 0)::float8`;

/** Only accounts that had trouble have a row. */
export async function listAccountHealth(
  db: Executor,
  accountIds: readonly string[],
): Promise<Map<string, AccountHealthRow>> {
  if (accountIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('accountHealth')
    .selectAll()
    .select([
      msUntil('paused_until').as('pausedMs'),
      msUntil('throttled_at').as('throttledMs'),
      msUntil('open_until').as('openMs'),
    ])
    .where('accountId', 'in', [...accountIds])
    .execute();
  return new Map(
    rows.map((row) => [
      row.accountId,
      {
        accountId: row.accountId,
        pausedMs: row.pausedMs,
        pauseReason: row.pauseReason,
        reduced: reducedOf(row),
        throttledAgoMs: -row.throttledMs,
        throttleReason: row.throttleReason,
        isOpen: row.breaker === 'open',
        openMs: row.openMs,
        breakerReason: row.breakerReason,
      },
    ]),
  );
}

interface RateColumns {
  readonly ratePerMinute: number | null;
  readonly rateStep: number | null;
  readonly rateCeiling: number | null;
}

function reducedOf({ ratePerMinute, rateStep, rateCeiling }: RateColumns): ReducedRate | null {
  if (ratePerMinute === null || rateStep === null || rateCeiling === null) return null;
  return { perMinute: ratePerMinute, step: rateStep, ceiling: rateCeiling };
}

const inMs = (ms: number) => sql<Date>`clock_timestamp() + make_interval(secs => ${ms} / 1000.0)`;

/** Nothing is sent through the account for this long, by any worker; a longer pause stays. */
export async function pauseForAll(db: Executor, accountId: string, forMs: number, reason: string): Promise<void> {
  await db
    .insertInto('accountHealth')
    .values({ accountId, pausedUntil: inMs(forMs), pauseReason: reason })
    .onConflict((conflict) =>
      conflict
        .column('accountId')
        .doUpdateSet((eb) => ({ pausedUntil: eb.ref('excluded.pausedUntil'), pauseReason: reason }))
        .where(
          sql<boolean>`account_health.paused_until is null or account_health.paused_until < excluded.paused_until`,
        ),
    )
    .execute();
}

/**
 * Cuts the account's rate for every worker, and pauses it. Messages that were under way together are refused together,
 * so while the pause behind a cut lasts there is no other cut. `observed` is the rate it had, in messages a minute; the pause
 * is `askedMs` at least. Answers how long it is.
 */
export async function cutForAll(
  db: Executor,
  accountId: string,
  observed: number,
  reason: string,
  askedMs = 0,
): Promise<number> {
  return inTransaction(db, async (tx) => {
    await tx
      .insertInto('accountHealth')
      .values({ accountId })
      .onConflict((c) => c.doNothing())
      .execute();
    const row = await tx
      .selectFrom('accountHealth')
      .selectAll()
      .select([msUntil('paused_until').as('pausedMs'), msUntil('throttled_at').as('throttledMs')])
      .where('accountId', '=', accountId)
      .forUpdate()
      .executeTakeFirst();
    if (!row) return 0; // the account was deleted
    if (row.pausedMs > 0) return row.pausedMs;
    const before = reducedOf(row);
    const rate = before && rateAfter(before, -row.throttledMs);
    const reduced = rate === null ? cutRate(observed, null) : cutRate(rate, before);
    const pauseMs = Math.max(askedMs, pauseAfterCutMs(reduced));
    await tx
      .updateTable('accountHealth')
      .set({
        throttledAt: sql<Date>`clock_timestamp()`,
        throttleReason: reason,
        ratePerMinute: reduced.perMinute,
        rateStep: reduced.step,
        rateCeiling: reduced.ceiling,
        pausedUntil: inMs(pauseMs),
        pauseReason: `the request to slow down ("${reason}")`,
      })
      .where('accountId', '=', accountId)
      .execute();
    return pauseMs;
  });
}

const FIRST_OPEN_MS = 5_000;
const LONGEST_OPEN_MS = 300_000;

/**
 * Opens the circuit: nobody tries the server for 5 s, the next time 10 s, up to 5 minutes. Leaves it as it is when another
 * worker has just opened it.
 */
export async function openCircuit(db: Executor, accountId: string, reason: string): Promise<void> {
  await db
    .insertInto('accountHealth')
    .values({ accountId })
    .onConflict((c) => c.doNothing())
    .execute();
  await db
    .updateTable('accountHealth')
    .set({
      breaker: 'open',
      breakerReason: reason,
      openUntil: sql<Date>`clock_timestamp() + make_interval(secs => least(${LONGEST_OPEN_MS}, ${FIRST_OPEN_MS} * 2 ^ least(failures, 10)) / 1000.0)`,
      failures: sql<number>`failures + 1`,
      probeBy: null,
      probeUntil: null,
    })
    .where('accountId', '=', accountId)
    .where((eb) => eb.or([eb('breaker', '=', 'closed'), eb('openUntil', '<=', sql<Date>`clock_timestamp()`)]))
    .execute();
}

const PROBE_MS = 60_000;

/** True for the one worker that may send one message through an open circuit whose time is up. */
export async function claimProbe(db: Executor, accountId: string, workerId: string): Promise<boolean> {
  const row = await db
    .updateTable('accountHealth')
    .set({ probeBy: workerId, probeUntil: inMs(PROBE_MS) })
    .where('accountId', '=', accountId)
    .where('breaker', '=', 'open')
    .where('openUntil', '<=', sql<Date>`clock_timestamp()`)
    .where((eb) => eb.or([eb('probeUntil', 'is', null), eb('probeUntil', '<=', sql<Date>`clock_timestamp()`)]))
    .returning('accountId')
    .executeTakeFirst();
  return row !== undefined;
}

/** The probe was not needed: somebody else may try. */
export async function returnProbe(db: Executor, accountId: string, workerId: string): Promise<void> {
  await db
    .updateTable('accountHealth')
    .set({ probeBy: null, probeUntil: null })
    .where('accountId', '=', accountId)
    .where('probeBy', '=', workerId)
    .execute();
}

/** The server has answered about a message. */
export async function closeCircuit(db: Executor, accountId: string): Promise<void> {
  await db
    .updateTable('accountHealth')
    .set({ breaker: 'closed', breakerReason: null, openUntil: null, failures: 0, probeBy: null, probeUntil: null })
    .where('accountId', '=', accountId)
    .where('breaker', '=', 'open')
    .execute();
}

/** An account that people have put back starts clean. */
export async function deleteAccountHealth(db: Executor, accountId: string): Promise<void> {
  await db.deleteFrom('accountHealth').where('accountId', '=', accountId).execute();
}
