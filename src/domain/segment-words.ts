import type { Activity, ActivityClause, CheckedFilter, Clause, DateClause, Source } from './segment-clause.ts';

/** Names of the lists and campaigns that a filter has by id. */
export type FilterNames = ReadonlyMap<string, string>;

/** A filter in plain words: "country is Germany and opened any campaign in the last 30 days". */
export function describeFilter(filter: CheckedFilter, names: FilterNames = new Map()): string {
  if (!('filters' in filter)) return describeClause(filter, names);
  const parts = filter.filters.map((part) => inside(part, filter.kind, names));
  if (filter.kind !== 'not') return parts.join(` ${filter.kind} `);
  return parts.length === 1 ? `not (${unwrapped(parts[0] ?? '')})` : `none of (${parts.join(', ')})`;
}

function inside(part: CheckedFilter, around: 'and' | 'or' | 'not', names: FilterNames): string {
  const words = describeFilter(part, names);
  const isGroup = 'filters' in part && part.kind !== 'not' && part.filters.length > 1 && part.kind !== around;
  return isGroup ? `(${words})` : words;
}

const unwrapped = (words: string) => (/^\([^()]*\)$/.test(words) ? words.slice(1, -1) : words);

function describeClause(clause: Clause, names: FilterNames): string {
  switch (clause.kind) {
    case 'text':
      return `${nameOf(clause.of)} ${TEXT_WORDS[clause.op]}${listed(clause.values)}`;
    case 'number':
      return clause.op === 'between'
        ? `${nameOf(clause.of)} is between ${clause.values[0]} and ${clause.values[1]}`
        : `${nameOf(clause.of)} ${NUMBER_WORDS[clause.op]}${listed(clause.values)}`;
    case 'date':
      return `${nameOf(clause.of)} ${dateWords(clause)}`;
    case 'boolean':
      return `${nameOf(clause.of)} ${BOOLEAN_WORDS[clause.op]}`;
    case 'array':
      return `${nameOf(clause.of)} ${arrayWords(clause.op, clause.values)}`;
    case 'lists': {
      const lists = clause.ids.map((id) => names.get(id) ?? 'a list that is gone').join(' or ');
      const status = clause.status === null ? 'in' : `${clause.status} in`;
      return `${clause.op === 'in' ? 'is' : 'is not'} ${status} ${clause.ids.length === 1 ? 'the list' : 'one of the lists'} ${lists}`;
    }
    case 'status':
      return `${clause.op === 'is' ? 'is' : 'is not'} ${STATUS_WORDS[clause.status] ?? `suppressed as ${clause.status}`}`;
    case 'activity':
      return activityWords(clause, names);
  }
}

const FIELD_WORDS: Readonly<Record<string, string>> = {
  firstName: 'first name',
  lastName: 'last name',
  timeZone: 'time zone',
  createdAt: 'the day they were added',
};
const nameOf = (of: Source<string>) => ('attribute' in of ? of.attribute : (FIELD_WORDS[of.column] ?? of.column));

const PRESENCE = { isSet: 'is set', isNotSet: 'is not set' } as const;
const TEXT_WORDS = {
  is: 'is',
  isNot: 'is not',
  contains: 'contains',
  notContains: 'does not contain',
  startsWith: 'begins with',
  endsWith: 'ends with',
  isOneOf: 'is',
  isNoneOf: 'is not',
  ...PRESENCE,
} as const;
const NUMBER_WORDS = {
  is: 'is',
  isNot: 'is not',
  below: 'is below',
  atMost: 'is at most',
  above: 'is above',
  atLeast: 'is at least',
  ...PRESENCE,
} as const;
const BOOLEAN_WORDS = { isTrue: 'is true', isFalse: 'is false', ...PRESENCE } as const;
const STATUS_WORDS: Readonly<Record<string, string>> = { active: 'sent to', suppressed: 'suppressed' };

function dateWords({ op, days, count }: DateClause): string {
  const [first, last] = days;
  const many = count === 1 ? '1 day' : `${count} days`;
  switch (op) {
    case 'before':
    case 'after':
    case 'on':
      return `is ${op} ${first}`;
    case 'between':
      return `is from ${first} to ${last}`;
    case 'inLastDays':
      return count === 0 ? 'is today' : `is in the last ${many}`;
    case 'moreThanDaysAgo':
      return `is more than ${many} ago`;
    case 'inNextDays':
      return count === 0 ? 'is today' : `is within the next ${many}`;
    case 'anniversaryInDays':
      return count === 0 ? 'comes up today, in any year' : `comes up within the next ${many}, in any year`;
    case 'isSet':
    case 'isNotSet':
      return PRESENCE[op];
  }
}

function arrayWords(
  op: 'containsAny' | 'containsAll' | 'containsNone' | 'isSet' | 'isNotSet',
  values: readonly string[],
): string {
  switch (op) {
    case 'containsAny':
      return `include ${values.join(' or ')}`;
    case 'containsAll':
      return `include ${values.join(' and ')}`;
    case 'containsNone':
      return `include none of ${values.join(', ')}`;
    case 'isSet':
      return 'are set';
    case 'isNotSet':
      return 'are not set';
  }
}

/** What was done, and with "not" in front of it. */
const ACTIVITY_WORDS: Readonly<Record<Activity, readonly [string, string]>> = {
  sent: ['was sent', 'was not sent'],
  failed: ['was refused', 'was not refused'],
  opened: ['opened', 'did not open'],
  clicked: ['clicked in', 'did not click in'],
  bounced: ['bounced in', 'did not bounce in'],
  complained: ['complained about', 'did not complain about'],
  unsubscribed: ['unsubscribed by', 'did not unsubscribe by'],
};

function activityWords({ activity, did, campaignIds, days, link }: ActivityClause, names: FilterNames): string {
  const verb = ACTIVITY_WORDS[activity][did ? 0 : 1];
  const which = campaignIds?.map((id) => names.get(id) ?? 'a campaign that is gone').join(' or ');
  const what = which === undefined ? 'any campaign' : `the campaign ${which}`;
  const through = link === null ? '' : ` the link ${link} of`;
  const head = link === null ? verb : verb.replace(/ in$/, '');
  const when = days === null ? '' : ` in the last ${days === 1 ? 'day' : `${days} days`}`;
  return `${head}${through} ${what}${when}`;
}

function listed(values: ReadonlyArray<string | number>): string {
  return values.length === 0 ? '' : ` ${values.join(' or ')}`;
}
