import Type, { type Static } from 'typebox';
import { Id, Nullable, PageQuery, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

export const SEGMENT_FIELDS = [
  'email',
  'domain',
  'firstName',
  'lastName',
  'name',
  'locale',
  'timeZone',
  'createdAt',
  'status',
  'tags',
  'lists',
] as const;
export const SEGMENT_ACTIVITIES = [
  'sent',
  'failed',
  'opened',
  'clicked',
  'bounced',
  'complained',
  'unsubscribed',
] as const;

/** Levels of and, or and not inside each other. */
export const MOST_LEVELS = 6;
export const MOST_CLAUSES = 50;
/** Of one clause: an "is one of". */
export const MOST_VALUES = 500;
export const MOST_DAYS = 36_500;

const Group = Type.Optional(
  Type.Array(Type.Unknown(), {
    minItems: 1,
    description: 'Filters of the same form, inside each other six levels deep',
  }),
);

/** One step of a filter: a group, or a clause. What fits what is checked by domain/segment-filter.ts, which says where and why. */
export const SegmentFilter = Type.Object(
  {
    and: Group,
    or: Group,
    not: Group,
    field: Type.Optional(Type.String({ enum: [...SEGMENT_FIELDS], description: 'What of the contact is looked at' })),
    attribute: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'Or an attribute, by its declared type' }),
    ),
    activity: Type.Optional(
      Type.String({
        enum: [...SEGMENT_ACTIVITIES],
        description: 'Or something that they did, or that was done to them',
      }),
    ),
    op: Type.Optional(
      Type.String({
        maxLength: 40,
        description:
          'Texts: is, isNot, contains, notContains, startsWith, endsWith, isOneOf, isNoneOf, isSet, isNotSet. Numbers: is, isNot, below, atMost, above, atLeast, between, isSet, isNotSet. Dates: before, after, on, between, inLastDays, moreThanDaysAgo, inNextDays, anniversaryInDays, isSet, isNotSet. Booleans: isTrue, isFalse, isSet, isNotSet. Arrays and tags: containsAny, containsAll, containsNone, isSet, isNotSet. Lists: in, notIn. Status: is, isNot. Activities: did (also when there is no op), didNot',
      }),
    ),
    value: Type.Optional(
      Type.Unknown({
        description: 'What is compared with: one, or several in a list (isOneOf, between, contains…, in)',
      }),
    ),
    status: Type.Optional(
      Type.String({
        enum: ['subscribed', 'unconfirmed', 'unsubscribed', 'any'],
        description: 'Of lists: the status in them; "subscribed" when there is none',
      }),
    ),
    campaignIds: Type.Optional(
      Type.Array(Id, { minItems: 1, maxItems: 100, description: 'Of an activity: by any of these campaigns' }),
    ),
    days: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 3650, description: 'Of an activity: in the last so many times 24 hours' }),
    ),
    link: Type.Optional(Type.String({ minLength: 1, maxLength: 4000, description: 'Of clicked: this address' })),
  },
  {
    ...closed,
    description: 'A group ({"and": […]}, {"or": […]}, {"not": […]}: none of these) or one clause',
    examples: [
      {
        and: [
          { attribute: 'country', op: 'is', value: 'Germany' },
          { activity: 'opened', days: 30 },
          { not: [{ field: 'tags', op: 'containsAny', value: ['vip'] }] },
        ],
      },
    ],
  },
);
export type SegmentFilter = Static<typeof SegmentFilter>;

const Name = Type.String({ minLength: 1, maxLength: 200 });

export const Segment = Type.Object({
  id: Id,
  name: Type.String(),
  filter: SegmentFilter,
  description: Type.String({ description: 'The filter in words; or why it cannot be used as things are' }),
  counted: Nullable(
    Type.Object(
      { count: Type.Integer(), countedAt: Time },
      { description: 'The last exact count; null: none since the filter was changed' },
    ),
  ),
  createdAt: Time,
  updatedAt: Time,
});
export type Segment = Static<typeof Segment>;

/** `POST /api/segments` */
export const NewSegment = Type.Object({ name: Name, filter: SegmentFilter }, closed);
export type NewSegment = Static<typeof NewSegment>;

/** `PATCH /api/segments/{id}` */
export const SegmentChange = Type.Object(
  { name: Type.Optional(Name), filter: Type.Optional(SegmentFilter) },
  { ...closed, minProperties: 1 },
);
export type SegmentChange = Static<typeof SegmentChange>;

/** `POST /api/segments/count` */
export const CountBody = Type.Object({ filter: SegmentFilter }, closed);

/** `POST /api/segments/contacts` */
export const FilterContactsBody = Type.Object(
  { filter: SegmentFilter, limit: PageQuery.properties.limit, cursor: PageQuery.properties.cursor },
  closed,
);

export const CountQuery = Type.Object({
  exact: Type.Optional(
    Type.Boolean({
      description: 'Look at every contact, however long it takes; an answer of the last minute is given again',
    }),
  ),
});

export const SegmentCount = Type.Object({
  count: Type.Integer(),
  exact: Type.Boolean({ description: 'Every contact was looked at; otherwise it is reckoned from a random sample' }),
  margin: Type.Optional(
    Type.Integer({ description: 'Of an estimate: 95 in 100 times the true count is no further away than this' }),
  ),
  atLeast: Type.Integer({ description: 'The lower end of where the true count lies' }),
  atMost: Type.Integer({ description: 'The upper end: of "0" it may be far from 0 in a large workspace' }),
  countedAt: Time,
  description: Type.String({ description: 'The filter in words' }),
});
export type SegmentCount = Static<typeof SegmentCount>;

export const SegmentContactsQuery = Type.Omit(PageQuery, ['search']);
