// What a bulk action does to one chunk of contacts. Each is safe to do again. How many were not so before is answered.
//
// Locks: contacts in the order of their ids. An import locks them by address: two that meet may be ended by PostgreSQL, and
// whoever calls tries again (isRetryableConflict).
import { sql } from 'kysely';
import { MOST_TAGS } from '../domain/tags.ts';
import { BY_API, consentInsert } from './consents.ts';
import { changedTags } from './contacts.ts';
import type { Executor } from './database.ts';
import { jsonbText } from './jsonb.ts';

export interface ContactChunk {
  readonly workspaceId: string;
  readonly ids: readonly string[];
}

const locked = ({ workspaceId, ids }: ContactChunk) => sql`
  locked as materialized (
    select id from contacts where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) order by id for update)`;

export async function listExisting(db: Executor, { workspaceId, ids }: ContactChunk): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from contacts where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`.execute(db);
  return rows.map(({ id }) => id);
}

/** Who would have more than a hundred tags keeps those they have. */
export function changeTags(
  tx: Executor,
  chunk: ContactChunk,
  change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
): Promise<number> {
  const tags = changedTags(change);
  return rowsOf(
    tx,
    sql`with ${locked(chunk)} update contacts c set tags = ${tags}, updated_at = now() from locked
      where c.id = locked.id and c.tags is distinct from ${tags} and cardinality(${tags}) <= ${sql.lit(MOST_TAGS)}`,
  );
}

/** Null takes it out. */
export function setAttribute(
  tx: Executor,
  chunk: ContactChunk,
  { name, value }: { readonly name: string; readonly value: unknown },
): Promise<number> {
  const merged = sql`jsonb_strip_nulls(c.attributes || ${jsonbText({ [name]: value })}::jsonb)`;
  return rowsOf(
    tx,
    sql`with ${locked(chunk)} update contacts c set attributes = ${merged}, updated_at = now() from locked
      where c.id = locked.id and c.attributes is distinct from ${merged}`,
  );
}

/** Who unsubscribed from it stays so: that is to be remembered. */
export function leaveList(tx: Executor, chunk: ContactChunk, listId: string): Promise<number> {
  return rowsOf(
    tx,
    sql`delete from list_subscriptions s where s.list_id = ${listId} and s.contact_id = any(${chunk.ids}::uuid[])
      and s.status <> 'unsubscribed' and exists (select 1 from lists l where l.id = ${listId} and l.workspace_id = ${chunk.workspaceId})`,
  );
}

/** Contacts first, then their subscriptions, as everywhere. */
export async function deleteContacts(tx: Executor, chunk: ContactChunk): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    with ${locked(chunk)} delete from contacts c using locked where c.id = locked.id returning c.id`.execute(tx);
  const ids = rows.map(({ id }) => id);
  await sql`delete from list_subscriptions where contact_id = any(${ids}::uuid[])`.execute(tx);
  return ids.length;
}

/** With a record of it where they are taken to have unsubscribed from everything. */
export async function suppressContacts(
  tx: Executor,
  chunk: ContactChunk,
  why: { readonly reason: 'manual' | 'unsubscribed'; readonly source: string },
): Promise<number> {
  const people = sql`select c.id, c.email_key, null::uuid, null::text, 'unsubscribed'
    from made join contacts c on c.workspace_id = ${chunk.workspaceId} and c.email_key = made.email_key
    where made.reason = 'unsubscribed'`;
  const { rows } = await sql<{ rows: number }>`
    with made as (
      insert into suppressions (workspace_id, email, email_key, reason, source)
      select c.workspace_id, c.email, c.email_key, ${why.reason}, ${why.source} from contacts c
      where c.workspace_id = ${chunk.workspaceId} and c.id = any(${chunk.ids}::uuid[]) order by c.email_key
      on conflict (workspace_id, email_key) do update set reason = excluded.reason, source = excluded.source, expires_at = null
      where suppressions.expires_at is not null returning email_key, reason
    ), recorded as (${consentInsert(chunk.workspaceId, people, { ...BY_API, source: why.source })})
    select count(*)::int as rows from made`.execute(tx);
  return rows[0]?.rows ?? 0;
}

/** From one list, or from all that they are in, with a record of each. How many contacts were in one. */
export async function unsubscribeContacts(
  tx: Executor,
  chunk: ContactChunk,
  { listId, source }: { readonly listId: string | null; readonly source: string },
): Promise<number> {
  const people = sql`select c.id, c.email_key, l.id, l.name, 'unsubscribed'
    from changed x join contacts c on c.id = x.contact_id join lists l on l.id = x.list_id`;
  const { rows } = await sql<{ rows: number }>`
    with ${locked(chunk)}, changed as (
      update list_subscriptions s set status = 'unsubscribed', changed_at = now() from locked
      where s.contact_id = locked.id and s.status <> 'unsubscribed' and ${listId === null ? sql`true` : sql`s.list_id = ${listId}`}
      returning s.contact_id, s.list_id
    ), recorded as (${consentInsert(chunk.workspaceId, people, { ...BY_API, source })})
    select count(distinct contact_id)::int as rows from changed`.execute(tx);
  return rows[0]?.rows ?? 0;
}

async function rowsOf(tx: Executor, statement: ReturnType<typeof sql>): Promise<number> {
  return Number((await statement.execute(tx)).numAffectedRows ?? 0);
}
