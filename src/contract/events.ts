import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

/** What happens to a message after its hand-over, or besides it. */
const EVENT_TYPES = [
  'delivered',
  'bounced',
  'delayed',
  'complained',
  'opened',
  'clicked',
  'unsubscribed',
  'auto-reply',
  'rejected',
  'rerouted',
] as const;

export const EmailEvent = Type.Object({
  id: Id,
  type: Type.String({ description: EVENT_TYPES.join(' | ') }),
  occurredAt: Time,
  receivedAt: Time,
  source: Nullable(Type.String({ description: 'Who told it: listener, mailbox, a provider. Null: noted here' })),
  campaignId: Id,
  emailId: Nullable(
    Type.String({ format: 'uuid', description: 'Of a single email: the same id, which is no campaign’s' }),
  ),
  seq: Type.Integer({ description: 'Row of the ledger' }),
  email: Type.String(),
  accountId: Nullable(Id),
  class: Nullable(Type.String({ description: 'Of a bounce or delay: why, by the classes of docs/guide.md' })),
  status: Nullable(Type.String({ description: 'RFC 3463' })),
  reply: Nullable(Type.Integer({ description: 'SMTP reply code' })),
  hard: Nullable(Type.Boolean({ description: 'Of a bounce: no later message will reach the address either' })),
  response: Nullable(Type.String({ description: 'Words of the server or mail system' })),
  machine: Type.Boolean({
    description: 'Of an opening or a click: a scanner or a prefetching program did it, not a person',
  }),
  data: Type.Record(Type.String(), Type.Unknown(), { description: 'All that is known of it' }),
});
export type EmailEvent = Static<typeof EmailEvent>;

export const EventsQuery = Type.Object({
  type: Type.Optional(Type.Union(EVENT_TYPES.map((type) => Type.Literal(type)))),
  machine: Type.Optional(Type.Boolean({ description: 'Only what programs did, or only what they did not' })),
  campaignId: Type.Optional(Id),
  email: Type.Optional(Type.String({ maxLength: 320 })),
  accountId: Type.Optional(Id),
  since: Type.Optional(Type.String({ format: 'date-time', description: 'When it was received, not when it happened' })),
  until: Type.Optional(Type.String({ format: 'date-time' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
});
export type EventsQuery = Static<typeof EventsQuery>;
