// Writes the ledger rows of one chunk of the audience and cuts them into batches, in one transaction with the cursor: a
// crash leaves whole chunks, and running again goes on behind the last one.
//
// Locks: the campaign_sends row first, so that two expansions of one send take turns and the second finds the cursor
// moved; the campaign's row shared, so that a cancel waits for the chunk and then finds its rows, or the chunk finds it.
// Indexes: hot/expand-audience.ts.
// A campaign that goes by its recipients' clocks: the rows of a chunk are ordered by the moment they are due and by zone,
// and cut at the borders, so that a batch has one zone and one moment. The zones that a chunk names are looked up first
// and reckoned with here, not by PostgreSQL, whose list of zones may be another one and which stops at a wrong name.
// A campaign with variants: the same, with one variant a batch. Who gets which is decided by the order of a hash of campaign and
// address, of which each variant takes its share: the same whoever runs it and however often, no row more than its share in
// any chunk, and people who tried one campaign out are not the ones who try the next. Where a winner is known already, what
// the rest gets is written with it; the lock on the campaign_sends row lets a decision wait for the chunk, or the chunk for it.
// Rejected: one INSERT … SELECT over the whole audience: a million rows in one transaction start over after a crash,
// and nothing can be sent until the last one is written.
import type pg from 'pg';
import { type RecipientClock, type RecipientTurn, turnOf } from '../../domain/recipient-clock.ts';
import { STATE_CODE } from '../../domain/recipient-state.ts';
import { AppError } from '../../errors.ts';
import { listsOf } from '../audience-sql.ts';
import { zoneOf } from '../forecast.ts';
import { cutBatches, type Stretch } from './cut-batches.ts';
import { type AudienceChunk, type AudienceSource, audienceOf, CHUNK_ROWS, walkedAudience } from './expand-audience.ts';
import { type WalkedMembers, walkMembers } from './walk-members.ts';

const PENDING = STATE_CODE.pending;

export interface ExpandSource extends AudienceSource {
  readonly sendId: string;
  /** Null when recipients' zones play no part. */
  readonly clock: RecipientClock | null;
  /** Where the share of each variant ends (domain/variant-split.ts); null when there are none. */
  readonly splitBounds: readonly number[] | null;
}

interface Cursor {
  readonly expandCursor: string | null;
  readonly expandedAt: Date | null;
  readonly total: number;
  /** State of the rows to write: pending, or cancelled when the campaign was cancelled meanwhile. */
  readonly openState: number;
  /** The variant that the rest gets; null while that is open. */
  readonly winner: number | null;
}

/** Writes the next chunk; true when the audience is at its end. `client` must not be inside a transaction. */
export async function expandChunk(
  client: pg.PoolClient,
  source: ExpandSource,
): Promise<{ done: boolean; rows: number }> {
  const { segments, sendId } = source;
  const isWalked = segments !== null && segments.filters.include.length > 0;
  const walked = isWalked ? await walkMembers(client, sendId, segments, CHUNK_ROWS) : null;
  await client.query('begin');
  try {
    const result = await expandLocked(client, source, walked);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {}); // the connection itself may be gone; the first error is the one to tell
    throw error;
  }
}

async function expandLocked(
  client: pg.PoolClient,
  source: ExpandSource,
  walked: WalkedMembers | null,
): Promise<{ done: boolean; rows: number }> {
  const { rows: locked } = await client.query<Cursor>(
    `select s.expand_cursor as "expandCursor", s.expanded_at as "expandedAt", s.total, s.winner, case when c.state = 'cancelled' then 7 else 0 end as "openState"
     from campaign_sends s join campaigns c on c.id = s.campaign_id where s.id = $1 for update of s for share of c`,
    [source.sendId],
  );
  const at = locked[0];
  if (!at || at.expandedAt) return { done: true, rows: 0 };
  if (walked && walked.from !== at.expandCursor) return { done: false, rows: 0 };
  if (at.openState === PENDING) await lockLists(client, source);
  const audience = walked ? walkedAudience(source, walked) : audienceOf(source, at.expandCursor);
  const isParted = source.clock !== null || source.splitBounds !== null;
  const chunk = isParted
    ? await insertInParts(client, source, at, audience)
    : await insertInOrder(client, source.sendId, at, audience);
  const written = chunk.stretches.reduce((sum, stretch) => sum + stretch.rows, 0);
  const done = walked ? walked.isLast : chunk.walked < CHUNK_ROWS;
  if (written > 0) await cutBatches(client, source.sendId, at.total + 1, chunk.stretches);
  await client.query(
    `update campaign_sends set expand_cursor = coalesce($2, expand_cursor), total = total + $3, expanded_at = case when $4 then now() end where id = $1`,
    [source.sendId, walked ? walked.cursor : chunk.cursor, written, done],
  );
  return { done, rows: written };
}

/** A list that is deleted takes its members with it: what is left would be told as the whole, or excluded ones be sent to. */
async function lockLists(client: pg.PoolClient, { audience, segments }: ExpandSource): Promise<void> {
  if (audience.kind === 'inline') return;
  const asked = segments ? listsOf(segments) : [];
  const ids = [...new Set([...audience.listIds, ...audience.excludeListIds, ...asked])];
  const { rows } = await client.query<{ id: string }>(
    'select id from lists where id = any($1::uuid[]) order by id for key share',
    [ids],
  );
  const found = new Set(rows.map((row) => row.id));
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length === 0) return;
  throw new AppError(
    'NOT_FOUND',
    `The list ${missing.join(', ')} of its audience was deleted before all of it was written out.`,
  );
}

interface Chunk {
  /** Members of the audience looked at; fewer than a chunk means that there are no more. */
  readonly walked: number;
  readonly cursor: string | null;
  readonly stretches: readonly Stretch[];
}

/** `from` gives `recipients` with their number `n` in the chunk. Parameters after the audience's: send, rows before, state. */
function insertOf(audience: AudienceChunk, from: string): string {
  const given = audience.values.length;
  return `insert into email_sends (send_id, seq, contact_id, email, email_key, data, state, reason)
    select $${given + 1}::uuid, $${given + 2}::int + r.n, r.contact_id, r.email,
      case when r.reason in ('invalid', 'duplicate') then null else r.email_key end, r.data,
      case when r.reason is null then $${given + 3}::smallint else 5 end, r.reason
    from ${from} r returning 1`;
}

async function insertInOrder(
  client: pg.PoolClient,
  sendId: string,
  at: Cursor,
  audience: AudienceChunk,
): Promise<Chunk> {
  const ordered = '(select *, row_number() over (order by position) as n from recipients)';
  const { rows } = await client.query<{ walked: number; cursor: string | null; written: number }>(
    `with ${audience.sql}, written as (${insertOf(audience, ordered)})
     select (select count(*) from members)::int as walked, ${audience.cursor} as cursor,
       (select count(*) from written)::int as written`,
    [...audience.values, sendId, at.total, at.openState],
  );
  const { walked = 0, cursor = null, written = 0 } = rows[0] ?? {};
  return { walked, cursor, stretches: [{ ...NO_TURN, ...NO_SHARE, rows: written }] };
}

const NO_TURN = { timeZone: null, notBefore: null, waitingFor: null } as const;
const NO_SHARE = { variant: null, isRest: false } as const;

const ZONE = zoneOf('data');

type Turn = Pick<Stretch, 'timeZone' | 'notBefore' | 'waitingFor'>;
type Share = Pick<Stretch, 'variant' | 'isRest'>;

/** What people wait for who get the variant that wins. */
const FOR_THE_WINNER = 'the winner of its test';

/** By the time zones of its recipients, by variants, or by both. Rows of a part follow each other. */
async function insertInParts(
  client: pg.PoolClient,
  source: ExpandSource,
  at: Cursor,
  audience: AudienceChunk,
): Promise<Chunk> {
  const { sendId, campaignId, clock, splitBounds } = source;
  const { turns, named, placeOf } = clock ? await zonesOf(client, audience, clock) : NO_ZONES;
  const shares = splitBounds === null ? [NO_SHARE] : sharesOf(splitBounds, at.winner);
  const given = audience.values.length;
  const values = [sendId, at.total, at.openState, named, named.map(placeOf), placeOf(null)];
  const split = splitBounds === null ? null : [turns.length, campaignId, splitBounds];
  const share = split ? `$${given + 7}::int * width_bucket(${rankOf(`$${given + 8}`)}, $${given + 9}::float8[])` : '0';
  const { rows } = await client.query<{
    walked: number;
    cursor: string | null;
    counts: Array<[number, number]> | null;
  }>(
    `with ${audience.sql}, placed as (
       select r.*, ${share} + coalesce(z.place, $${given + 6}::int) as place
       from recipients r left join unnest($${given + 4}::text[], $${given + 5}::int[]) as z(name, place) on z.name = ${ZONE}
     ), ordered as (
       select *, row_number() over (order by place, position) as n from placed
     ), written as (${insertOf(audience, 'ordered')})
     select (select count(*) from members)::int as walked, ${audience.cursor} as cursor,
       (select jsonb_agg(jsonb_build_array(o.place, o.rows) order by o.place)
        from (select place, count(*) as rows from ordered group by place) o) as counts`,
    [...audience.values, ...values, ...(split ?? [])],
  );
  const { walked = 0, cursor = null, counts } = rows[0] ?? {};
  return { walked, cursor, stretches: stretchesOf(turns, shares, counts ?? []) };
}

/**
 * Where a recipient stands among those of the chunk who are to be sent to, 0 to 1, by the hash; who is excluded has a row of
 * their own, so that a sample is one of people who get a copy.
 */
const rankOf = (key: string) => `(row_number() over (partition by r.reason is null
         order by sha256(convert_to(${key}::text || coalesce(r.email_key, r.email), 'UTF8')), r.position) - 0.5)::float8
         / count(*) over (partition by r.reason is null)`;

interface Zones {
  readonly turns: readonly Turn[];
  readonly named: readonly string[];
  /** Index in `turns`. */
  placeOf(zone: string | null): number;
}

const NO_ZONES: Zones = { turns: [NO_TURN], named: [], placeOf: () => 0 };

async function zonesOf(client: pg.PoolClient, audience: AudienceChunk, clock: RecipientClock): Promise<Zones> {
  const { rows } = await client.query<{ zone: string }>(
    `with ${audience.sql} select distinct ${ZONE} as zone from recipients where ${ZONE} is not null`,
    [...audience.values],
  );
  const named = rows.map(({ zone }) => zone);
  const turns = inTurn([null, ...named].map((zone) => turnOf(clock, zone)));
  const placeOf = (zone: string | null) => {
    const { timeZone } = turnOf(clock, zone);
    return turns.findIndex((turn) => turn.timeZone === timeZone);
  };
  return { turns, named, placeOf };
}

/** One for each variant, and the rest. */
function sharesOf(bounds: readonly number[], winner: number | null): Share[] {
  return [...bounds.map((_, variant) => ({ variant, isRest: false })), { variant: winner, isRest: true }];
}

function stretchesOf(
  turns: readonly Turn[],
  shares: readonly Share[],
  counts: ReadonlyArray<readonly [number, number]>,
): Stretch[] {
  const rows = new Map(counts);
  const parts = shares.flatMap((share) => turns.map((turn) => ({ ...turn, ...share })));
  return parts.flatMap((part, place) => {
    const count = rows.get(place);
    if (count === undefined) return [];
    const isHeld = part.isRest && part.variant === null;
    return [{ ...part, rows: count, waitingFor: isHeld ? FOR_THE_WINNER : part.waitingFor }];
  });
}

/** Each zone once, the earliest first. */
function inTurn(turns: readonly RecipientTurn[]): RecipientTurn[] {
  const byZone = new Map(turns.map((turn) => [turn.timeZone, turn]));
  const at = (turn: RecipientTurn) => turn.notBefore?.getTime() ?? 0;
  return [...byZone.values()].sort((a, b) => at(a) - at(b) || (a.timeZone < b.timeZone ? -1 : 1));
}
