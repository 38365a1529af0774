import { type CheckedFilter, clausesOf } from '../domain/segment-clause.ts';
import type { ListAudience } from './campaigns.ts';
import type { Condition } from './segment-count.ts';
import type { SegmentSend } from './segment-sends.ts';
import { type FilterContext, filterSql } from './segment-sql.ts';
import { SqlValues } from './sql-values.ts';
import { notSuppressedSql, suppressedSql } from './suppressed.ts';

/** The segments of an audience as they stood when the campaign was launched: campaigns.audience_filters. */
export interface AudienceFilters {
  /** By whose clocks days begin. */
  readonly zone: string;
  readonly include: readonly FrozenSegment[];
  readonly exclude: readonly FrozenSegment[];
}

export interface FrozenSegment {
  readonly id: string;
  readonly name: string;
  readonly filter: CheckedFilter;
}

/** An audience in which segments play a part, and everything that decides who belongs to it. */
export interface SegmentAudience {
  readonly workspaceId: string;
  readonly audience: ListAudience;
  readonly filters: AudienceFilters;
  readonly sends: readonly SegmentSend[];
  /** What relative dates are reckoned from. */
  readonly moment: Date;
  /** Contacts that were made later do not belong to it. */
  readonly madeUntil: Date;
}

/** Who belongs to it, whether they may be sent to or not: in a list or a segment, and in none that is excluded. */
export function membersCondition(of: SegmentAudience, lookups: FilterContext['lookups']): Condition {
  const { audience, filters } = of;
  const context = contextOf(of, lookups);
  const { values } = context;
  const included = [
    ...(audience.listIds.length === 0 ? [] : [inLists(audience.listIds, '', context)]),
    ...filters.include.map(({ filter }) => filterSql(filter, context)),
  ];
  const excluded = exclusionsOf(of, context);
  const parts = [
    `(${included.join(' or ') || 'false'})`,
    `c.created_at <= ${values.add(of.madeUntil, 'timestamptz')}`,
    ...excluded,
  ];
  return { sql: `(${parts.join(' and ')})`, values };
}

/** Those of them who would be sent to now. */
export function recipientsCondition(of: SegmentAudience, lookups: FilterContext['lookups']): Condition {
  const { sql, values } = membersCondition(of, lookups);
  const allowed =
    lookups === 'all' ? notSuppressedSql('$1', 'c.email_key') : `not ${suppressedSql('$1', 'c.email_key')}`;
  const bound =
    of.audience.listIds.length === 0 ? '' : ` and not ${boundSql(values.add(of.audience.listIds, 'uuid[]'))}`;
  return { sql: `(${sql} and ${allowed}${bound})`, values };
}

/** Who is in one of these lists, and subscribed in none of them: the rule of the gate (hot/gate-rows.ts). */
function boundSql(listIds: string): string {
  return `(not coalesce((select bool_or(ls.status = 'subscribed') from list_subscriptions ls
    where ls.contact_id = c.id and ls.list_id = any(${listIds})), true))`;
}

/** The excluded segments alone, as a condition with parameters behind those that are given. */
export function excludedSegmentsSql(of: SegmentAudience, values: SqlValues): string {
  const context = { ...contextOf(of, 'each'), values };
  return of.filters.exclude
    .map(({ filter }) => ` and ${filterSql({ kind: 'not', filters: [filter] }, context)}`)
    .join('');
}

/** The lists its segments ask about. */
export function listsOf({ filters }: SegmentAudience): string[] {
  const clauses = [...filters.include, ...filters.exclude].flatMap(({ filter }) => clausesOf(filter));
  return clauses.flatMap((clause) => (clause.kind === 'lists' ? clause.ids : []));
}

function exclusionsOf({ audience, filters }: SegmentAudience, context: FilterContext): string[] {
  return [
    ...(audience.excludeListIds.length === 0
      ? []
      : [`not ${inLists(audience.excludeListIds, `and ls.status = 'subscribed'`, context)}`]),
    ...filters.exclude.map(({ filter }) => filterSql({ kind: 'not', filters: [filter] }, context)),
  ];
}

function inLists(listIds: readonly string[], and: string, { values, lookups }: FilterContext): string {
  const row = `from list_subscriptions ls where ls.contact_id = c.id and ls.list_id = any(${values.add(listIds, 'uuid[]')}) ${and}`;
  return lookups === 'each' ? `coalesce((select true ${row} limit 1), false)` : `exists (select 1 ${row})`;
}

function contextOf(of: SegmentAudience, lookups: FilterContext['lookups']): FilterContext {
  return {
    workspace: '$1',
    values: new SqlValues([of.workspaceId]),
    lookups,
    moment: of.moment,
    zone: of.filters.zone,
    sends: of.sends,
  };
}
