import Type, { type Static } from 'typebox';
import { Id, Nullable, PageQuery } from './common.ts';
import { Contact, ContactDetail } from './contacts.ts';

export const DuplicatesQuery = Type.Object({
  limit: PageQuery.properties.limit,
  cursor: PageQuery.properties.cursor,
});
export type DuplicatesQuery = Static<typeof DuplicatesQuery>;

export const DuplicatesPage = Type.Object({
  items: Type.Array(
    Type.Object({
      reason: Type.String({
        enum: ['mailbox', 'person'],
        description: 'One mailbox by the rules of its provider, or one whole name at one domain',
      }),
      contacts: Type.Array(Contact),
    }),
  ),
  nextCursor: Nullable(Type.String()),
  lookedAt: Nullable(
    Type.String({ format: 'date-time', description: 'When these were found; null: nobody has looked' }),
  ),
  looking: Type.Boolean({ description: 'Whether all contacts are being looked at now' }),
});
export type DuplicatesPage = Static<typeof DuplicatesPage>;

export const LookStarted = Type.Object({ operationId: Id, state: Type.String() });

/** `POST /api/contacts/{id}/merge` */
export const MergeBody = Type.Object(
  { from: Type.Array(Id, { minItems: 1, maxItems: 100, description: 'Contacts that become part of this one' }) },
  { additionalProperties: false },
);
export type MergeBody = Static<typeof MergeBody>;

export const MergeReply = Type.Object({
  contact: ContactDetail,
  merged: Type.Array(Type.Object({ id: Id, email: Type.String() })),
  taken: Type.Object(
    {
      fields: Type.Array(Type.String()),
      attributes: Type.Array(Type.String()),
      tags: Type.Array(Type.String()),
      lists: Type.Array(Type.Object({ id: Id, status: Type.String() })),
      suppressed: Nullable(Type.String()),
    },
    { description: 'What the contact has now that it had not before; where it had something itself, that stays' },
  ),
});
export type MergeReply = Static<typeof MergeReply>;
