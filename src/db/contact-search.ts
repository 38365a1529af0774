// Finds contacts, newest first, among ten million, whatever is asked for and however rare it is. No page reads more than
// MOST_WALKED contacts, nor asks an index for longer than MOST_MS; so where neither finds a whole page it comes back short, with the
// place to go on from. The newest contacts are looked through first (what is common stands there), then the index that knows
// everybody who fits is asked, and when those are too many to be sorted the walk goes on.
//
// Plans do not depend on statistics: a workspace that was filled after the last ANALYZE has no rows by them, any index is then
// as good as another, and a page would read all contacts (migrations/0014 tells how that was met before). So each statement
// fits one index only, by its order, and sorting is switched off for the transaction; contact-plans.test.ts holds it to that.
// Locks: none. Indexes: contacts_workspace for the walk, list_subscriptions' key for one of a list, those of 0018 for the rest.
// Rejected: `where … order by id desc limit 50` alone: 10 million rows for a rare name, and for a workspace of ten by the
// primary key; keyset pages in the order of each index: a match by address and one by name cannot be put into one order.
import { type RawBuilder, sql } from 'kysely';
import { type ContactFilter, type ContactSource, contactConditions, isSearching, sourcesOf } from './contact-filter.ts';
import type { ContactRow } from './contacts.ts';
import { type Executor, inTransaction } from './database.ts';

export interface PagePlace {
  /** Contacts older than this one. */
  readonly before: string | null;
  readonly limit: number;
}

export interface FoundContacts {
  readonly rows: ContactRow[];
  /** Where the next page goes on: older than this contact; null: there are no more. A page may be short and still go on. */
  readonly next: string | null;
}

const FIRST_WALKED = 2000;
const MOST_WALKED = 20_000;
/** An index is asked for so long, then the walk goes on. */
const MOST_MS = 80;
const TIMED_OUT = '57014';
/** Contacts that are fetched by their ids at once, at most. */
const SLICE = 1000;

const NEWEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const OLDEST = '00000000-0000-0000-0000-000000000000';

/** In a transaction of its own: it sets how statements are planned. */
export function searchContacts(db: Executor, filter: ContactFilter, place: PagePlace): Promise<FoundContacts> {
  return inTransaction(db, (tx) => search(tx, filter, place));
}

async function search(tx: Executor, filter: ContactFilter, place: PagePlace): Promise<FoundContacts> {
  const wanted = place.limit + 1;
  await planBy(tx, 'order');
  const before = place.before ?? NEWEST;
  const fetched = async (ids: readonly string[]) =>
    cut({ rows: await fetchSome(tx, filter, ids, before, wanted), end: null }, place.limit);
  if (filter.ids) return fetched(newestFirst(filter.ids));
  const first = await walk(tx, filter, before, { rows: Math.max(FIRST_WALKED, 2 * wanted), wanted });
  if (first.rows.length >= wanted || first.end === null) return cut(first, place.limit);
  const ids = isSearching(filter) ? await findCandidates(tx, filter) : null;
  if (ids) return fetched(ids);
  const more = await walk(tx, filter, first.end, { rows: MOST_WALKED, wanted: wanted - first.rows.length });
  return cut({ rows: [...first.rows, ...more.rows], end: more.end }, place.limit);
}

interface Walked {
  readonly rows: ContactRow[];
  /** The last contact that was looked at; null: there are no older ones. */
  readonly end: string | null;
}

function cut({ rows, end }: Walked, limit: number): FoundContacts {
  if (rows.length <= limit) return { rows, next: end };
  const shown = rows.slice(0, limit);
  return { rows: shown, next: shown.at(-1)?.id ?? null };
}

/** For the rest of the transaction. `order`: nothing is sorted, so the one index that gives the order is read; `bitmap`: GIN. */
export async function planBy(tx: Executor, means: 'order' | 'bitmap'): Promise<void> {
  const order = means === 'order';
  const settings = {
    enable_seqscan: false,
    enable_sort: false,
    enable_hashjoin: false,
    enable_mergejoin: false,
    enable_indexscan: order,
    enable_indexonlyscan: order,
    enable_bitmapscan: !order,
  };
  const set = Object.entries(settings).map(
    ([name, on]) => sql`set_config(${sql.lit(name)}, ${sql.lit(on ? 'on' : 'off')}, true)`,
  );
  await sql`select ${sql.join(set)}`.execute(tx);
}

/** The contacts among the next `rows` older than `before` that fit, `wanted` at most. */
async function walk(
  tx: Executor,
  filter: ContactFilter,
  before: string,
  most: { readonly rows: number; readonly wanted: number },
): Promise<Walked> {
  const { rows } = await sql<ContactRow>`${walkOf(filter, before, most.rows)} limit ${most.wanted}`.execute(tx);
  if (rows.length >= most.wanted) return { rows, end: rows.at(-1)?.id ?? null };
  const { rows: ends } = await endOf(filter, before, most.rows).execute(tx);
  return { rows, end: ends[0]?.id ?? null };
}

function walkOf(filter: ContactFilter, before: string, rows: number): RawBuilder<ContactRow> {
  const { workspaceId, listId, status, ...rest } = filter;
  if (listId === undefined)
    return sql`select c.* from (select c.* from ${contactsBefore(workspaceId, before)} limit ${rows}) c
      where ${contactConditions(filter)} order by c.workspace_id desc, c.id desc`;
  return sql`select c.* from (select s.* from ${membersBefore(listId, status, before)} limit ${rows}) s
    cross join lateral (select c.* from contacts c where c.id = s.contact_id offset 0) c
    where c.workspace_id = ${workspaceId} and ${status === undefined ? sql`true` : sql`s.status = ${status}`}
      and ${contactConditions({ workspaceId, ...rest })} order by s.list_id desc, s.contact_id desc`;
}

function endOf({ workspaceId, listId, status }: ContactFilter, before: string, rows: number) {
  return listId === undefined
    ? sql<{ id: string }>`select c.id from ${contactsBefore(workspaceId, before)} offset ${rows - 1} limit 1`
    : sql<{
        id: string;
      }>`select s.contact_id as id from ${membersBefore(listId, status, before)} offset ${rows - 1} limit 1`;
}

/** By rows of (workspace, id): with `workspace_id = …` the primary key would give the same order, over all workspaces. */
function contactsBefore(workspaceId: string, before: string): RawBuilder<unknown> {
  return sql`contacts c where (c.workspace_id, c.id) < (${workspaceId}::uuid, ${before}::uuid)
    and (c.workspace_id, c.id) > (${workspaceId}::uuid, ${OLDEST}::uuid) order by c.workspace_id desc, c.id desc`;
}

function membersBefore(listId: string, status: string | undefined, before: string): RawBuilder<unknown> {
  const left = status === undefined || status === 'subscribed' ? sql`true` : sql`s.status <> 'subscribed'`;
  return sql`list_subscriptions s where (s.list_id, s.contact_id) < (${listId}::uuid, ${before}::uuid)
    and (s.list_id, s.contact_id) > (${listId}::uuid, ${OLDEST}::uuid) and ${left} order by s.list_id desc, s.contact_id desc`;
}

/** Everybody who fits one of the conditions, newest first; null when each of them fits more than can be listed in time. */
async function findCandidates(tx: Executor, filter: ContactFilter): Promise<string[] | null> {
  if (filter.ids) return newestFirst(filter.ids);
  for (const source of sourcesOf(filter)) {
    const ids = await listInTime(tx, source);
    if (ids) return newestFirst(ids);
  }
  return null;
}

/** Null when they are too many, or it took too long: that depends on what is in memory. */
async function listInTime(tx: Executor, { kind, parts }: ContactSource): Promise<string[] | null> {
  await sql`savepoint candidates`.execute(tx);
  await planBy(tx, kind === 'gin' ? 'bitmap' : 'order');
  const found: string[] = [];
  const end = performance.now() + MOST_MS;
  try {
    for (const { most, query } of parts) {
      const left = Math.max(1, Math.round(end - performance.now()));
      await sql`select set_config('statement_timeout', ${sql.lit(String(left))}, true)`.execute(tx);
      const { rows } = await query.execute(tx);
      if (rows.length >= most) return null;
      for (const { id } of rows) found.push(id);
    }
    return found;
  } catch (error) {
    if ((error as { code?: unknown }).code !== TIMED_OUT) throw error;
    return null;
  } finally {
    // Also takes the settings back.
    await sql`rollback to savepoint candidates`.execute(tx);
  }
}

function newestFirst(ids: readonly string[]): string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))].sort().reverse();
}

async function fetchSome(
  tx: Executor,
  filter: ContactFilter,
  ids: readonly string[],
  before: string,
  wanted: number,
): Promise<ContactRow[]> {
  const older = ids.filter((id) => id < before);
  const found: ContactRow[] = [];
  // Mostly all of them fit: as many as are wanted, and more only where they do not.
  for (let at = 0, slice = wanted; at < older.length && found.length < wanted; slice = Math.min(SLICE, 2 * slice)) {
    found.push(...(await fetchSlice(tx, filter, older.slice(at, at + slice))));
    at += slice;
  }
  return found;
}

/** In the order of the ids. One look-up each by the primary key, whatever else could be tried. */
async function fetchSlice(tx: Executor, filter: ContactFilter, ids: readonly string[]): Promise<ContactRow[]> {
  const { rows } = await sql<ContactRow>`
    select c.* from unnest(${ids}::uuid[]) as i(id)
    cross join lateral (select c.* from contacts c where c.id = i.id offset 0) c
    where c.workspace_id = ${filter.workspaceId} and ${contactConditions(filter)}`.execute(tx);
  return rows.sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** How many fit, of those older than `before`. Quick where few do; else everybody is looked at. */
export async function countContacts(
  db: Executor,
  filter: ContactFilter,
  before: string | null = null,
): Promise<number> {
  return countAmong(db, filter, await candidatesOf(db, filter), before);
}

/** The same, where an index knows everybody who may fit; null where that would be to look at everybody. */
export async function countFound(db: Executor, filter: ContactFilter): Promise<number | null> {
  const ids = await candidatesOf(db, filter);
  return ids === null ? null : countAmong(db, filter, ids, null);
}

async function candidatesOf(db: Executor, filter: ContactFilter): Promise<string[] | null> {
  return isSearching(filter) ? inTransaction(db, (tx) => findCandidates(tx, filter)) : null;
}

async function countAmong(
  db: Executor,
  filter: ContactFilter,
  ids: readonly string[] | null,
  before: string | null,
): Promise<number> {
  const fits = contactConditions(filter);
  const among = ids === null ? sql`true` : sql`c.id = any(${ids}::uuid[])`;
  const older = before === null ? sql`true` : sql`c.id < ${before}::uuid`;
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from contacts c
    where c.workspace_id = ${filter.workspaceId} and ${older} and ${among} and ${fits}`.execute(db);
  return rows[0]?.count ?? 0;
}
