import type { AttributeType } from './contact-attributes.ts';
import type { SEGMENT_FIELDS } from './segments.ts';

/** What a clause compares, which decides what it may say. */
export type ClauseKind = 'text' | 'number' | 'date' | 'boolean' | 'array' | 'lists' | 'status';

/** What an operator takes as `value`. */
export type ValueShape = 'none' | 'text' | 'texts' | 'number' | 'numbers' | 'day' | 'days' | 'count' | 'ids' | 'status';

const PRESENCE = { isSet: 'none', isNotSet: 'none' } as const;

/**
 * Every operator of every kind, with what it takes. What the words of it are: domain/segment-words.ts; what it means in SQL:
 * db/segment-sql.ts.
 */
export const OPERATORS = {
  text: {
    is: 'text',
    isNot: 'text',
    contains: 'text',
    notContains: 'text',
    startsWith: 'text',
    endsWith: 'text',
    isOneOf: 'texts',
    isNoneOf: 'texts',
    ...PRESENCE,
  },
  number: {
    is: 'number',
    isNot: 'number',
    below: 'number',
    atMost: 'number',
    above: 'number',
    atLeast: 'number',
    between: 'numbers',
    ...PRESENCE,
  },
  date: {
    before: 'day',
    after: 'day',
    on: 'day',
    between: 'days',
    inLastDays: 'count',
    moreThanDaysAgo: 'count',
    inNextDays: 'count',
    anniversaryInDays: 'count',
    ...PRESENCE,
  },
  boolean: { isTrue: 'none', isFalse: 'none', ...PRESENCE },
  array: { containsAny: 'texts', containsAll: 'texts', containsNone: 'texts', ...PRESENCE },
  lists: { in: 'ids', notIn: 'ids' },
  status: { is: 'status', isNot: 'status' },
} as const satisfies Record<ClauseKind, Record<string, ValueShape>>;

export type OperatorOf<Kind extends ClauseKind> = keyof (typeof OPERATORS)[Kind] & string;

export const KIND_OF_TYPE = {
  string: 'text',
  number: 'number',
  date: 'date',
  boolean: 'boolean',
  array: 'array',
} as const satisfies Record<AttributeType, ClauseKind>;

/** What the fields of contacts are compared as. */
export const KIND_OF_FIELD = {
  email: 'text',
  domain: 'text',
  firstName: 'text',
  lastName: 'text',
  name: 'text',
  locale: 'text',
  timeZone: 'text',
  createdAt: 'date',
  status: 'status',
  tags: 'array',
  lists: 'lists',
} as const satisfies Record<(typeof SEGMENT_FIELDS)[number], ClauseKind>;

/** Of a clause over lists: the status in them. */
export const LIST_STATUSES = ['subscribed', 'unconfirmed', 'unsubscribed', 'any'] as const;

/** Why nothing is sent to somebody, as suppressions have it; `suppressed` is any of them, `active` none. */
export const CONTACT_STATUSES = [
  'active',
  'suppressed',
  'unsubscribed',
  'paused',
  'hard-bounce',
  'complaint',
  'manual',
  'imported',
  'role',
  'erased',
] as const;
export type ContactStatus = (typeof CONTACT_STATUSES)[number];
