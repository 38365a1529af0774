// Writes one chunk of an import: contacts, subscriptions, refused rows, the chunk's own record and the import's counters,
// in one transaction. A crash leaves whole chunks, and running again goes on behind the last one. Commits are asynchronous:
// what a crash of the database loses of them is whole chunks too, and they are read again.
//
// Rows come in by COPY into a temporary table of the connection, and go on in address order, those that are new and those
// that were there alike: so two imports of the same people wait for each other, and never in a circle.
// Index: contacts (workspace_id, email_key). Two of five parts of the time went into foreign keys, so contacts and
// subscriptions have none: the workspace and the list are locked once a chunk instead of looked up once a row.
// Rejected: inserting who is new first, and locking and updating the rest by their ids after that: 1.9 times the time.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { AppError } from '../../errors.ts';
import { jsonbText, withoutNul } from '../jsonb.ts';
import { textArray } from './array-literal.ts';
import { countNew, mergeContacts, type NewStatus } from './import-merge.ts';
import { type ChunkSpan, recordChunk } from './import-record.ts';

/** A checked row. Of names, zone, locale and notes null means "leave it", '' "clear it"; attributes that are null are removed. */
export interface ImportedRow {
  readonly email: string;
  readonly emailKey: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly name: string | null;
  readonly timeZone: string | null;
  readonly locale: string | null;
  readonly notes: string | null;
  /** Null: leave them. */
  readonly tags: readonly string[] | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly optedOut: boolean;
  /** An earlier chunk had this address: it is counted as a duplicate, not as inserted or updated. */
  readonly repeated: boolean;
}

export interface ImportChunk extends ChunkSpan {
  readonly workspaceId: string;
  readonly listId: string | null;
  readonly mode: 'merge' | 'overwrite' | 'skip';
  readonly rows: readonly ImportedRow[];
  /** The rows as `copyTextOf` has them: made while the chunk before is written, not while the database waits for it. */
  readonly copyText: string;
  /** Attributes to declare, unless somebody has meanwhile. */
  readonly inferred: ReadonlyArray<{ readonly name: string; readonly type: string }>;
  /** What was noticed about addresses, up to here. */
  readonly findings: object;
  /** Where and how these people agreed, as the importer says; null: nothing is said. */
  readonly consent: string | null;
  /** Only counts are written. */
  readonly dryRun: boolean;
}

/** What is read of a file at once and committed together. */
export const IMPORT_CHUNK_ROWS = 5000;

const STAGING = `create temp table if not exists import_rows (
  email text not null, email_key text primary key, first_name text, last_name text, name text, time_zone text, locale text, notes text,
  tags text[], attributes jsonb not null, opted_out boolean not null) on commit delete rows`;

const BEGIN = `${STAGING}; begin; set local synchronous_commit = off`;

/** Writes a chunk. False when the import has ended or moved on meanwhile: then nothing of it is kept. Throws NOT_FOUND when its list is gone. */
export async function writeImportChunk(client: pg.PoolClient, chunk: ImportChunk): Promise<boolean> {
  await client.query(BEGIN);
  try {
    const status = await lockOwners(client, chunk);
    await stage(client, chunk.copyText);
    const inserted = chunk.dryRun ? await countNew(client, chunk) : await mergeContacts(client, chunk, status);
    if (!chunk.dryRun) await declareAttributes(client, chunk);
    await noteFindings(client, chunk);
    const kept = await recordChunk(client, chunk, countsOf(chunk, inserted));
    await client.query(kept ? 'commit' : 'rollback');
    return kept;
  } catch (error) {
    await client.query('rollback').catch(() => {}); // the connection itself may be gone; the first error is the one to tell
    throw error;
  }
}

async function stage(client: pg.PoolClient, copyText: string): Promise<void> {
  if (copyText === '') return;
  const copy = client.query(
    copyFrom(
      'copy import_rows (email, email_key, first_name, last_name, name, time_zone, locale, notes, tags, attributes, opted_out) from stdin',
    ),
  );
  await pipeline(Readable.from([copyText]), copy);
}

/** Rows in the text format of COPY. */
export function copyTextOf(rows: readonly ImportedRow[]): string {
  return rows.map(copyLine).join('');
}

function copyLine(row: ImportedRow): string {
  const { email, emailKey, firstName, lastName, name, timeZone, locale, notes, tags, attributes, optedOut } = row;
  let line = copyCell(email);
  for (const cell of [emailKey, firstName, lastName, name, timeZone, locale, notes]) line += `\t${copyCell(cell)}`;
  const tagList = tags === null ? '\\N' : copyCell(textArray(tags));
  return `${line}\t${tagList}\t${copyCell(jsonbText(attributes))}\t${optedOut ? 't' : 'f'}\n`;
}

function copyCell(value: string | null): string {
  if (value === null) return '\\N';
  if (!/[\\\t\n\r\0]/.test(value)) return value;
  return withoutNul(value).replace(
    /[\\\t\n\r]/g,
    (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[c] ?? c,
  );
}

/**
 * What foreign keys of contacts and subscriptions would do row by row. Returns what somebody becomes in the list: who is to
 * confirm by mail and has not agreed by the importer's word is not sent to.
 */
async function lockOwners(client: pg.PoolClient, { workspaceId, listId, consent }: ImportChunk): Promise<NewStatus> {
  const { rows } = await client.query<{ ok: boolean; asksFirst: boolean | null }>(
    `with w as (select 1 from workspaces where id = $1 for key share),
       l as (select opt_in from lists where id = $2 for key share)
     select exists (select 1 from w) and ($2::uuid is null or exists (select 1 from l)) as ok,
       (select opt_in = 'double' from l) as "asksFirst"`,
    [workspaceId, listId],
  );
  if (!rows[0]?.ok) throw new AppError('NOT_FOUND', 'The list of this import was deleted.');
  return rows[0].asksFirst && consent === null ? 'unconfirmed' : 'subscribed';
}

async function declareAttributes(client: pg.PoolClient, { workspaceId, inferred }: ImportChunk): Promise<void> {
  if (inferred.length === 0) return;
  await client.query(
    `insert into contact_attributes (workspace_id, name, type)
     select $1, a.name, a.type from unnest($2::text[], $3::text[]) as a(name, type) order by a.name on conflict do nothing`,
    [workspaceId, inferred.map(({ name }) => withoutNul(name)), inferred.map(({ type }) => type)],
  );
}

async function noteFindings(client: pg.PoolClient, { importId, findings }: ImportChunk): Promise<void> {
  if (Object.keys(findings).length === 0) return;
  const values = [importId, jsonbText(findings)];
  await client.query('update lead_imports set findings = $2 where id = $1 and findings <> $2', values);
}

/** Known rows that are left alone are skipped, the others updated; a row that repeats an earlier one is neither. */
function countsOf({ rows, mode }: ImportChunk, inserted: number) {
  const known = rows.filter((row) => !row.repeated).length - inserted;
  return { inserted, updated: mode === 'skip' ? 0 : known, skipped: mode === 'skip' ? known : 0 };
}
