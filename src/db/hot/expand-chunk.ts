// Writes the ledger rows of one chunk of the audience and cuts them into batches, in one transaction with the cursor: a
// crash leaves whole chunks, and running again goes on behind the last one.
//
// Locks: the campaign_sends row first, so that two expansions of one send take turns and the second finds the cursor
// moved; the campaign's row shared, so that a cancel waits for the chunk and then finds its rows, or the chunk finds it.
// Index: list_subscriptions (list_id, contact_id) read in contact order; per list only the next chunk is looked at. A range
// of both columns and an order by both, which no other index has: with an equality the one by contact seems as good while
// statistics know of one list only, and walks over the members of all others. Each member is then looked up in contacts by
// its id, in a LATERAL of its own and with a condition on the workspace that no index answers: of a workspace that
// statistics do not know yet all contacts would be read instead, for every chunk (hot/expand-plans.test.ts).
// Members of segments are found before this begins (hot/walk-members.ts).
// A campaign that goes by its recipients' clocks: the rows of a chunk are ordered by the moment they are due and by zone,
// and cut at the borders, so that a batch has one zone and one moment. The zones that a chunk names are looked up first
// and reckoned with here, not by PostgreSQL, whose list of zones may be another one and which stops at a wrong name.
// Rejected: one INSERT … SELECT over the whole audience: a million rows in one transaction start over after a crash,
// and nothing can be sent until the last one is written.
import type pg from 'pg';
import { type RecipientClock, type RecipientTurn, turnOf } from '../../domain/recipient-clock.ts';
import { STATE_CODE } from '../../domain/recipient-state.ts';
import { AppError } from '../../errors.ts';
import { excludedSegmentsSql, listsOf, type SegmentAudience } from '../audience-sql.ts';
import type { StoredAudience } from '../campaigns.ts';
import { zoneOf } from '../forecast.ts';
import { SqlValues } from '../sql-values.ts';
import { suppressedSql } from '../suppressed.ts';
import { cutBatches, type Stretch } from './cut-batches.ts';
import { type WalkedMembers, walkMembers } from './walk-members.ts';

/** Rows a chunk; a multiple of the batch size, so that only the last batch of a send is short. */
const CHUNK_ROWS = 5000;
const PENDING = STATE_CODE.pending;

export interface ExpandSource {
  readonly sendId: string;
  readonly campaignId: string;
  readonly workspaceId: string;
  readonly audience: StoredAudience;
  /** Null when no segment plays a part. */
  readonly segments: SegmentAudience | null;
  /** Null when recipients' zones play no part. */
  readonly clock: RecipientClock | null;
}

interface Cursor {
  readonly expandCursor: string | null;
  readonly expandedAt: Date | null;
  readonly total: number;
  /** State of the rows to write: pending, or cancelled when the campaign was cancelled meanwhile. */
  readonly openState: number;
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
    `select s.expand_cursor as "expandCursor", s.expanded_at as "expandedAt", s.total, case when c.state = 'cancelled' then 7 else 0 end as "openState"
     from campaign_sends s join campaigns c on c.id = s.campaign_id where s.id = $1 for update of s for share of c`,
    [source.sendId],
  );
  const at = locked[0];
  if (!at || at.expandedAt) return { done: true, rows: 0 };
  if (walked && walked.from !== at.expandCursor) return { done: false, rows: 0 };
  if (at.openState === PENDING) await lockLists(client, source);
  const audience = walked ? walkedAudience(source, walked) : audienceOf(source, at.expandCursor);
  const chunk = source.clock
    ? await insertByZone(client, source.sendId, at, audience, source.clock)
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

/** The next members of an audience as SQL: `members` and `recipients (position, contact_id, email, email_key, data, reason)`. */
interface AudienceChunk {
  readonly sql: string;
  /** Position of the last member, as text. */
  readonly cursor: string;
  readonly values: readonly unknown[];
}

function audienceOf(source: ExpandSource, cursor: string | null): AudienceChunk {
  const { workspaceId, campaignId, audience, segments } = source;
  const first = [workspaceId, CHUNK_ROWS];
  if (audience.kind === 'inline') return { ...INLINE, values: [...first, campaignId, Number(cursor ?? 0)] };
  const after = cursor ?? '00000000-0000-0000-0000-000000000000';
  const values = new SqlValues([...first, audience.listIds, after, audience.excludeListIds]);
  const excluded = segments ? excludedSegmentsSql(segments, values) : '';
  return { ...LISTS, sql: listsSql(excluded), values: values.list };
}

function walkedAudience(source: ExpandSource, { ids }: WalkedMembers): AudienceChunk {
  const listIds = source.audience.kind === 'lists' ? source.audience.listIds : [];
  return { ...WALKED, values: [source.workspaceId, CHUNK_ROWS, ids, listIds] };
}

/** Text put together, where jsonb functions took four times as long. An attribute counts before a name, what the contact itself says of its zone, locale and address before an attribute. */
const MERGE_FIELDS = `concat('{',
        '"firstName":' || to_json(c.first_name) || ',',
        '"lastName":' || to_json(c.last_name) || ',',
        '"name":' || to_json(coalesce(c.name, nullif(concat_ws(' ', c.first_name, c.last_name), ''))) || ',',
        nullif(left(substr(c.attributes::text, 2), -1), '') || ',',
        '"timeZone":' || to_json(c.time_zone) || ',',
        '"locale":' || to_json(c.locale) || ',',
        '"email":' || to_json(c.email), '}')::json`;

const CONTACT_OF_MEMBER = `lateral (
      select * from contacts where contacts.id = m.position and (contacts.workspace_id = $1) is true limit 1) c`;

/** `excluded` are further conditions over a contact `c`. */
const listsSql = (excluded: string) => `members as (
    select m.contact_id as position, bool_or(m.status = 'subscribed') as subscribed, bool_or(m.status = 'unsubscribed') as refused
    from unnest($3::uuid[]) as l(list_id) cross join lateral (
      select ls.contact_id, ls.status from list_subscriptions ls
      where (ls.list_id, ls.contact_id) > (l.list_id, $4) and ls.list_id <= l.list_id
      order by ls.list_id, ls.contact_id limit $2) m
    group by m.contact_id order by m.contact_id limit $2
  ), recipients as (
    select c.id as position, c.id as contact_id, c.email, c.email_key,
      ${MERGE_FIELDS} as data,
      case
        when ${suppressedSql('$1', 'c.email_key')} then 'suppressed'
        when not m.subscribed then case when m.refused then 'unsubscribed' else 'unconfirmed' end
      end as reason
    from members m cross join ${CONTACT_OF_MEMBER}
    where (cardinality($5::uuid[]) = 0 or not exists (select 1 from list_subscriptions x where x.contact_id = c.id and x.list_id = any($5::uuid[]) and x.status = 'subscribed'))${excluded}
  )`;
const LISTS = { cursor: '(select position::text from members order by position desc limit 1)' } as const;

/** Who is in a list of the audience is bound by it, also in a segment; who is in none of them is not (the gate's rule). */
const WALKED = {
  sql: `members as (
    select w.id as position from unnest($3::uuid[]) as w(id) limit $2
  ), recipients as (
    select c.id as position, c.id as contact_id, c.email, c.email_key,
      ${MERGE_FIELDS} as data,
      case
        when ${suppressedSql('$1', 'c.email_key')} then 'suppressed'
        when not b.subscribed then case when b.refused then 'unsubscribed' else 'unconfirmed' end
      end as reason
    from members m cross join ${CONTACT_OF_MEMBER} cross join lateral (
      select bool_or(ls.status = 'subscribed') as subscribed, bool_or(ls.status = 'unsubscribed') as refused
      from list_subscriptions ls where ls.contact_id = c.id and ls.list_id = any($4::uuid[])) b
  )`,
  cursor: 'null', // it goes by the walk's
} as const;

const INLINE = {
  sql: `members as (
    select a.row_no as position, a.email, a.email_key, a.data, a.reason
    from campaign_audience_rows a where a.campaign_id = $3 and a.row_no > $4 order by a.row_no limit $2
  ), recipients as (
    select m.position, c.id as contact_id, m.email, m.email_key, m.data,
      coalesce(m.reason, case when ${suppressedSql('$1', 'm.email_key')} then 'suppressed' end) as reason
    from members m left join contacts c on c.workspace_id = $1 and c.email_key = m.email_key and m.reason is null
  )`,
  cursor: '(select max(position)::text from members)',
} as const;

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
  return { walked, cursor, stretches: [{ rows: written, timeZone: null, notBefore: null, waitingFor: null }] };
}

const ZONE = zoneOf('data');

async function insertByZone(
  client: pg.PoolClient,
  sendId: string,
  at: Cursor,
  audience: AudienceChunk,
  clock: RecipientClock,
): Promise<Chunk> {
  const { rows: found } = await client.query<{ zone: string }>(
    `with ${audience.sql} select distinct ${ZONE} as zone from recipients where ${ZONE} is not null`,
    [...audience.values],
  );
  const named = found.map(({ zone }) => zone);
  const turns = inTurn([null, ...named].map((zone) => turnOf(clock, zone)));
  const placeOf = (zone: string | null) => {
    const { timeZone } = turnOf(clock, zone);
    return turns.findIndex((turn) => turn.timeZone === timeZone);
  };
  const given = audience.values.length;
  const { rows } = await client.query<{
    walked: number;
    cursor: string | null;
    counts: Array<[number, number]> | null;
  }>(
    `with ${audience.sql}, placed as (
       select r.*, coalesce(z.place, $${given + 6}::int) as place
       from recipients r left join unnest($${given + 4}::text[], $${given + 5}::int[]) as z(name, place) on z.name = ${ZONE}
     ), ordered as (
       select *, row_number() over (order by place, position) as n from placed
     ), written as (${insertOf(audience, 'ordered')})
     select (select count(*) from members)::int as walked, ${audience.cursor} as cursor,
       (select jsonb_agg(jsonb_build_array(o.place, o.rows) order by o.place)
        from (select place, count(*) as rows from ordered group by place) o) as counts`,
    [...audience.values, sendId, at.total, at.openState, named, named.map(placeOf), placeOf(null)],
  );
  const { walked = 0, cursor = null, counts } = rows[0] ?? {};
  return { walked, cursor, stretches: stretchesOf(turns, counts ?? []) };
}

function stretchesOf(turns: readonly RecipientTurn[], counts: ReadonlyArray<readonly [number, number]>): Stretch[] {
  const rows = new Map(counts);
  return turns.flatMap((turn, place) => {
    const count = rows.get(place);
    return count === undefined ? [] : [{ ...turn, rows: count }];
  });
}

/** Each zone once, the earliest first. */
function inTurn(turns: readonly RecipientTurn[]): RecipientTurn[] {
  const byZone = new Map(turns.map((turn) => [turn.timeZone, turn]));
  const at = (turn: RecipientTurn) => turn.notBefore?.getTime() ?? 0;
  return [...byZone.values()].sort((a, b) => at(a) - at(b) || (a.timeZone < b.timeZone ? -1 : 1));
}
