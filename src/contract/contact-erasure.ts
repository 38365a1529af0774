import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';
import { ContactActivityItem } from './contact-activity.ts';
import { Contact } from './contacts.ts';

/** `POST /api/contacts/erase`: also somebody who is no contact, but was sent to. */
export const EraseBody = Type.Object({ email: Type.String({ maxLength: 1000 }) }, { additionalProperties: false });

export const Erasure = Type.Object({
  id: Id,
  state: Type.String({ enum: ['active', 'completed'] }),
  waitingFor: Nullable(Type.String({ description: 'What keeps it from being completed; it goes on by itself' })),
  addressHash: Type.String({ description: 'sha256:<hex> of the address in lower case: all that is kept of it' }),
  erased: Type.Record(Type.String(), Type.Integer(), {
    description: 'How many rows of what held something of the person',
  }),
  createdAt: Time,
  finishedAt: Nullable(Time),
});
export type Erasure = Static<typeof Erasure>;

/** `GET /api/contacts/{id}/data`: all that is known of a person, for them. */
export const ContactData = Type.Object({
  madeAt: Time,
  contact: Contact,
  lists: Type.Array(Type.Object({ name: Type.String(), status: Type.String(), subscribedAt: Time, changedAt: Time })),
  consent: Type.Array(
    Type.Object({
      list: Nullable(Type.String()),
      action: Type.String(),
      method: Type.String(),
      source: Nullable(Type.String()),
      detail: Nullable(Type.String()),
      ip: Nullable(Type.String()),
      userAgent: Nullable(Type.String()),
      at: Time,
    }),
  ),
  messages: Type.Array(ContactActivityItem),
});
export type ContactData = Static<typeof ContactData>;
