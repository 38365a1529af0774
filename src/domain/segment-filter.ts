import {
  type ClauseKind,
  CONTACT_STATUSES,
  KIND_OF_FIELD,
  KIND_OF_TYPE,
  LIST_STATUSES,
  OPERATORS,
  type ValueShape,
} from '../contract/segment-operators.ts';
import {
  MOST_CLAUSES,
  MOST_DAYS,
  MOST_LEVELS,
  MOST_VALUES,
  SEGMENT_ACTIVITIES,
  SEGMENT_FIELDS,
} from '../contract/segments.ts';
import type { AttributeType } from './attribute-type.ts';
import type { Activity, CheckedFilter, Clause, Source } from './segment-clause.ts';
import { isDay } from './segment-days.ts';

interface FilterFinding {
  /** `filter/and/1/value` */
  readonly path: string;
  readonly message: string;
}

export type DeclaredAttributes = ReadonlyMap<string, AttributeType>;

export type FilterReading =
  | { readonly ok: true; readonly filter: CheckedFilter }
  | { readonly ok: false; readonly findings: readonly FilterFinding[] };

/** Checks a filter as somebody wrote it. Every finding says where it is and what to do. */
export function readFilter(given: unknown, declared: DeclaredAttributes, path = 'filter'): FilterReading {
  const reader = new FilterReader(declared);
  const filter = reader.read(given, path, 1);
  return filter && reader.findings.length === 0 ? { ok: true, filter } : { ok: false, findings: reader.findings };
}

type Fields = Readonly<Record<string, unknown>>;
type Target = { readonly kind: ClauseKind; readonly of: Source<string> };

const GROUPS = ['and', 'or', 'not'] as const;
const SUBJECTS = ['field', 'attribute', 'activity'] as const;
const MOST_FINDINGS = 20;
const LONGEST_TEXT = 1000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

class FilterReader {
  readonly findings: FilterFinding[] = [];
  readonly #declared: DeclaredAttributes;
  #clauses = 0;

  constructor(declared: DeclaredAttributes) {
    this.#declared = declared;
  }

  read(given: unknown, path: string, level: number): CheckedFilter | null {
    if (!isFields(given)) return this.#wrong(path, 'must be a group {"and": […]} or a clause {"field", "op", "value"}');
    const group = GROUPS.find((name) => given[name] !== undefined);
    return group ? this.#group(group, given, path, level) : this.#clause(given, path);
  }

  #group(group: (typeof GROUPS)[number], given: Fields, path: string, level: number): CheckedFilter | null {
    this.#only(given, [group], path, `"${group}" stands alone: put the rest into it, or around it`);
    const parts = given[group];
    const at = `${path}/${group}`;
    if (level > MOST_LEVELS) return this.#wrong(at, `is more than ${MOST_LEVELS} levels deep: write it flatter`);
    if (!Array.isArray(parts) || parts.length === 0) return this.#wrong(at, 'must be a list of at least one filter');
    const filters: CheckedFilter[] = [];
    for (const [i, part] of parts.entries()) {
      if (this.findings.length >= MOST_FINDINGS || this.#clauses > MOST_CLAUSES) break;
      const filter = this.read(part, `${at}/${i}`, level + 1);
      if (filter) filters.push(filter);
    }
    return { kind: group, filters };
  }

  #clause(given: Fields, path: string): Clause | null {
    if (++this.#clauses > MOST_CLAUSES)
      return this.#wrong(path, `a filter has at most ${MOST_CLAUSES} clauses: use isOneOf, or several segments`);
    const subjects = SUBJECTS.filter((name) => given[name] !== undefined);
    const [subject] = subjects;
    if (subject === undefined || subjects.length > 1)
      return this.#wrong(path, 'needs one of and, or, not, field, attribute, activity, and only one');
    if (subject === 'activity') return this.#activity(given, path);
    const target = subject === 'field' ? this.#field(given.field, path) : this.#attribute(given.attribute, path);
    return target && this.#comparison(target, given, path, subject);
  }

  #field(name: unknown, path: string): Target | null {
    const field = SEGMENT_FIELDS.find((each) => each === name);
    if (field === undefined)
      return this.#wrong(`${path}/field`, `must be one of ${SEGMENT_FIELDS.join(', ')}; for others use "attribute"`);
    return { kind: KIND_OF_FIELD[field], of: { column: field } };
  }

  #attribute(name: unknown, path: string): Target | null {
    const type = typeof name === 'string' ? this.#declared.get(name) : undefined;
    if (typeof name === 'string' && type) return { kind: KIND_OF_TYPE[type], of: { attribute: name } };
    return this.#wrong(`${path}/attribute`, `${undeclared(name, this.#declared)}. Declare it with its type first`);
  }

  #comparison(target: Target, given: Fields, path: string, subject: string): Clause | null {
    const { kind, of } = target;
    const operators: Readonly<Record<string, ValueShape>> = OPERATORS[kind];
    const { op } = given;
    const shape = typeof op === 'string' && Object.hasOwn(operators, op) ? operators[op] : undefined;
    if (typeof op !== 'string' || shape === undefined) {
      const what =
        'attribute' in of ? `the attribute "${of.attribute}", declared as ${typeName(kind)},` : `"${given.field}"`;
      return this.#wrong(`${path}/op`, `of ${what} it must be one of ${Object.keys(operators).join(', ')}`);
    }
    const fields = [subject, 'op', ...(shape === 'none' ? [] : ['value']), ...(kind === 'lists' ? ['status'] : [])];
    this.#only(given, fields, path, `has no meaning for "${op}" here: leave it out`);
    const values = this.#values(shape, given.value, `${path}/value`, of);
    if (!values) return null;
    return this.#made(kind, of, op, values, given, path);
  }

  #made(
    kind: ClauseKind,
    of: Source<string>,
    op: string,
    values: readonly unknown[],
    given: Fields,
    path: string,
  ): Clause | null {
    switch (kind) {
      case 'date': {
        const count = typeof values[0] === 'number' ? values[0] : 0;
        return { kind, of, op, days: values.filter((value) => typeof value === 'string'), count } as Clause;
      }
      case 'lists': {
        const { status = 'subscribed' } = given;
        if (!(LIST_STATUSES as readonly unknown[]).includes(status))
          return this.#wrong(`${path}/status`, `must be one of ${LIST_STATUSES.join(', ')}`);
        return { kind, op, ids: values, status: status === 'any' ? null : status } as Clause;
      }
      case 'status':
        return { kind, op, status: values[0] } as Clause;
      case 'boolean':
        return { kind, of, op } as Clause;
      case 'text':
      case 'number':
      case 'array':
        return { kind, of, op, values } as Clause;
    }
  }

  #activity(given: Fields, path: string): Clause | null {
    const { activity, op = 'did', campaignIds, days, link } = given;
    if (!SEGMENT_ACTIVITIES.includes(activity as Activity))
      return this.#wrong(`${path}/activity`, `must be one of ${SEGMENT_ACTIVITIES.join(', ')}`);
    this.#only(
      given,
      ['activity', 'op', 'campaignIds', 'days', ...(activity === 'clicked' ? ['link'] : [])],
      path,
      `has no meaning for the activity "${activity}": leave it out`,
    );
    if (op !== 'did' && op !== 'didNot') return this.#wrong(`${path}/op`, 'of an activity it must be did or didNot');
    const ids = campaignIds === undefined ? null : this.#values('ids', campaignIds, `${path}/campaignIds`);
    if (campaignIds !== undefined && !ids) return null;
    if (days !== undefined && !isWhole(days, 1, 3650))
      return this.#wrong(`${path}/days`, 'must be a whole number from 1 to 3650');
    if (link !== undefined && !isText(link)) return this.#wrong(`${path}/link`, 'must be the address of a link');
    return {
      kind: 'activity',
      activity: activity as Activity,
      did: op === 'did',
      campaignIds: ids as readonly string[] | null,
      days: (days as number | undefined) ?? null,
      link: (link as string | undefined) ?? null,
    };
  }

  /** The values a clause compares with; null when they are none. */
  #values(shape: ValueShape, value: unknown, path: string, of?: Source<string>): readonly unknown[] | null {
    const list = Array.isArray(value) ? value : [value];
    const name = of && 'attribute' in of ? `the attribute "${of.attribute}" is declared as` : 'this is';
    switch (shape) {
      case 'none':
        return [];
      case 'text':
        return isText(value) ? [value] : this.#wrong(path, `must be a text: ${name} ${SHAPE_NAMES.text}`);
      case 'texts':
        return this.#list(list, isText, path, 'texts');
      case 'number':
        return isNumber(value) ? [value] : this.#wrong(path, `must be a number: ${name} a number`);
      case 'numbers':
        return isPair(value, isNumber) && value[0] <= value[1]
          ? value
          : this.#wrong(path, `must be two numbers, the smaller one first: ${name} a number`);
      case 'day':
        return isDay(value) ? [value] : this.#wrong(path, `must be a day such as "2026-03-01": ${name} a date`);
      case 'days':
        return isPair(value, isDay) && value[0] <= value[1]
          ? value
          : this.#wrong(path, 'must be two days, the earlier one first: ["2026-03-01", "2026-03-31"]');
      case 'count':
        return isWhole(value, 0, MOST_DAYS)
          ? [value]
          : this.#wrong(path, `must be a whole number of days from 0 to ${MOST_DAYS}`);
      case 'ids':
        return this.#list(list, isId, path, 'ids')?.map((id) => String(id).toLowerCase()) ?? null;
      case 'status':
        return (CONTACT_STATUSES as readonly unknown[]).includes(value)
          ? [value]
          : this.#wrong(path, `must be one of ${CONTACT_STATUSES.join(', ')}`);
    }
  }

  #list(
    list: readonly unknown[],
    fits: (value: unknown) => boolean,
    path: string,
    what: string,
  ): readonly unknown[] | null {
    if (list.length === 0 || list.length > MOST_VALUES || !list.every(fits))
      return this.#wrong(path, `must be a list of 1 to ${MOST_VALUES} ${what}`);
    return list;
  }

  #only(given: Fields, known: readonly string[], path: string, why: string): void {
    for (const name of Object.keys(given)) if (!known.includes(name)) this.#wrong(`${path}/${name.slice(0, 100)}`, why);
  }

  #wrong(path: string, message: string): null {
    if (this.findings.length < MOST_FINDINGS) this.findings.push({ path, message });
    return null;
  }
}

const SHAPE_NAMES = { text: 'a text' } as const;

function undeclared(name: unknown, declared: DeclaredAttributes): string {
  const all = [...declared].map(([known, type]) => `${known} (${type})`);
  const others = all.length === 0 ? 'no attribute is declared' : `declared are ${all.slice(0, 30).join(', ')}`;
  const more = all.length > 30 ? ` and ${all.length - 30} more` : '';
  return `there is no attribute "${String(name).slice(0, 100)}": ${others}${more}`;
}

function typeName(kind: ClauseKind): string {
  return kind === 'text' ? 'string' : kind;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** PostgreSQL holds neither NUL nor half a surrogate pair: nobody has such a value. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_TEXT && !/[\0\p{Surrogate}]/u.test(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isPair<T>(value: unknown, fits: (part: unknown) => part is T): value is [T, T] {
  return Array.isArray(value) && value.length === 2 && value.every(fits);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}
