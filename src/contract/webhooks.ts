import Type, { type Static } from 'typebox';
import { Id, Nullable, PageQuery, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

/** What an endpoint can be told. */
export const WEBHOOK_TYPES = [
  'email.sent',
  'email.failed',
  'email.delivered',
  'email.bounced',
  'email.delayed',
  'email.complained',
  'email.opened',
  'email.clicked',
  'email.unsubscribed',
  'email.rejected',
  'contact.unsubscribed',
  'campaign.started',
  'campaign.paused',
  'campaign.resumed',
  'campaign.finished',
  'campaign.failed',
  'campaign.cancelled',
] as const;
export type WebhookType = (typeof WEBHOOK_TYPES)[number];

const settings = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  url: Type.String({
    minLength: 1,
    maxLength: 2000,
    description: 'https://… (or http://); redirects are not followed',
  }),
  types: Type.Array(Type.Enum([...WEBHOOK_TYPES]), {
    minItems: 1,
    uniqueItems: true,
    description: 'What is told. email.sent and email.failed are of campaigns that are launched from now on',
  }),
  allowPrivateAddresses: Type.Boolean({
    description: 'Whether it may lead to this machine or into a private network; only an owner can say so',
  }),
};

/** `POST /api/webhooks` */
export const NewWebhook = Type.Object(
  {
    name: Type.Optional(settings.name),
    url: settings.url,
    types: settings.types,
    allowPrivateAddresses: Type.Optional(settings.allowPrivateAddresses),
  },
  closed,
);
export type NewWebhook = Static<typeof NewWebhook>;

/** `PATCH /api/webhooks/{id}` */
export const WebhookChange = Type.Object(
  {
    name: Type.Optional(settings.name),
    url: Type.Optional(settings.url),
    types: Type.Optional(settings.types),
    allowPrivateAddresses: Type.Optional(settings.allowPrivateAddresses),
    enabled: Type.Optional(
      Type.Boolean({ description: 'false: nothing is told; what happens meanwhile is not told later either' }),
    ),
  },
  closed,
);
export type WebhookChange = Static<typeof WebhookChange>;

export const Webhook = Type.Object({
  id: Id,
  name: Type.String(),
  url: Type.String(),
  types: Type.Array(Type.String()),
  allowPrivateAddresses: Type.Boolean(),
  state: Type.String({ enum: ['active', 'disabled'] }),
  stateReason: Nullable(Type.String({ description: 'Why it was disabled, when nobody did it' })),
  failingSince: Nullable(Time),
  oldSecretUntil: Nullable(
    Type.String({ format: 'date-time', description: 'Until then the secret of before signs too' }),
  ),
  pending: Type.Integer({ description: 'Messages that are still to be delivered; at most 10,000 are counted' }),
  createdAt: Time,
  updatedAt: Time,
});
export type Webhook = Static<typeof Webhook>;

export const CreatedWebhook = Type.Object({
  ...Webhook.properties,
  secret: Type.String({ description: 'whsec_… (Standard Webhooks), shown this once' }),
});
export type CreatedWebhook = Static<typeof CreatedWebhook>;

/** `POST /api/webhooks/{id}/rotate-secret` */
export const SecretRotation = Type.Object(
  {
    overlapHours: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 168, default: 24, description: 'How long both secrets sign' }),
    ),
  },
  closed,
);
export type SecretRotation = Static<typeof SecretRotation>;

export const WebhookDelivery = Type.Object({
  id: Type.String({ description: 'The webhook-id, the same at every attempt' }),
  type: Type.String(),
  state: Type.String({ enum: ['pending', 'delivered', 'failed'] }),
  attempts: Type.Integer(),
  nextAttemptAt: Nullable(Time),
  deliveredAt: Nullable(Time),
  createdAt: Time,
  body: Type.String({ description: 'What is posted, as it is signed' }),
  tries: Type.Array(
    Type.Object({
      at: Time,
      status: Nullable(Type.Integer({ description: 'Null: there was no answer' })),
      durationMs: Type.Integer(),
      answer: Nullable(Type.String({ description: 'How the answer begins' })),
      error: Nullable(Type.String()),
    }),
    { description: 'The last ten, oldest first' },
  ),
});
export type WebhookDelivery = Static<typeof WebhookDelivery>;

export const DeliveriesQuery = Type.Interface([Type.Omit(PageQuery, ['search'])], {
  state: Type.Optional(Type.Enum(['pending', 'delivered', 'failed'])),
  type: Type.Optional(Type.Enum([...WEBHOOK_TYPES, 'webhook.test'])),
});
export type DeliveriesQuery = Static<typeof DeliveriesQuery>;

export const DeliveryParams = Type.Object({ id: Id, deliveryId: Type.String({ pattern: '^msg_[0-9a-f-]{36}$' }) });

/** `POST /api/webhooks/{id}/replay` */
export const ReplayRequest = Type.Object({ since: Time }, closed);
export const ReplayResult = Type.Object({ replayed: Type.Integer() });
