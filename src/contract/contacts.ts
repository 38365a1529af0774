import Type, { type Static } from 'typebox';
import { Id, Nullable, PageQuery, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

const Attributes = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), {
  description: 'Any merge fields: {{city}} in a template reads attributes.city',
});

export const Contact = Type.Object({
  id: Id,
  email: Type.String(),
  firstName: Nullable(Type.String()),
  lastName: Nullable(Type.String()),
  name: Nullable(Type.String()),
  attributes: Attributes,
  tags: Type.Array(Type.String()),
  notes: Nullable(Type.String({ description: 'For people; never in a message' })),
  timeZone: Nullable(
    Type.String({ description: 'IANA name: what quiet hours and sending at the recipient’s time go by' }),
  ),
  locale: Nullable(Type.String({ description: 'BCP 47, such as pt-BR' })),
  status: Type.String({
    enum: ['active', 'suppressed'],
    description: 'Whether anything is sent to them at all; `suppressed` says why not',
  }),
  suppressed: Nullable(Type.String({ description: 'Why nothing is sent to this address' })),
  createdAt: Time,
  updatedAt: Time,
});
export type Contact = Static<typeof Contact>;

export const ContactDetail = Type.Object({
  ...Contact.properties,
  lists: Type.Array(Type.Object({ id: Id, name: Type.String(), status: Type.String() })),
});
export type ContactDetail = Static<typeof ContactDetail>;

const Name = Nullable(Type.String({ maxLength: 300 }));
export const Tags = Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 });
const fields = {
  firstName: Type.Optional(Name),
  lastName: Type.Optional(Name),
  name: Type.Optional(Name),
  attributes: Type.Optional(Attributes),
  tags: Type.Optional(Tags),
  notes: Type.Optional(Nullable(Type.String({ maxLength: 20_000 }))),
  timeZone: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
  locale: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
};

/** `POST /api/contacts` */
export const NewContact = Type.Object(
  { email: Type.String({ maxLength: 1000 }), ...fields, listIds: Type.Optional(Type.Array(Id, { maxItems: 100 })) },
  closed,
);
export type NewContact = Static<typeof NewContact>;

/** `PATCH /api/contacts/{id}`: attributes are merged, null removes one; `tags` replaces all of them. */
export const ContactChange = Type.Object(
  {
    email: Type.Optional(Type.String({ maxLength: 1000 })),
    ...fields,
    addTags: Type.Optional(Tags),
    removeTags: Type.Optional(Tags),
  },
  closed,
);
export type ContactChange = Static<typeof ContactChange>;

/** Which contacts, wherever some of them are meant: the list, bulk actions, exports. */
export const contactFilterFields = {
  search: Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        'Prefix of the address, or of the first, last or whole name, whatever its case; "@example.com" finds a domain',
    }),
  ),
  attribute: Type.Optional(
    Type.String({
      maxLength: 500,
      pattern: '^[^:]{1,100}:',
      description: 'name:value, exactly; a number, true or false, or an item of a list is written as it is',
    }),
  ),
  tag: Type.Optional(Type.String({ maxLength: 200 })),
  listId: Type.Optional(Id),
  status: Type.Optional(
    Type.Union([Type.Literal('subscribed'), Type.Literal('unconfirmed'), Type.Literal('unsubscribed')], {
      description: 'In the list of listId',
    }),
  ),
};
export const ContactFilterBody = Type.Object(contactFilterFields, closed);
export type ContactFilterBody = Static<typeof ContactFilterBody>;

export const ContactsQuery = Type.Object({ ...PageQuery.properties, ...contactFilterFields });
export type ContactsQuery = Static<typeof ContactsQuery>;

/** `GET /api/contacts/count` */
export const ContactCount = Type.Object({
  count: Type.Integer(),
  exact: Type.Boolean({ description: 'Otherwise it is reckoned from a random sample' }),
  atLeast: Type.Integer({ description: 'Of an estimate: 95 in 100 times the true count is no lower than this' }),
  atMost: Type.Integer({ description: 'And no higher than this' }),
});
export type ContactCount = Static<typeof ContactCount>;
