import Type, { type Static } from 'typebox';
import { RecipientCountsSchema } from './campaigns.ts';
import { Id, Nullable, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

/** What may replace parts of a draft when it is sent as a job. */
export const SendRecipients = Type.Array(
  Type.Object({ email: Type.String({ maxLength: 1000 }) }, { additionalProperties: true }),
  { minItems: 1, maxItems: 100_000 },
);
export const SendTemplate = Type.Object(
  {
    subject: Type.Optional(Type.String({ maxLength: 2000 })),
    html: Type.Optional(Type.String()),
    text: Type.Optional(Type.String()),
  },
  closed,
);
export const SendSender = Type.Object(
  { email: Type.String({ maxLength: 320 }), name: Type.Optional(Type.String({ maxLength: 200 })) },
  closed,
);

/** `POST /api/queue/campaigns/send`: a draft, with parts of it replaced. */
export const QueueSendBody = Type.Object(
  {
    campaignId: Id,
    recipients: Type.Optional(SendRecipients),
    template: Type.Optional(SendTemplate),
    sender: Type.Optional(SendSender),
  },
  closed,
);
export type QueueSendBody = Static<typeof QueueSendBody>;

export const QueueSendReply = Type.Object({
  sendId: Nullable(Type.String({ description: 'Null until the time of a scheduled campaign has come' })),
  campaignId: Id,
  jobId: Type.String(),
});
export type QueueSendReply = Static<typeof QueueSendReply>;

export const CampaignIdQuery = Type.Object({
  campaignId: Type.String({ maxLength: 200, description: 'Or its job id' }),
});

/** An operation that is under way or ended in the last day. */
export const Operation = Type.Object({
  id: Id,
  kind: Type.String({ enum: ['campaign', 'import', 'contacts'] }),
  name: Type.String(),
  state: Type.String(),
  progress: Type.Number(),
  total: Type.Integer(),
  processed: Type.Integer({ description: 'With a final outcome' }),
  succeeded: Type.Integer(),
  failed: Type.Integer(),
  rate: Type.Number({ description: 'A second' }),
  etaSeconds: Nullable(Type.Integer()),
  waitingFor: Type.Optional(Type.String()),
  counts: Type.Optional(RecipientCountsSchema),
  updatedAt: Time,
});
export type Operation = Static<typeof Operation>;

export const Operations = Type.Object({ items: Type.Array(Operation) });
export const ProgressQuery = Type.Object({ id: Type.Optional(Type.String({ maxLength: 200 })) });
export const DismissQuery = Type.Object({ id: Type.String({ maxLength: 200 }) });

export const StreamQuery = Type.Object({
  lastEventId: Type.Optional(
    Type.String({
      maxLength: 40,
      description: 'The last id or version received, where no Last-Event-ID header can be sent',
    }),
  ),
});
export type StreamQuery = Static<typeof StreamQuery>;
