import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

const Visibility = Type.Union([Type.Literal('public'), Type.Literal('private')], {
  description: 'public: a topic that people see in the preference centre, and may join and leave there',
});
const OptIn = Type.Union([Type.Literal('single'), Type.Literal('double')], {
  description: 'double: who is added is unconfirmed, and not sent to, until they confirm by the mail they get',
});
const Confirmation = Type.Object(
  {
    subject: Type.String({ minLength: 1, maxLength: 300 }),
    html: Type.Optional(Type.String({ maxLength: 100_000, description: 'Without it the mail is text alone' })),
    text: Type.String({ minLength: 1, maxLength: 20_000 }),
  },
  {
    ...closed,
    description:
      'Own words of the mail that asks for confirmation, as Liquid with {{confirmUrl}} (in each body), {{declineUrl}}, {{listName}}, {{senderName}}, {{firstName}} and {{email}}',
  },
);
export type Confirmation = Static<typeof Confirmation>;

const settings = {
  description: Type.Optional(Nullable(Type.String({ maxLength: 500, description: 'Shown with a public list' }))),
  visibility: Type.Optional(Visibility),
  optIn: Type.Optional(OptIn),
  confirmation: Type.Optional(Nullable(Confirmation)),
};
const Name = Type.String({ minLength: 1, maxLength: 200 });

export const List = Type.Object({
  id: Id,
  name: Type.String(),
  description: Nullable(Type.String()),
  visibility: Type.String({ enum: ['public', 'private'] }),
  optIn: Type.String({ enum: ['single', 'double'] }),
  confirmation: Nullable(Confirmation),
  contacts: Type.Object({
    subscribed: Type.Integer(),
    unconfirmed: Type.Integer(),
    unsubscribed: Type.Integer(),
  }),
  createdAt: Time,
});
export type List = Static<typeof List>;

/** `POST /api/lists` */
export const NewList = Type.Object({ name: Name, ...settings }, closed);
export type NewList = Static<typeof NewList>;

/** `PATCH /api/lists/{id}` */
export const ListChange = Type.Object({ name: Type.Optional(Name), ...settings }, closed);
export type ListChange = Static<typeof ListChange>;

/** `POST /api/lists/{id}/contacts` */
export const SubscribeBody = Type.Object(
  {
    contactIds: Type.Optional(Type.Array(Id, { maxItems: 10_000 })),
    emails: Type.Optional(
      Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 10_000, description: 'Unknown ones become contacts' }),
    ),
    confirmed: Type.Optional(
      Type.Boolean({
        description:
          'Of a list with double opt-in: they have confirmed elsewhere, so they are not asked. Your claim, kept on record',
      }),
    ),
    resubscribe: Type.Optional(
      Type.Boolean({
        description:
          'Also those who unsubscribed from this list, or have not confirmed: they are asked by mail, and subscribed when they confirm',
      }),
    ),
    consent: Type.Optional(
      Type.Object(
        {
          source: Type.Optional(
            Type.String({ maxLength: 300, description: 'Where they agreed, as "Fair in Lyon, 2026"' }),
          ),
          text: Type.Optional(Type.String({ maxLength: 10_000, description: 'The words they agreed to' })),
        },
        { ...closed, description: 'What you know of their consent, kept on record' },
      ),
    ),
  },
  closed,
);
export type SubscribeBody = Static<typeof SubscribeBody>;

export const SubscribeReply = Type.Object({
  subscribed: Type.Integer({ description: 'Newly' }),
  unconfirmed: Type.Integer({ description: 'Are subscribed when they confirm' }),
  unchanged: Type.Integer({ description: 'Were subscribed already' }),
  unsubscribed: Type.Integer({ description: 'Had unsubscribed, and stay so until they confirm' }),
});
export type SubscribeReply = Static<typeof SubscribeReply>;

export const MemberParams = Type.Object({ id: Id, contactId: Id });
