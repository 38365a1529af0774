// What a test of variants has measured so far, and its end. A variant belongs to a batch, so everything is counted over ranges
// of the ledger: no column of it, no index.
import { sql } from 'kysely';
import type { RecipientCounts, RecipientState } from '../contract/states.ts';
import { emptyCounts, STATE_CODE, stateFromCode } from '../domain/recipient-state.ts';
import { type Database, type Executor, type HotExecutor, inTransaction } from './database.ts';

export interface OpenTest {
  readonly campaignId: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly sendId: string;
  readonly abTest: unknown;
  readonly sampleOutAt: Date | null;
  /** Since then, by the database's clock. */
  readonly outForMs: number | null;
}

/** Campaigns under way whose rest waits for a winner. By the index of the few that are active. */
export async function listOpenTests(db: Executor): Promise<OpenTest[]> {
  const { rows } = await sql<OpenTest>`
    select c.id as campaign_id, c.workspace_id, c.name, s.id as send_id, c.ab_test, s.sample_out_at,
      (extract(epoch from now() - s.sample_out_at) * 1000)::float8 as out_for_ms
    from campaigns c join campaign_sends s on s.campaign_id = c.id
    where c.state = 'active' and c.ab_test is not null and (c.ab_test->>'samplePercent')::int < 100
      and s.winner is null and s.expanded_at is not null`.execute(db);
  return rows;
}

/**
 * Notes when the sample is out: nobody of it is pending or on the way. Who was put off is not waited for, that may take days.
 * Once for a send; null when it is not out, or was noted before.
 */
export async function markSampleOut(db: Executor, sendId: string): Promise<Date | null> {
  const { rows } = await sql<{ at: Date }>`
    update campaign_sends s set sample_out_at = now()
    where s.id = ${sendId}::uuid and s.sample_out_at is null and s.expanded_at is not null
      and not exists (
        select 1 from campaign_send_batches b
        where b.send_id = s.id and not b.after_winner and (b.state in ('ready', 'leased') or b.pending + b.sending > 0))
    returning s.sample_out_at as at`.execute(db);
  return rows[0]?.at ?? null;
}

/** The part of a send that one variant has: the sample, or the rest that got it when it had won. */
export interface PartCounts {
  /** Null: the rest, before there is a winner. */
  readonly variant: number | null;
  readonly isRest: boolean;
  readonly counts: RecipientCounts;
}

const PARTS = `
with batches as (select * from campaign_send_batches where send_id = $1),
settled as (
  select variant, after_winner, sum(pending)::int as pending, sum(sending)::int as sending, sum(sent)::int as sent, sum(deferred)::int as deferred,
    sum(failed)::int as failed, sum(excluded)::int as excluded, sum(unknown)::int as unknown, sum(cancelled)::int as cancelled
  from batches where state <> 'leased' group by variant, after_winner
), live as (
  select b.variant, b.after_winner, e.state, count(*)::int as rows
  from batches b join email_sends e on e.send_id = b.send_id and e.seq between b.first_seq and b.last_seq
  where b.state = 'leased' group by b.variant, b.after_winner, e.state
)
select variant, after_winner as "isRest", null as state, null as rows, pending, sending, sent, deferred, failed, excluded, unknown, cancelled from settled
union all
select variant, after_winner, state, rows, 0, 0, 0, 0, 0, 0, 0, 0 from live`;

type PartRow = RecipientCounts & Omit<PartCounts, 'counts'> & { state: number | null; rows: number | null };

/** Recipients by variant and state, as `countRecipients` counts those of the whole send. */
export async function countByVariant(db: HotExecutor, sendId: string): Promise<PartCounts[]> {
  const { rows } = await db.query<PartRow>({ name: 'count-by-variant', text: PARTS, values: [sendId] });
  const parts = new Map<string, PartCounts>();
  for (const row of rows) {
    const { variant, isRest } = row;
    const key = `${variant} ${isRest}`;
    const part = parts.get(key) ?? { variant, isRest, counts: emptyCounts() };
    parts.set(key, part);
    if (row.state === null) {
      for (const state of Object.keys(STATE_CODE) as RecipientState[]) part.counts[state] += row[state];
    } else part.counts[stateFromCode(row.state)] += row.rows ?? 0;
  }
  return [...parts.values()];
}

export interface PartEvents {
  readonly variant: number;
  readonly isRest: boolean;
  readonly type: string;
  /** Recipients with such an event that was not made by a program. */
  readonly people: number;
}

/**
 * Recipients by variant and what was told of their message. For each batch and type one range of email_events_kinds: a join
 * of events and ranges would compare all of both.
 */
export async function countEventsByVariant(
  db: HotExecutor,
  sendId: string,
  types: readonly string[],
): Promise<PartEvents[]> {
  const { rows } = await db.query<PartEvents>(
    `select b.variant, b.after_winner as "isRest", t.type, sum(n.people)::int as people
     from campaign_send_batches b cross join unnest($2::text[]) as t(type) cross join lateral (
       select count(distinct e.seq) as people from email_events e
       where e.send_id = $1 and e.type = t.type and not e.machine and e.seq between b.first_seq and b.last_seq) n
     where b.send_id = $1 and b.variant is not null group by b.variant, b.after_winner, t.type`,
    [sendId, types],
  );
  return rows;
}

export interface WinnerReason {
  /** fallback: nothing could be told, and the first was to be taken then. */
  readonly by: 'opens' | 'clicks' | 'person' | 'fallback';
  readonly words: string;
}

export interface Decision {
  readonly sendId: string;
  readonly winner: number;
  readonly reason: WinnerReason;
}

/** When those of a zone may be sent to who waited for the winner. */
export interface RestTurn {
  readonly notBefore: Date | null;
  readonly waitingFor: string | null;
}

interface HeldZone {
  readonly timeZone: string | null;
  readonly notBefore: Date | null;
}

/**
 * Ends a test: writes the winner down, if nobody else has, and lets the rest go with it, in one transaction. False when it was
 * decided before, or the campaign has ended.
 *
 * Locks: the campaign_sends row, which an expansion takes for each chunk, then the batches. Two statements, because the second
 * must see the batches of a chunk that the first one waited for; a chunk that comes later reads the winner.
 */
export async function decideWinner(
  db: Database,
  { sendId, winner, reason }: Decision,
  turnOfRest: (zone: HeldZone) => RestTurn,
): Promise<boolean> {
  return inTransaction(db.sql, async (tx) => {
    const decided = await sql`
      update campaign_sends s set winner = ${winner}, winner_at = now(), winner_reason = ${JSON.stringify(reason)}::jsonb
      from campaigns c
      where s.id = ${sendId}::uuid and s.winner is null and c.id = s.campaign_id and c.state in ('active', 'paused')
      returning s.id`.execute(tx);
    if (decided.rows.length === 0) return false;
    const { rows: zones } = await sql<HeldZone>`
      select distinct time_zone, not_before from campaign_send_batches
      where send_id = ${sendId}::uuid and after_winner and variant is null`.execute(tx);
    const turns = zones.map(turnOfRest);
    await sql`
      update campaign_send_batches b
      set variant = ${winner}, not_before = t.not_before,
        state = case when b.pending = 0 then 'done' when t.not_before > now() then 'waiting' else 'ready' end,
        wake_at = case when b.pending > 0 and t.not_before > now() then t.not_before end,
        waiting_for = case when b.pending > 0 and t.not_before > now() then t.waiting_for end
      from unnest(${zones.map(({ timeZone }) => timeZone)}::text[], ${zones.map(({ notBefore }) => notBefore)}::timestamptz[],
        ${turns.map(({ notBefore }) => notBefore)}::timestamptz[], ${turns.map(({ waitingFor }) => waitingFor)}::text[])
        as t(time_zone, was, not_before, waiting_for)
      where b.send_id = ${sendId}::uuid and b.after_winner and b.variant is null
        and b.time_zone is not distinct from t.time_zone and b.not_before is not distinct from t.was`.execute(tx);
    return true;
  });
}
