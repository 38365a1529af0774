// How many contacts of a workspace a condition holds for: exactly where that is quick, and otherwise from a random sample.
//
// The sample: contacts_sample holds every sixteenth contact of any workspace by a hash of its id. A stretch of hashes is a
// simple random sample of the workspace, whatever order its contacts came in; rows of one block of the table are not, they
// were imported together and are alike. Stretches follow each other, each as long as the time that is left allows, so the
// answer takes the same time for a hundred thousand contacts and for ten million, and for cheap conditions and dear ones.
// Figures, and what was rejected: docs/adr/0017-counts-are-exact-or-tell-their-margin.md.
import type pg from 'pg';
import { type Estimate, estimateFrom } from '../domain/estimate.ts';
import type { SqlValues } from './sql-values.ts';

/** What it may take until an exact count is given up, and until the sample has to be enough; the size comes on top. */
const EXACT_MS = 70;
const WHOLE_MS = 100;
const LEAST_MS = 40;
/** Workspaces with no more contacts than `people` are counted to the last one, for as long as `ms` allow. */
export interface Patience {
  readonly people: number;
  readonly ms: number;
}
/** For who counts while typing: only a machine that stood still can have been too slow for so few. */
const TYPING: Patience = { people: 2000, ms: 1000 };
/** For who is about to send to them: half a million took a second at most (docs/adr/0017). */
export const DECIDING: Patience = { people: 500_000, ms: 5000 };
const SIZE_MS = 20;
/** An exact count that PostgreSQL expects to cost more than this, in its units, is not begun. */
const MOST_EXACT_COST = 60_000;
const FIRST_ROWS = 200;
const LEAST_ROWS = 50;
const MOST_ROWS = 20_000;
const MOST_GROWTH = 3;

/** The first hash of the sample, and the one behind its last (the predicate of contacts_sample). */
const FIRST_HASH = -(2 ** 31);
const END_HASH = -1_879_048_192;
const HASHES = 2 ** 32;
/** The size of a workspace is taken from this share of it: of ten million that is right to half a percent. */
const SIZE_SHARE = 1 / 256;

export interface Condition {
  /** Over `contacts c`; $1 is the workspace. */
  readonly sql: string;
  readonly values: SqlValues;
}

export interface ContactCount extends Estimate {
  readonly exact: boolean;
}

/**
 * Counts in about a tenth of a second, or with as much `patience` as is given. `all` is for a count over everybody, `each` for a sample (FilterContext.lookups).
 * `client` must not be inside a transaction.
 */
export async function countOrEstimate(
  client: pg.PoolClient,
  workspaceId: string,
  conditions: { readonly all: Condition; readonly each: Condition },
  patience = TYPING,
): Promise<ContactCount> {
  const deadline = performance.now() + WHOLE_MS;
  const exact = await countQuickly(client, conditions.all);
  if (exact !== null) return exactly(exact);
  const { population, ...estimated } = await estimate(client, workspaceId, conditions.each, deadline);
  const late = population <= patience.people ? await countExactly(client, conditions.all, patience.ms) : null;
  return late === null ? { ...estimated, exact: false } : exactly(late);
}

/** However long it takes, to `timeoutMs`. */
export async function countExactly(
  client: pg.PoolClient,
  condition: Condition,
  timeoutMs: number,
): Promise<number | null> {
  const rows = await within<{ count: number }>(client, timeoutMs, '', countSql(condition), condition.values.list);
  return rows?.[0]?.count ?? null;
}

/** How many there are of each value of an expression over `c`; null when it takes longer. */
export async function countGroups(
  client: pg.PoolClient,
  { sql, values }: Condition,
  expression: string,
  timeoutMs: number,
): Promise<Array<{ value: string | null; rows: number }> | null> {
  const text = `select ${expression} as value, count(*) as rows from contacts c where c.workspace_id = $1 and ${sql} group by 1`;
  return within(client, timeoutMs, '', text, values.list);
}

function exactly(count: number): ContactCount {
  return { count, exact: true, atLeast: count, atMost: count };
}

function countSql({ sql }: Condition): string {
  return `select count(*) as count from contacts c where c.workspace_id = $1 and ${sql}`;
}

async function countQuickly(client: pg.PoolClient, condition: Condition): Promise<number | null> {
  const plans = await within<{ 'QUERY PLAN': [{ Plan: { 'Total Cost': number } }] }>(
    client,
    EXACT_MS,
    '',
    `explain (format json) ${countSql(condition)}`,
    condition.values.list,
  );
  const cost = plans?.[0]?.['QUERY PLAN'][0].Plan['Total Cost'];
  return cost === undefined || cost > MOST_EXACT_COST ? null : countExactly(client, condition, EXACT_MS);
}

interface Stretch {
  readonly rows: number;
  readonly hits: number;
  /** Where the next one begins; null: the sample is at its end. */
  readonly next: number | null;
}

/** By the sample alone, until `deadline` by performance.now(). */
export async function estimate(
  client: pg.PoolClient,
  workspaceId: string,
  condition: Condition,
  deadline: number,
): Promise<Estimate & { readonly population: number }> {
  const left = () => deadline - performance.now();
  const found = { rows: 0, hits: 0, seen: FIRST_HASH };
  let wanted = FIRST_ROWS;
  while (wanted >= LEAST_ROWS) {
    const begun = performance.now();
    const stretch = await readStretch(client, workspaceId, condition, found.seen, wanted, Math.max(left(), LEAST_MS));
    if (!stretch) {
      // Too many rows of which nothing is in memory. Who knows nothing yet asks for fewer, which are by now.
      wanted = found.rows === 0 ? wanted / 2 : 0;
      continue;
    }
    found.rows += stretch.rows;
    found.hits += stretch.hits;
    found.seen = stretch.next ?? END_HASH;
    const perRow = (performance.now() - begun) / Math.max(stretch.rows, 1);
    // Rows that nobody has read for long take several times as long as the ones before, and who waits in vain learns nothing.
    const inTime = Math.floor((left() / perRow) * 0.6);
    wanted = stretch.next === null ? 0 : Math.min(MOST_ROWS - found.rows, found.rows * MOST_GROWTH, inTime);
  }
  const size = await sizeOf(client, workspaceId, found);
  return { ...estimateFrom({ ...found, ...size }), population: size.population };
}

async function readStretch(
  client: pg.PoolClient,
  workspaceId: string,
  condition: Condition,
  from: number,
  wanted: number,
  timeoutMs: number,
): Promise<Stretch | null> {
  const { values } = condition;
  const rows = await within<{ rows: number; hits: number; last: number | null }>(
    client,
    timeoutMs,
    BY_INDEX,
    `select count(*) as rows, count(*) filter (where ${condition.sql}) as hits, max(c.hash) as last
     from (${sampleSql(values.list.length)}) c where $1::uuid is not null`,
    [...values.list, workspaceId, from, wanted],
  );
  const stretch = rows?.[0];
  if (!stretch) return null;
  const next = stretch.rows < wanted || stretch.last === null ? null : stretch.last + 1;
  return { rows: stretch.rows, hits: stretch.hits, next };
}

/** A stretch of the sample. Parameters behind those that are given: workspace, first hash, rows. */
function sampleSql(given: number): string {
  return `select c.*, uuid_hash(c.id) as hash from contacts c
    where c.workspace_id::text = $${given + 1} and uuid_hash(c.id) < ${END_HASH} and uuid_hash(c.id) >= $${given + 2}::int
    order by uuid_hash(c.id) limit $${given + 3}`;
}

/** What those of the sample for whom it holds say of an expression over `c`, as shares of 1. */
export async function sharesOf(
  client: pg.PoolClient,
  workspaceId: string,
  condition: Condition,
  expression: string,
): Promise<Array<{ value: string | null; share: number }>> {
  const { sql, values } = condition;
  const { rows } = await client.query<{ value: string | null; rows: number }>(
    `select ${expression} as value, count(*) as rows from (${sampleSql(values.list.length)}) c
     where $1::uuid is not null and ${sql} group by 1 order by 2 desc`,
    [...values.list, workspaceId, FIRST_HASH, MOST_ROWS],
  );
  const all = rows.reduce((sum, row) => sum + row.rows, 0);
  return rows.map((row) => ({ value: row.value, share: row.rows / all }));
}

/**
 * How many contacts the workspace has. From the index alone where the table was vacuumed since; where that takes too long,
 * or the stretches were longer, from how many there were in those.
 */
async function sizeOf(client: pg.PoolClient, workspaceId: string, found: { rows: number; seen: number }) {
  const share = (found.seen - FIRST_HASH) / HASHES;
  const end = FIRST_HASH + Math.floor(HASHES * SIZE_SHARE);
  const counted =
    share >= SIZE_SHARE
      ? null
      : await within<{ rows: number }>(
          client,
          SIZE_MS,
          BY_INDEX,
          `select count(*) as rows from contacts c
           where c.workspace_id::text = $1 and uuid_hash(c.id) < ${END_HASH} and uuid_hash(c.id) < $2::int`,
          [workspaceId, end],
        );
  return counted?.[0] ? sizeFrom(counted[0].rows, SIZE_SHARE) : sizeFrom(found.rows, share);
}

function sizeFrom(rows: number, share: number): { population: number; populationError: number } {
  // Of none in a share there may be as many as a share of 1 would show with 5 in 100.
  if (rows === 0) return { population: share === 0 ? 0 : -Math.log(0.05) / share, populationError: 0 };
  return { population: rows / share, populationError: Math.sqrt((1 - share) / rows) };
}

/** There is one index for these, and no statistics say so. */
const BY_INDEX = 'set local enable_seqscan = off; set local max_parallel_workers_per_gather = 0;';
const TIMED_OUT = '57014';

/** One statement in a transaction of its own; null when it takes longer than that. */
async function within<Row extends pg.QueryResultRow>(
  client: pg.PoolClient,
  timeoutMs: number,
  settings: string,
  text: string,
  values: readonly unknown[],
): Promise<Row[] | null> {
  await client.query(
    `begin read only; set local statement_timeout = ${Math.ceil(timeoutMs)}; set local jit = off; ${settings}`,
  );
  try {
    const { rows } = await client.query<Row>(text, [...values]);
    await client.query('commit');
    return rows;
  } catch (error) {
    await client.query('rollback').catch(() => {}); // the connection itself may be gone; the first error is the one to tell
    if ((error as { code?: unknown }).code === TIMED_OUT) return null;
    throw error;
  }
}
