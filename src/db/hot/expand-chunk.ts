// Writes the ledger rows of one chunk of the audience and cuts them into batches, in one transaction with the cursor: a
// crash leaves whole chunks, and running again goes on behind the last one.
//
// Locks: the campaign_sends row first, so that two expansions of one send take turns and the second finds the cursor
// moved; the campaign's row shared, so that a cancel waits for the chunk and then finds its rows, or the chunk finds it.
// Index: list_subscriptions (list_id, contact_id) read in contact order; per list only the next chunk is looked at.
// Rejected: one INSERT … SELECT over the whole audience: a million rows in one transaction start over after a crash,
// and nothing can be sent until the last one is written.
import type pg from 'pg';

/** Rows a chunk; a multiple of the batch size, so that only the last batch of a send is short. */
const CHUNK_ROWS = 5000;
export const BATCH_ROWS = 500;

export interface ExpandSource {
  readonly sendId: string;
  readonly campaignId: string;
  readonly workspaceId: string;
  readonly audience:
    | { readonly kind: 'inline' }
    | { readonly kind: 'lists'; readonly listIds: readonly string[]; readonly excludeListIds: readonly string[] };
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
  await client.query('begin');
  try {
    const result = await expandLocked(client, source);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {}); // the connection itself may be gone; the first error is the one to tell
    throw error;
  }
}

async function expandLocked(client: pg.PoolClient, source: ExpandSource): Promise<{ done: boolean; rows: number }> {
  const { rows: locked } = await client.query<Cursor>(
    `select s.expand_cursor as "expandCursor", s.expanded_at as "expandedAt", s.total, case when c.state = 'cancelled' then 7 else 0 end as "openState"
     from campaign_sends s join campaigns c on c.id = s.campaign_id where s.id = $1 for update of s for share of c`,
    [source.sendId],
  );
  const at = locked[0];
  if (!at || at.expandedAt) return { done: true, rows: 0 };
  const chunk =
    source.audience.kind === 'inline'
      ? await insertInlineRows(client, source, at)
      : await insertListRows(client, source, source.audience, at);
  const done = chunk.walked < CHUNK_ROWS;
  if (chunk.written > 0) await cutBatches(client, source.sendId, at.total + 1, at.total + chunk.written);
  await client.query(
    `update campaign_sends set expand_cursor = coalesce($2, expand_cursor), total = total + $3, expanded_at = case when $4 then now() end where id = $1`,
    [source.sendId, chunk.cursor, chunk.written, done],
  );
  return { done, rows: chunk.written };
}

interface Chunk {
  /** Members of the audience looked at; fewer than a chunk means that there are no more. */
  readonly walked: number;
  readonly written: number;
  readonly cursor: string | null;
}

const INSERT = `
insert into email_sends (send_id, seq, contact_id, email, email_key, data, state, reason)
select $1, $2 + row_number() over (order by r.position), r.contact_id, r.email,
  case when r.reason in ('invalid', 'duplicate') then null else r.email_key end, r.data,
  case when r.reason is null then $7::smallint else 5 end, r.reason
from recipients r`;

async function insertListRows(
  client: pg.PoolClient,
  source: ExpandSource,
  audience: { readonly listIds: readonly string[]; readonly excludeListIds: readonly string[] },
  at: Cursor,
): Promise<Chunk> {
  const { rows } = await client.query<Chunk>(
    `with members as (
       select distinct m.contact_id from unnest($4::uuid[]) as l(list_id) cross join lateral (
         select ls.contact_id from list_subscriptions ls
         where ls.list_id = l.list_id and ls.contact_id > $5
         order by ls.contact_id limit $6) m
       order by m.contact_id limit $6
     ), recipients as (
       select c.id as position, c.id as contact_id, c.email, c.email_key,
         jsonb_strip_nulls(jsonb_build_object('firstName', c.first_name, 'lastName', c.last_name,
           'name', coalesce(c.name, nullif(concat_ws(' ', c.first_name, c.last_name), ''))))
           || c.attributes || jsonb_build_object('email', c.email) as data,
         case
           when exists (select 1 from suppressions s where s.workspace_id = $3 and s.email_key = c.email_key) then 'suppressed'
           when not exists (select 1 from list_subscriptions ls
             where ls.contact_id = c.id and ls.list_id = any($4::uuid[]) and ls.status = 'subscribed') then 'unsubscribed'
         end as reason
       from members m join contacts c on c.id = m.contact_id and c.workspace_id = $3
       where not exists (select 1 from list_subscriptions x where x.contact_id = c.id and x.list_id = any($8::uuid[]) and x.status = 'subscribed')
     ), written as (${INSERT} returning 1)
     select (select count(*) from members)::int as walked, (select count(*) from written)::int as written,
       (select contact_id::text from members order by contact_id desc limit 1) as cursor`,
    [
      source.sendId,
      at.total,
      source.workspaceId,
      audience.listIds,
      at.expandCursor ?? '00000000-0000-0000-0000-000000000000',
      CHUNK_ROWS,
      at.openState,
      audience.excludeListIds,
    ],
  );
  return rows[0] ?? { walked: 0, written: 0, cursor: null };
}

async function insertInlineRows(client: pg.PoolClient, source: ExpandSource, at: Cursor): Promise<Chunk> {
  const { rows } = await client.query<Chunk>(
    `with recipients as (
       select a.row_no as position, c.id as contact_id, a.email, a.email_key, a.data,
         coalesce(a.reason, case when exists (
           select 1 from suppressions s where s.workspace_id = $3 and s.email_key = a.email_key) then 'suppressed' end) as reason
       from campaign_audience_rows a
       left join contacts c on c.workspace_id = $3 and c.email_key = a.email_key and a.reason is null
       where a.campaign_id = $4 and a.row_no > $5
       order by a.row_no limit $6
     ), written as (${INSERT} returning 1)
     select (select count(*) from recipients)::int as walked, (select count(*) from written)::int as written,
       (select max(position)::text from recipients) as cursor`,
    [
      source.sendId,
      at.total,
      source.workspaceId,
      source.campaignId,
      Number(at.expandCursor ?? 0),
      CHUNK_ROWS,
      at.openState,
    ],
  );
  return rows[0] ?? { walked: 0, written: 0, cursor: null };
}

async function cutBatches(client: pg.PoolClient, sendId: string, firstSeq: number, lastSeq: number): Promise<void> {
  await client.query(
    `insert into campaign_send_batches (send_id, batch_no, first_seq, last_seq, state, pending, excluded, cancelled)
     select $1, coalesce((select max(batch_no) from campaign_send_batches where send_id = $1), 0) + row_number() over (order by r.first_seq),
       r.first_seq, r.last_seq, case when n.pending > 0 then 'ready' else 'done' end, n.pending, n.excluded, n.cancelled
     from (select g as first_seq, least(g + $4 - 1, $3) as last_seq from generate_series($2::int, $3::int, $4::int) g) r
     cross join lateral (
       select count(*) filter (where e.state = 0) as pending, count(*) filter (where e.state = 5) as excluded, count(*) filter (where e.state = 7) as cancelled
       from email_sends e where e.send_id = $1 and e.seq between r.first_seq and r.last_seq) n`,
    [sendId, firstSeq, lastSeq, BATCH_ROWS],
  );
}
