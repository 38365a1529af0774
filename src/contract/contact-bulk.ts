import Type, { type Static } from 'typebox';
import { Id, Nullable } from './common.ts';
import { ContactFilterBody, Tags } from './contacts.ts';

const CONTACT_ACTIONS = [
  'add-tags',
  'remove-tags',
  'add-to-list',
  'remove-from-list',
  'set-attribute',
  'delete',
  'suppress',
  'unsubscribe',
] as const;
export type ContactAction = (typeof CONTACT_ACTIONS)[number];

/** `POST /api/contacts/bulk`: `ids` or a `filter` as the list takes it ({} is everybody). */
export const ContactBulkBody = Type.Object(
  {
    ids: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 10_000 })),
    filter: Type.Optional(ContactFilterBody),
    action: Type.String({ enum: [...CONTACT_ACTIONS] }),
    tags: Type.Optional(Tags),
    listId: Type.Optional(
      Type.String({
        format: 'uuid',
        description: 'Of add-to-list and remove-from-list. Of unsubscribe: only from this list, instead of everything',
      }),
    ),
    attribute: Type.Optional(
      Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 100 }),
          value: Type.Unknown({ description: 'null takes it out' }),
        },
        { additionalProperties: false },
      ),
    ),
    dryRun: Type.Optional(Type.Boolean({ description: 'Only tell how many contacts it is about' })),
  },
  { additionalProperties: false },
);
export type ContactBulkBody = Static<typeof ContactBulkBody>;

export const ContactBulkReply = Type.Object({
  operationId: Nullable(Type.String({ description: 'Null for a dry run. Its progress: GET /api/queue/progress?id=' })),
  state: Type.String({ enum: ['counted', 'waiting', 'active', 'completed', 'failed'] }),
  total: Nullable(Type.Integer({ description: 'Contacts it is about; null while they are not counted' })),
  processed: Type.Integer(),
  changed: Type.Integer({ description: 'Those of them that were not so before' }),
  error: Nullable(Type.String()),
});
export type ContactBulkReply = Static<typeof ContactBulkReply>;
