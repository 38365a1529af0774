// Writes one chunk of an import: contacts, subscriptions, refused rows, the chunk's own record and the import's counters,
// in one transaction. A crash leaves whole chunks, and running again goes on behind the last one.
//
// Rows come in by COPY into a temporary table of the connection. New contacts are inserted in address order, then the
// ones that were there are locked in address order; whoever is inserting holds no such lock yet. So two imports of the
// same people wait for each other, and never in a circle.
// Index: contacts (workspace_id, email_key). Two of five parts of the time went into foreign keys, so contacts and
// subscriptions have none: the workspace and the list are locked once a chunk instead of looked up once a row.
// Rejected: INSERT … ON CONFLICT DO UPDATE in one statement: it cannot tell a cell that is empty from a column that is
// not there, which "overwrite" has to.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { AppError } from '../../errors.ts';
import { jsonbText, withoutNul } from '../jsonb.ts';

/** A checked row. Of the names null means "leave it", '' "clear it"; attributes that are null are removed. */
export interface ImportedRow {
  readonly email: string;
  readonly emailKey: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly name: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly optedOut: boolean;
  /** An earlier chunk had this address: it is counted as a duplicate, not as inserted or updated. */
  readonly repeated: boolean;
}

interface RejectedRow {
  readonly rowNo: number;
  readonly field: string | null;
  readonly value: string | null;
  readonly reason: string;
}

export interface ImportChunk {
  readonly importId: string;
  readonly workspaceId: string;
  readonly listId: string | null;
  readonly mode: 'merge' | 'overwrite' | 'skip';
  readonly firstRow: number;
  readonly lastRow: number;
  readonly bytesDone: number;
  readonly rows: readonly ImportedRow[];
  readonly rejects: readonly RejectedRow[];
  /** Rows that repeat an address of this file, in this chunk or an earlier one. */
  readonly duplicate: number;
}

/** What is read of a file at once and committed together. */
export const IMPORT_CHUNK_ROWS = 5000;

const status = (row: string) => `case when ${row}.opted_out then 'unsubscribed' else 'subscribed' end`;

const STAGING = `create temp table if not exists import_rows (
  email text not null, email_key text primary key, first_name text, last_name text, name text, attributes jsonb not null,
  opted_out boolean not null, repeated boolean not null, contact_id uuid) on commit delete rows`;

/**
 * Every join of a chunk is a few thousand look-ups by an index. Nobody knows how many rows a temporary table has, and a plan
 * made for the wrong number reads all contacts once a chunk.
 */
const BEGIN = `${STAGING}; begin; set local enable_hashjoin = off; set local enable_mergejoin = off`;

/** Writes a chunk. False when the import has ended or moved on meanwhile: then nothing of it is kept. Throws NOT_FOUND when its list is gone. */
export async function writeImportChunk(client: pg.PoolClient, chunk: ImportChunk): Promise<boolean> {
  await client.query(BEGIN);
  try {
    await lockOwners(client, chunk);
    await stage(client, chunk.rows);
    const counts = await mergeContacts(client, chunk);
    await insertRejects(client, chunk);
    const kept = await recordChunk(client, chunk, counts);
    await client.query(kept ? 'commit' : 'rollback');
    return kept;
  } catch (error) {
    await client.query('rollback').catch(() => {}); // the connection itself may be gone; the first error is the one to tell
    throw error;
  }
}

async function stage(client: pg.PoolClient, rows: readonly ImportedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const copy = client.query(
    copyFrom(
      'copy import_rows (email, email_key, first_name, last_name, name, attributes, opted_out, repeated) from stdin',
    ),
  );
  await pipeline(Readable.from([rows.map(copyLine).join('')]), copy);
}

function copyLine(row: ImportedRow): string {
  const { email, emailKey, firstName, lastName, name, attributes, optedOut, repeated } = row;
  const cells = [
    email,
    emailKey,
    firstName,
    lastName,
    name,
    jsonbText(attributes),
    optedOut ? 't' : 'f',
    repeated ? 't' : 'f',
  ];
  return `${cells.map(copyCell).join('\t')}\n`;
}

function copyCell(value: string | null): string {
  if (value === null) return '\\N';
  if (!/[\\\t\n\r\0]/.test(value)) return value;
  return withoutNul(value).replace(
    /[\\\t\n\r]/g,
    (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[c] ?? c,
  );
}

/** Inserts who is new, with their subscription, and takes them out of the staging table: what is left was there before. */
const INSERT_NEW = `
with added as (
  insert into contacts (workspace_id, email, email_key, first_name, last_name, name, attributes)
  select $1, r.email, r.email_key, nullif(r.first_name, ''), nullif(r.last_name, ''), nullif(r.name, ''), jsonb_strip_nulls(r.attributes)
  from import_rows r order by r.email_key
  on conflict (workspace_id, email_key) do nothing
  returning id, email_key
), subscribed as (
  insert into list_subscriptions (list_id, contact_id, status)
  select $2, added.id, ${status('r')} from added join import_rows r using (email_key) where $2::uuid is not null order by added.id
), staged as (
  delete from import_rows r using added where r.email_key = added.email_key returning r.repeated
)
select count(*)::int as added, count(*) filter (where not repeated)::int as inserted from staged`;

/** One look-up a row, in address order: as a plain join it was planned the other way round, through all contacts of the workspace. */
const LOCK_KNOWN = `
with known as (
  select c.id, r.row from (select email_key, ctid as row from import_rows order by email_key) r
  cross join lateral (select id from contacts where workspace_id = $1 and email_key = r.email_key for update) c
)
update import_rows r set contact_id = known.id from known where r.ctid = known.row`;

/** A column as the row wants it: null in the row leaves it, '' clears it. */
const wanted = (column: string) => `case when r.${column} is null then c.${column} else nullif(r.${column}, '') end`;
const WANTED = `${wanted('first_name')}, ${wanted('last_name')}, ${wanted('name')}, jsonb_strip_nulls(c.attributes || r.attributes)`;

/** Rows that say nothing new are not written: an import that is run twice leaves the table as it is. */
const UPDATE_KNOWN = `
update contacts c set (first_name, last_name, name, attributes, updated_at) = (${WANTED}, now())
from import_rows r
where c.id = r.contact_id and (c.first_name, c.last_name, c.name, c.attributes) is distinct from (${WANTED})`;

/** Who unsubscribed stays unsubscribed, whatever file their address is found in. */
const SUBSCRIBE_KNOWN = `
insert into list_subscriptions as s (list_id, contact_id, status)
select $1, r.contact_id, ${status('r')} from import_rows r where r.contact_id is not null order by r.contact_id
on conflict (list_id, contact_id) do update set status = 'unsubscribed', changed_at = now()
where s.status = 'subscribed' and excluded.status = 'unsubscribed'`;

async function mergeContacts(client: pg.PoolClient, chunk: ImportChunk): Promise<{ inserted: number; known: number }> {
  const { workspaceId, listId, mode, rows } = chunk;
  let inserted = 0;
  for (let left = rows.length; left > 0; ) {
    const result = await client.query<{ added: number; inserted: number }>(INSERT_NEW, [workspaceId, listId]);
    inserted += result.rows[0]?.inserted ?? 0;
    left -= result.rows[0]?.added ?? 0;
    if (left === 0) break;
    const known = await client.query(LOCK_KNOWN, [workspaceId]);
    // Somebody deleted a contact between the two statements: it is new again.
    const complete = known.rowCount === left;
    if (mode !== 'skip' && complete) await client.query(UPDATE_KNOWN);
    if (listId && complete) await client.query(SUBSCRIBE_KNOWN, [listId]);
    if (complete) break;
  }
  const firstSeen = rows.filter((row) => !row.repeated).length;
  return { inserted, known: firstSeen - inserted };
}

/** What foreign keys of contacts and subscriptions would do row by row. */
async function lockOwners(client: pg.PoolClient, { workspaceId, listId }: ImportChunk): Promise<void> {
  const { rows } = await client.query<{ ok: boolean }>(
    `with w as (select 1 from workspaces where id = $1 for key share), l as (select 1 from lists where id = $2 for key share)
     select exists (select 1 from w) and ($2::uuid is null or exists (select 1 from l)) as ok`,
    [workspaceId, listId],
  );
  if (!rows[0]?.ok) throw new AppError('NOT_FOUND', 'The list of this import was deleted.');
}

async function insertRejects(client: pg.PoolClient, { importId, rejects }: ImportChunk): Promise<void> {
  if (rejects.length === 0) return;
  const text = (value: string | null) => (value === null ? null : withoutNul(value));
  await client.query(
    `insert into lead_import_rejects (import_id, row_no, field, value, reason)
     select $1, t.row_no, t.field, t.value, t.reason from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as t(row_no, field, value, reason)
     on conflict do nothing`,
    [
      importId,
      rejects.map((r) => r.rowNo),
      rejects.map((r) => r.field),
      rejects.map((r) => text(r.value)),
      rejects.map((r) => r.reason),
    ],
  );
}

/** Nothing, when the import has ended or another chunk came first. */
const RECORD = `
with moved as (
  update lead_imports set rows_done = $3, bytes_done = least(bytes_total, $9), inserted = inserted + $4, updated = updated + $5,
    skipped = skipped + $6, invalid = invalid + $7, duplicate = duplicate + $8
  where id = $1 and state = 'active' and rows_done = $2 - 1 returning id
)
insert into lead_import_batches (import_id, batch_no, first_row, last_row, inserted, updated, skipped, invalid, duplicate)
select id, (select coalesce(max(batch_no), 0) + 1 from lead_import_batches where import_id = $1), $2, $3, $4, $5, $6, $7, $8 from moved`;

async function recordChunk(
  client: pg.PoolClient,
  chunk: ImportChunk,
  { inserted, known }: { inserted: number; known: number },
): Promise<boolean> {
  const counts = [
    inserted,
    chunk.mode === 'skip' ? 0 : known,
    chunk.mode === 'skip' ? known : 0,
    chunk.rejects.length,
    chunk.duplicate,
  ];
  const recorded = await client.query(RECORD, [
    chunk.importId,
    chunk.firstRow,
    chunk.lastRow,
    ...counts,
    chunk.bytesDone,
  ]);
  return recorded.rowCount === 1;
}
