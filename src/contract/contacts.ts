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
  createdAt: Time,
  updatedAt: Time,
});
export type Contact = Static<typeof Contact>;

export const ContactDetail = Type.Object({
  ...Contact.properties,
  lists: Type.Array(Type.Object({ id: Id, name: Type.String(), status: Type.String() })),
  suppressed: Nullable(Type.String({ description: 'Why nothing is sent to this address' })),
});
export type ContactDetail = Static<typeof ContactDetail>;

const Name = Nullable(Type.String({ maxLength: 300 }));
const fields = {
  firstName: Type.Optional(Name),
  lastName: Type.Optional(Name),
  name: Type.Optional(Name),
  attributes: Type.Optional(Attributes),
};

/** `POST /api/contacts` */
export const NewContact = Type.Object(
  { email: Type.String({ maxLength: 1000 }), ...fields, listIds: Type.Optional(Type.Array(Id, { maxItems: 100 })) },
  closed,
);
export type NewContact = Static<typeof NewContact>;

/** `PATCH /api/contacts/{id}`: attributes are merged, null removes one. */
export const ContactChange = Type.Object({ email: Type.Optional(Type.String({ maxLength: 1000 })), ...fields }, closed);
export type ContactChange = Static<typeof ContactChange>;

export const ContactsQuery = Type.Object({
  ...PageQuery.properties,
  listId: Type.Optional(Id),
  status: Type.Optional(
    Type.Union([Type.Literal('subscribed'), Type.Literal('unsubscribed')], { description: 'In the list of listId' }),
  ),
});
export type ContactsQuery = Static<typeof ContactsQuery>;
