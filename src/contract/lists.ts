import Type, { type Static } from 'typebox';
import { Id, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

export const List = Type.Object({
  id: Id,
  name: Type.String(),
  contacts: Type.Object({ subscribed: Type.Integer(), unsubscribed: Type.Integer() }),
  createdAt: Time,
});
export type List = Static<typeof List>;

/** `POST /api/lists`, `PATCH /api/lists/{id}` */
export const ListBody = Type.Object({ name: Type.String({ minLength: 1, maxLength: 200 }) }, closed);

/** `POST /api/lists/{id}/contacts` */
export const SubscribeBody = Type.Object(
  {
    contactIds: Type.Optional(Type.Array(Id, { maxItems: 10_000 })),
    emails: Type.Optional(
      Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 10_000, description: 'Unknown ones become contacts' }),
    ),
    resubscribe: Type.Optional(
      Type.Boolean({ description: 'Also those who unsubscribed from this list; only when they asked for it' }),
    ),
  },
  closed,
);
export type SubscribeBody = Static<typeof SubscribeBody>;

export const SubscribeReply = Type.Object({
  subscribed: Type.Integer({ description: 'Newly' }),
  unchanged: Type.Integer({ description: 'Were subscribed already' }),
  unsubscribed: Type.Integer({ description: 'Had unsubscribed, and stay so' }),
});
export type SubscribeReply = Static<typeof SubscribeReply>;

export const MemberParams = Type.Object({ id: Id, contactId: Id });
