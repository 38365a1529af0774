import Type, { type Static } from 'typebox';
import { Id, Nullable, PageQuery, Time } from './common.ts';

export const ActivityQuery = Type.Object({ limit: PageQuery.properties.limit, cursor: PageQuery.properties.cursor });

export const ContactActivityItem = Type.Object({
  kind: Type.String({ enum: ['message', 'subscription', 'consent'] }),
  at: Nullable(Time),
  campaignId: Type.Optional(Id),
  campaignName: Type.Optional(Type.String()),
  emailId: Type.Optional(Type.String({ format: 'uuid', description: 'Of a single email, in place of a campaign' })),
  subject: Type.Optional(Type.String({ description: 'Of a single email, as it was written' })),
  state: Type.Optional(Type.String({ description: 'Of a message: as in the ledger' })),
  reason: Type.Optional(Type.String()),
  events: Type.Optional(Type.Array(Type.Object({ type: Type.String(), at: Time, note: Type.Optional(Type.String()) }))),
  listId: Type.Optional(Nullable(Id)),
  listName: Type.Optional(Nullable(Type.String())),
  action: Type.Optional(Type.String({ description: 'Subscribed, unsubscribed, imported, …' })),
  source: Type.Optional(Nullable(Type.String())),
});
export type ContactActivityItem = Static<typeof ContactActivityItem>;
