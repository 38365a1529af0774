import type { ContactStatus, OperatorOf } from '../contract/segment-operators.ts';
import type { SEGMENT_ACTIVITIES } from '../contract/segments.ts';

type TextColumn = 'email' | 'domain' | 'firstName' | 'lastName' | 'name' | 'locale' | 'timeZone';
export type Activity = (typeof SEGMENT_ACTIVITIES)[number];

/** A column of contacts, or an attribute. */
export type Source<Column extends string> = { readonly column: Column } | { readonly attribute: string };

export interface TextClause {
  readonly kind: 'text';
  readonly of: Source<TextColumn>;
  readonly op: OperatorOf<'text'>;
  readonly values: readonly string[];
}

export interface NumberClause {
  readonly kind: 'number';
  readonly of: { readonly attribute: string };
  readonly op: OperatorOf<'number'>;
  readonly values: readonly number[];
}

export interface DateClause {
  readonly kind: 'date';
  readonly of: Source<'createdAt'>;
  readonly op: OperatorOf<'date'>;
  /** Days as 2026-03-01. */
  readonly days: readonly string[];
  /** Of relative operators: how many days. */
  readonly count: number;
}

export interface BooleanClause {
  readonly kind: 'boolean';
  readonly of: { readonly attribute: string };
  readonly op: OperatorOf<'boolean'>;
}

export interface ArrayClause {
  readonly kind: 'array';
  readonly of: Source<'tags'>;
  readonly op: OperatorOf<'array'>;
  readonly values: readonly string[];
}

export interface ListsClause {
  readonly kind: 'lists';
  readonly op: OperatorOf<'lists'>;
  readonly ids: readonly string[];
  /** Null: any. */
  readonly status: string | null;
}

export interface StatusClause {
  readonly kind: 'status';
  readonly op: OperatorOf<'status'>;
  readonly status: ContactStatus;
}

export interface ActivityClause {
  readonly kind: 'activity';
  readonly activity: Activity;
  readonly did: boolean;
  /** Null: any. */
  readonly campaignIds: readonly string[] | null;
  readonly days: number | null;
  readonly link: string | null;
}

export type Clause =
  | TextClause
  | NumberClause
  | DateClause
  | BooleanClause
  | ArrayClause
  | ListsClause
  | StatusClause
  | ActivityClause;

/** A filter that was checked: what each clause compares is known. As JSON it is what a launched campaign keeps. */
export type CheckedFilter =
  | { readonly kind: 'and' | 'or' | 'not'; readonly filters: readonly CheckedFilter[] }
  | Clause;

/** Every clause of a filter, in order. */
export function clausesOf(filter: CheckedFilter): Clause[] {
  return 'filters' in filter ? filter.filters.flatMap(clausesOf) : [filter];
}
