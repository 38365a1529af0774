import type { SegmentCount } from '../contract/segments.ts';
import { onConnection } from '../db/on-connection.ts';
import { countExactly, countOrEstimate } from '../db/segment-count.ts';
import { noteCount } from '../db/segments.ts';
import type { CheckedFilter } from '../domain/segment-clause.ts';
import { AppError } from '../errors.ts';
import type { Caller, Core } from './context.ts';
import { checkFilter, conditionsOf, filterWords } from './segment-filters.ts';
import { getSegmentRow } from './segments.ts';

type CountCore = Pick<Core, 'db'>;

/** So long an exact count is given again instead of looking at everybody once more. */
const FRESH_MS = 60_000;
/** Ten million contacts took 2.5 to 37 s, by the filter. */
const MOST_EXACT_MS = 120_000;

/** How many contacts a filter holds for, in about a tenth of a second: exactly, or by a sample and with its margin. */
export async function countFilter(core: CountCore, caller: Caller, given: unknown): Promise<SegmentCount> {
  const { workspaceId } = caller;
  return count(core, workspaceId, await checkFilter(core.db.sql, workspaceId, given));
}

/** The same of a segment; `exact` looks at everybody, however long that takes, unless that was done within a minute. */
export async function countSegment(core: CountCore, caller: Caller, id: string, exact = false): Promise<SegmentCount> {
  const { workspaceId } = caller;
  const segment = await getSegmentRow(core, caller, id);
  const filter = await checkFilter(core.db.sql, workspaceId, segment.filter);
  const { counted, countedAt } = segment;
  if (!exact) return count(core, workspaceId, filter);
  const description = await filterWords(core.db.sql, workspaceId, filter);
  if (counted !== null && countedAt && Date.now() - countedAt.getTime() < FRESH_MS)
    return told(Number(counted), countedAt, description);
  const moment = new Date();
  const { all } = await conditionsOf(core.db.sql, workspaceId, filter, moment);
  const found = await onConnection(core.db.pool, (client) => countExactly(client, all, MOST_EXACT_MS));
  if (found === null)
    throw new AppError(
      'COUNT_TOO_LONG',
      `Looking at every contact took longer than ${MOST_EXACT_MS / 1000} s and was given up. Ask without exact=true for an estimate with its margin.`,
    );
  await noteCount(core.db.sql, segment, found, moment);
  return told(found, moment, description);
}

async function count(core: CountCore, workspaceId: string, filter: CheckedFilter): Promise<SegmentCount> {
  const moment = new Date();
  const conditions = await conditionsOf(core.db.sql, workspaceId, filter, moment);
  const description = await filterWords(core.db.sql, workspaceId, filter);
  const result = await onConnection(core.db.pool, (client) => countOrEstimate(client, workspaceId, conditions));
  if (result.exact) return told(result.count, moment, description);
  const margin = Math.max(result.count - result.atLeast, result.atMost - result.count);
  return { ...result, margin, countedAt: moment.toISOString(), description };
}

function told(found: number, moment: Date, description: string): SegmentCount {
  return { count: found, exact: true, atLeast: found, atMost: found, countedAt: moment.toISOString(), description };
}
