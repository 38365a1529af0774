// A filter as one condition over `contacts c`. Never null, and it never raises: what a contact has is cast only where CASE has
// seen that it fits (PostgreSQL keeps the order inside a CASE, and nowhere else). Values are parameters, always.
//
// `lookups`: how other tables are asked. "each": by scalar subqueries, which are run for each contact by an index, whatever
// the statistics say: for samples and chunks, which look at a few thousand contacts. "all": by EXISTS, which may become a
// join and begin at the smaller side: for counts over everybody.
import type {
  ActivityClause,
  ArrayClause,
  BooleanClause,
  CheckedFilter,
  Clause,
  DateClause,
  ListsClause,
  NumberClause,
  Source,
  StatusClause,
  TextClause,
} from '../domain/segment-clause.ts';
import { anniversariesOf, type DayRange, dayAt, daysOf, startOfDay } from '../domain/segment-days.ts';
import { DATE_PATTERN, INSTANT_PATTERN, LONGEST_NUMBER, NUMBER_PATTERN } from '../domain/segment-values.ts';
import type { SegmentSend } from './segment-sends.ts';
import type { SqlValues } from './sql-values.ts';
import { suppressedSql } from './suppressed.ts';

export interface FilterContext {
  /** The parameter that holds the workspace's id, as `$1`. */
  readonly workspace: string;
  readonly values: SqlValues;
  readonly lookups: 'each' | 'all';
  /** What relative dates are reckoned from, and what nothing that happened later counts for. */
  readonly moment: Date;
  /** By whose clocks days begin. */
  readonly zone: string;
  /** Sends of the workspace, the newest first; needed where an activity is asked for. */
  readonly sends: readonly SegmentSend[];
}

export function filterSql(filter: CheckedFilter, context: FilterContext): string {
  return partSql(filter, { ...context, isBare: context.lookups === 'all' });
}

interface Context extends FilterContext {
  /** Null may stand for false: no `not` is around. Indexes answer for bare conditions only, so counts need those. */
  readonly isBare: boolean;
}

function partSql(filter: CheckedFilter, context: Context): string {
  if (!('filters' in filter)) return clauseSql(filter, context);
  const inner = filter.kind === 'not' ? { ...context, isBare: false } : context;
  const parts = filter.filters.map((part) => partSql(part, inner));
  if (filter.kind === 'not') return `(not (${parts.join(' or ')}))`;
  return `(${parts.join(` ${filter.kind} `)})`;
}

function clauseSql(clause: Clause, context: Context): string {
  switch (clause.kind) {
    case 'text':
      return textSql(clause, context);
    case 'number':
      return numberSql(clause, context);
    case 'date':
      return dateSql(clause, context);
    case 'boolean':
      return booleanSql(clause, context);
    case 'array':
      return arraySql(clause, context);
    case 'lists':
      return listsSql(clause, context);
    case 'status':
      return statusSql(clause, context);
    case 'activity':
      return activitySql(clause, context);
  }
}

/** What a clause looks at. */
interface Subject {
  /** As text; null where there is none, or one that does not fit. */
  readonly text: string;
  /** True where there is none at all; who has a value that does not fit has one. */
  readonly absent: string;
}

const COLUMNS: Readonly<Record<string, string>> = {
  // Lower-case already, and so found by their index.
  email: 'c.email_key',
  domain: `split_part(c.email_key, '@', -1)`,
  firstName: 'lower(c.first_name)',
  lastName: 'lower(c.last_name)',
  name: `lower(coalesce(c.name, nullif(concat_ws(' ', c.first_name, c.last_name), '')))`,
  locale: 'lower(c.locale)',
  timeZone: 'lower(c.time_zone)',
};

function attribute(name: string, types: readonly string[], { values }: Context): Subject {
  const key = values.add(name, 'text');
  const fits = types.map((type) => `'${type}'`).join(', ');
  return {
    text: `case when jsonb_typeof(c.attributes -> ${key}) in (${fits}) then c.attributes ->> ${key} end`,
    absent: `coalesce(c.attributes ->> ${key}, '') = ''`,
  };
}

const holds = (condition: string, { isBare }: Context) => (isBare ? `(${condition})` : `coalesce(${condition}, false)`);
/** The opposite holds also for who has no value, but not for a value that does not fit: nothing is said of that. */
const holdsNot = (condition: string, { absent }: Subject) => `coalesce(not (${condition}), ${absent})`;

function textSubject(of: Source<string>, context: Context): Subject {
  if ('attribute' in of) {
    const { text, absent } = attribute(of.attribute, ['string', 'number', 'boolean'], context);
    return { text: `lower(${text})`, absent };
  }
  const column = COLUMNS[of.column];
  if (column === undefined) throw new Error(`There is no column for ${of.column}.`);
  return { text: column, absent: `coalesce(${column}, '') = ''` };
}

function textSql({ of, op, values }: TextClause, context: Context): string {
  const subject = textSubject(of, context);
  const { text } = subject;
  const first = () => `lower(${context.values.add(values[0] ?? '', 'text')})`;
  const any = () => `array(select lower(v) from unnest(${context.values.add(values, 'text[]')}) v)`;
  switch (op) {
    case 'is':
      return holds(`${text} = ${first()}`, context);
    case 'isNot':
      return holdsNot(`${text} = ${first()}`, subject);
    case 'isOneOf':
      return holds(`${text} = any(${any()})`, context);
    case 'isNoneOf':
      return holdsNot(`${text} = any(${any()})`, subject);
    case 'contains':
      return holds(`strpos(${text}, ${first()}) > 0`, context);
    case 'notContains':
      return holdsNot(`strpos(${text}, ${first()}) > 0`, subject);
    case 'startsWith':
      return holds(`starts_with(${text}, ${first()})`, context);
    case 'endsWith': {
      const end = first();
      return holds(`right(${text}, length(${end})) = ${end}`, context);
    }
    case 'isSet':
      return holds(`${text} <> ''`, context);
    case 'isNotSet':
      return `(${subject.absent})`;
  }
}

function numberSql({ of, op, values }: NumberClause, context: Context): string {
  const subject = attribute(of.attribute, ['string', 'number'], context);
  const number = `case when length(${subject.text}) <= ${LONGEST_NUMBER} and (${subject.text}) ~ '${NUMBER_PATTERN}' then (${subject.text})::numeric end`;
  const value = (i: number) => context.values.add(String(values[i] ?? 0), 'numeric');
  switch (op) {
    case 'is':
      return holds(`${number} = ${value(0)}`, context);
    case 'isNot':
      return holdsNot(`${number} = ${value(0)}`, subject);
    case 'below':
      return holds(`${number} < ${value(0)}`, context);
    case 'atMost':
      return holds(`${number} <= ${value(0)}`, context);
    case 'above':
      return holds(`${number} > ${value(0)}`, context);
    case 'atLeast':
      return holds(`${number} >= ${value(0)}`, context);
    case 'between':
      return holds(`${number} between ${value(0)} and ${value(1)}`, context);
    case 'isSet':
      return holds(`${number} is not null`, context);
    case 'isNotSet':
      return `(${subject.absent})`;
  }
}

function dateSql(clause: DateClause, context: Context): string {
  const today = dayAt(context.moment.getTime(), context.zone);
  const range = daysOf(clause, today);
  const anniversaries = () => context.values.add(anniversariesOf(today, clause.count), 'text[]');
  if ('column' in clause.of) {
    if (range) return instantsSql('c.created_at', range, context);
    if (clause.op === 'isSet') return 'true';
    if (clause.op === 'isNotSet') return 'false';
    return `to_char(c.created_at at time zone 'UTC', 'MM-DD') = any(${anniversaries()})`;
  }
  const { text, absent } = attribute(clause.of.attribute, ['string'], context);
  const isDate = `(${text}) ~ '${DATE_PATTERN}'`;
  if (range) {
    const instant = `case when ${isDate} then (${text})::timestamptz end`;
    const isInstant = `(${text}) ~ '${INSTANT_PATTERN}'`;
    return holds(
      `case when ${isDate} then case when ${isInstant} then ${instantsSql(instant, range, context)} else ${daysSql(text, range, context)} end end`,
      context,
    );
  }
  if (clause.op === 'isSet') return holds(isDate, context);
  if (clause.op === 'isNotSet') return `(${absent})`;
  return holds(`case when ${isDate} then substr(${text}, 6, 5) = any(${anniversaries()}) end`, context);
}

function instantsSql(instant: string, { from, until }: DayRange, { values, zone }: Context): string {
  const bound = (day: string) => values.add(startOfDay(day, zone), 'timestamptz');
  const parts = [
    ...(from === null ? [] : [`${instant} >= ${bound(from)}`]),
    ...(until === null ? [] : [`${instant} < ${bound(until)}`]),
  ];
  return `(${parts.join(' and ')})`;
}

/** As they are written: years of four digits compare as text. */
function daysSql(text: string, { from, until }: DayRange, { values }: Context): string {
  const day = `(left(${text}, 10) collate "C")`;
  const parts = [
    ...(from === null ? [] : [`${day} >= ${values.add(from, 'text')}`]),
    ...(until === null ? [] : [`${day} < ${values.add(until, 'text')}`]),
  ];
  return `(${parts.join(' and ')})`;
}

function booleanSql({ of, op }: BooleanClause, context: Context): string {
  const { text, absent } = attribute(of.attribute, ['string', 'boolean'], context);
  switch (op) {
    case 'isTrue':
      return holds(`lower(${text}) = 'true'`, context);
    case 'isFalse':
      return holds(`lower(${text}) = 'false'`, context);
    case 'isSet':
      return holds(`lower(${text}) in ('true', 'false')`, context);
    case 'isNotSet':
      return `(${absent})`;
  }
}

function arraySql({ of, op, values }: ArrayClause, context: Context): string {
  const wanted = () => context.values.add([...new Set(values)], 'text[]');
  if ('column' in of) {
    if (op === 'isSet') return `(cardinality(c.tags) > 0)`;
    if (op === 'isNotSet') return `(cardinality(c.tags) = 0)`;
    if (op === 'containsAll') return `(c.tags @> ${wanted()})`;
    return op === 'containsAny' ? `(c.tags && ${wanted()})` : `(not (c.tags && ${wanted()}))`;
  }
  const key = context.values.add(of.attribute, 'text');
  const whole = `(c.attributes -> ${key})`;
  const absent = `coalesce(c.attributes ->> ${key}, '') in ('', '[]')`;
  const among = (list: string) => `from jsonb_array_elements_text(${whole}) as v where v = any(${list})`;
  const ifArray = (condition: string) => `case when jsonb_typeof(${whole}) = 'array' then ${condition} end`;
  switch (op) {
    case 'containsAny':
      return holds(ifArray(`exists (select 1 ${among(wanted())})`), context);
    case 'containsNone':
      return `coalesce(${ifArray(`not exists (select 1 ${among(wanted())})`)}, ${absent})`;
    case 'containsAll': {
      const list = wanted();
      return holds(ifArray(`(select count(distinct v) ${among(list)}) = cardinality(${list})`), context);
    }
    case 'isSet':
      return holds(ifArray(`jsonb_array_length(${whole}) > 0`), context);
    case 'isNotSet':
      return `(${absent})`;
  }
}

function found(from: string, { lookups }: Context): string {
  return lookups === 'each' ? `coalesce((select true from ${from} limit 1), false)` : `exists (select 1 from ${from})`;
}

function listsSql({ op, ids, status }: ListsClause, context: Context): string {
  const { values } = context;
  const ofStatus = status === null ? '' : ` and ls.status = ${values.add(status, 'text')}`;
  const inLists = found(
    `list_subscriptions ls where ls.contact_id = c.id and ls.list_id = any(${values.add(ids, 'uuid[]')})${ofStatus}`,
    context,
  );
  return op === 'in' ? inLists : `(not ${inLists})`;
}

function statusSql({ op, status }: StatusClause, context: Context): string {
  const is = op === 'is';
  if (status === 'active' || status === 'suppressed') {
    const suppressed = suppressedSql(context.workspace, 'c.email_key');
    return (status === 'suppressed') === is ? suppressed : `(not ${suppressed})`;
  }
  const reason = context.values.add(status, 'text');
  const has = found(
    `suppressions s where s.workspace_id = ${context.workspace} and s.email_key = c.email_key and s.reason = ${reason} and (s.expires_at is null or s.expires_at > now())`,
    context,
  );
  return is ? has : `(not ${has})`;
}

const DAY_MS = 86_400_000;
const LEDGER_STATES: Readonly<Record<string, number>> = { sent: 2, failed: 4 };

function activitySql(clause: ActivityClause, context: Context): string {
  const since = clause.days === null ? null : new Date(context.moment.getTime() - clause.days * DAY_MS);
  const state = LEDGER_STATES[clause.activity];
  const did = state === undefined ? eventSql(clause, since, context) : ledgerSql(clause, state, since, context);
  return clause.did ? did : `(not ${did})`;
}

/** What the ledger itself says: a row of a send, found by its unique (send_id, email_key). */
function ledgerSql(clause: ActivityClause, state: number, since: Date | null, context: Context): string {
  const sends = context.sends.filter(
    (send) =>
      (clause.campaignIds === null || clause.campaignIds.includes(send.campaignId)) &&
      (since === null || send.endedAt === null || send.endedAt >= since),
  );
  if (sends.length === 0) return 'false';
  const ids = context.values.add(
    sends.map((send) => send.id),
    'uuid[]',
  );
  const at = (moment: Date) => context.values.add(moment, 'timestamptz');
  // A refusal has no moment of its own.
  const times = clause.activity === 'sent' ? [`e.sent_at <= ${at(context.moment)}`] : [];
  if (since && clause.activity === 'sent') times.push(`e.sent_at >= ${at(since)}`);
  const row = [`e.email_key = c.email_key and e.state = ${state}`, ...times].join(' and ');
  return context.lookups === 'all'
    ? `exists (select 1 from email_sends e where e.send_id = any(${ids}) and ${row})`
    : `coalesce((select true from unnest(${ids}) as s(id) cross join lateral (
        select 1 from email_sends e where e.send_id = s.id and ${row} limit 1) x limit 1), false)`;
}

function eventSql(clause: ActivityClause, since: Date | null, context: Context): string {
  const { values, workspace } = context;
  const parts = [
    `v.workspace_id = ${workspace} and v.email_key = c.email_key and v.type = ${values.add(clause.activity, 'text')}`,
    `v.occurred_at <= ${values.add(context.moment, 'timestamptz')}`,
  ];
  // What scanners do says nothing of the person.
  if (clause.activity === 'opened' || clause.activity === 'clicked') parts.push('not v.machine');
  if (since) parts.push(`v.occurred_at >= ${values.add(since, 'timestamptz')}`);
  if (clause.campaignIds) {
    const sends = context.sends.filter((send) => clause.campaignIds?.includes(send.campaignId)).map((send) => send.id);
    if (sends.length === 0) return 'false';
    parts.push(`v.send_id = any(${values.add(sends, 'uuid[]')})`);
  }
  if (clause.link !== null) parts.push(`v.data ->> 'url' = ${values.add(clause.link, 'text')}`);
  return found(`email_events v where ${parts.join(' and ')}`, context);
}
