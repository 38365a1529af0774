// Walks over the contacts of a workspace in id order and finds those a condition holds for, however few they are: a stretch
// at a time, each read by contacts_workspace and no longer than it takes about 200 ms. The LIMIT inside is also a fence:
// the condition is asked of the stretch, and never answered by an index that knows it for everybody.
// Holds no lock and no transaction between stretches.

import type { HotExecutor } from './database.ts';
import type { Condition } from './segment-count.ts';

const FIRST_ROWS = 5000;
const MOST_ROWS = 50_000;
const STRETCH_MS = 200;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const BEHIND_ALL = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export interface Walk {
  /** `each` of the conditions: it is asked of every contact on the way. $1 is the workspace. */
  readonly condition: Condition;
  readonly order: 'asc' | 'desc';
  /** The id behind which it begins; null: at the beginning. */
  readonly from: string | null;
  readonly limit: number;
  /** It ends with the stretch in which this has passed. */
  readonly budgetMs: number;
}

export interface Walked {
  /** Of those it holds for, in order. */
  readonly ids: readonly string[];
  /** The last contact that was looked at; null: none was there. */
  readonly cursor: string | null;
  /** Everybody was looked at. */
  readonly isDone: boolean;
}

export async function walkContacts(db: HotExecutor, walk: Walk): Promise<Walked> {
  const begun = performance.now();
  const ids: string[] = [];
  let cursor = walk.from;
  let rows = Math.min(Math.max(walk.limit, 100), FIRST_ROWS);
  for (;;) {
    const stretchBegun = performance.now();
    const stretch = await readStretch(db, walk, cursor, rows);
    const room = walk.limit - ids.length;
    const hits = stretch.filter(({ hit }) => hit).slice(0, room);
    ids.push(...hits.map(({ id }) => id));
    const isFull = ids.length >= walk.limit;
    const last = isFull ? hits.at(-1) : stretch.find(({ n }) => n === rows);
    if (!last) return { ids, cursor: stretch.at(-1)?.id ?? cursor, isDone: true };
    cursor = last.id;
    if (isFull || performance.now() - begun > walk.budgetMs) return { ids, cursor, isDone: false };
    const pace = STRETCH_MS / Math.max(performance.now() - stretchBegun, 1);
    rows = Math.round(Math.min(Math.max(rows * Math.min(pace, 4), 200), MOST_ROWS));
  }
}

interface Step {
  readonly id: string;
  readonly n: number;
  readonly hit: boolean;
}

/** Those it holds for, and the last of the stretch whether it does or not. */
async function readStretch(db: HotExecutor, walk: Walk, from: string | null, rows: number): Promise<Step[]> {
  const { condition, order } = walk;
  const given = condition.values.list.length;
  const { rows: steps } = await db.query<Step>(stretchSql(condition, order, given), [
    ...condition.values.list,
    from ?? (order === 'asc' ? BEFORE_ALL : BEHIND_ALL),
    rows,
  ]);
  return steps;
}

function stretchSql(condition: Condition, order: 'asc' | 'desc', given: number): string {
  const after = order === 'asc' ? '>' : '<';
  return `select c.id, c.n::int as n, c.hit from (
      select c.id, c.n, ${condition.sql} as hit from (
        select c.*, row_number() over (order by c.id ${order}) as n from contacts c
        where c.workspace_id = $1 and c.id ${after} $${given + 1}::uuid order by c.id ${order} limit $${given + 2}::int) c) c
    where c.hit or c.n = $${given + 2}::int order by c.n`;
}
