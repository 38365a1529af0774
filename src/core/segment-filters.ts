import { listAttributes } from '../db/contact-attributes.ts';
import type { Executor } from '../db/database.ts';
import { findMissingLists } from '../db/lists.ts';
import type { Condition } from '../db/segment-count.ts';
import { findNames } from '../db/segment-names.ts';
import { listSegmentSends } from '../db/segment-sends.ts';
import { filterSql } from '../db/segment-sql.ts';
import { SqlValues } from '../db/sql-values.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { type CheckedFilter, clausesOf } from '../domain/segment-clause.ts';
import { readFilter } from '../domain/segment-filter.ts';
import { describeFilter } from '../domain/segment-words.ts';
import { AppError } from '../errors.ts';
import type { WorkspaceDefaults } from './campaign-schedule.ts';
import { invalid } from './content.ts';

/** Checks a filter against what the workspace declares. Throws VALIDATION with every finding and its path. */
export async function checkFilter(
  db: Executor,
  workspaceId: string,
  given: unknown,
  path = 'filter',
): Promise<CheckedFilter> {
  const attributes = await listAttributes(db, workspaceId);
  const reading = readFilter(given, new Map(attributes.map(({ name, type }) => [name, type])), path);
  if (reading.ok) return reading.filter;
  const [first] = reading.findings;
  const more = reading.findings.length > 1 ? ` (and ${reading.findings.length - 1} more)` : '';
  throw new AppError('VALIDATION', `${first?.path} ${first?.message}${more}. Nothing was done.`, {
    details: reading.findings,
  });
}

/** The lists and campaigns a filter names have to be there when it is written; what is removed later matches nobody. */
export async function checkReferences(db: Executor, workspaceId: string, filter: CheckedFilter): Promise<void> {
  const clauses = clausesOf(filter);
  const listIds = clauses.flatMap((clause) => (clause.kind === 'lists' ? clause.ids : []));
  const missing = await findMissingLists(db, workspaceId, [...new Set(listIds)]);
  if (missing.length > 0) throw invalid('filter', `there is no list ${missing.join(', ')} in this workspace`);
  const campaignIds = clauses.flatMap((clause) => (clause.kind === 'activity' ? (clause.campaignIds ?? []) : []));
  const known = await findNames(db, workspaceId, { listIds: [], campaignIds });
  const unknown = campaignIds.filter((id) => !known.has(id));
  if (unknown.length > 0) throw invalid('filter', `there is no campaign ${unknown.join(', ')} in this workspace`);
}

/** Everything a filter is turned into SQL with, as things are now. */
export async function conditionsOf(
  db: Executor,
  workspaceId: string,
  filter: CheckedFilter,
  moment = new Date(),
): Promise<{ all: Condition; each: Condition }> {
  const { settings } = await getWorkspace(db, workspaceId);
  const zone = (settings as WorkspaceDefaults).timezone ?? 'UTC';
  const asksActivity = clausesOf(filter).some(({ kind }) => kind === 'activity');
  const sends = asksActivity ? await listSegmentSends(db, workspaceId) : [];
  const made = (lookups: 'all' | 'each') => {
    const values = new SqlValues([workspaceId]);
    return { sql: filterSql(filter, { workspace: '$1', values, lookups, moment, zone, sends }), values };
  };
  return { all: made('all'), each: made('each') };
}

/** The filter in plain words, with the names of the lists and campaigns in it. */
export async function filterWords(db: Executor, workspaceId: string, filter: CheckedFilter): Promise<string> {
  const clauses = clausesOf(filter);
  const listIds = clauses.flatMap((clause) => (clause.kind === 'lists' ? clause.ids : []));
  const campaignIds = clauses.flatMap((clause) => (clause.kind === 'activity' ? (clause.campaignIds ?? []) : []));
  return describeFilter(filter, await findNames(db, workspaceId, { listIds, campaignIds }));
}
