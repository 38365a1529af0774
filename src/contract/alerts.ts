import Type, { type Static } from 'typebox';
import { Id, Nullable, PageQuery, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

/** What an alert can be about. */
export const ALERT_KINDS = [
  'error-rate',
  'queue-backlog',
  'campaign-stalled',
  'campaign-guarded',
  'series-failed',
  'worker-dead',
  'account-disabled',
  'webhook-disabled',
  'database',
  'redis-down',
  'disk-full',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

const STATES = ['open', 'acknowledged', 'cleared'] as const;

export const AlertDelivery = Type.Object({
  id: Id,
  event: Type.String({ enum: ['raised', 'cleared'] }),
  channel: Type.String({ enum: ['webhook', 'email'] }),
  target: Type.String(),
  state: Type.String({ enum: ['pending', 'delivered', 'failed'] }),
  attempts: Type.Integer(),
  lastError: Nullable(Type.String()),
  nextAttemptAt: Nullable(Time),
  deliveredAt: Nullable(Time),
});
export type AlertDelivery = Static<typeof AlertDelivery>;

export const Alert = Type.Object({
  id: Id,
  kind: Type.String({ enum: [...ALERT_KINDS] }),
  subject: Type.String({ description: 'The id of the campaign, series, account or worker it is about; else empty' }),
  state: Type.String({ enum: [...STATES] }),
  message: Type.String({ description: 'What is the matter, in words' }),
  value: Nullable(Type.Number({ description: 'As measured last' })),
  threshold: Nullable(Type.Number({ description: 'Where it was raised' })),
  raisedAt: Time,
  acknowledgedAt: Nullable(Time),
  clearedAt: Nullable(Time),
});
export type Alert = Static<typeof Alert>;

export const AlertDetail = Type.Interface([Alert], { deliveries: Type.Array(AlertDelivery) });
export type AlertDetail = Static<typeof AlertDetail>;

export const AlertsQuery = Type.Interface([PageQuery], {
  state: Type.Optional(
    Type.String({
      pattern: `^(${STATES.join('|')})(,(${STATES.join('|')}))*$`,
      description: 'open, acknowledged or cleared; several with commas between them',
    }),
  ),
});
export type AlertsQuery = Static<typeof AlertsQuery>;

const RuleInForce = Type.Object({
  enabled: Type.Boolean(),
  raiseAt: Type.Number(),
  clearAt: Type.Number(),
  forSeconds: Type.Integer(),
});

/** `GET /api/alerts/rules`: as they hold in the workspace, and as they are built in. */
export const AlertRules = Type.Object({
  items: Type.Array(
    Type.Object({ kind: Type.String({ enum: [...ALERT_KINDS] }), inForce: RuleInForce, builtIn: RuleInForce }),
  ),
});
export type AlertRules = Static<typeof AlertRules>;

const Rule = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean({ default: true })),
    raiseAt: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 })),
    clearAt: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9, description: 'Below raiseAt' })),
    forSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
  },
  { ...closed, description: 'What is left out is the built-in threshold' },
);
const Rules = Type.Object(
  Object.fromEntries(ALERT_KINDS.map((kind) => [kind, Type.Optional(Rule)])) as Record<
    (typeof ALERT_KINDS)[number],
    ReturnType<typeof Type.Optional<typeof Rule>>
  >,
  closed,
);
const Email = Type.Object({ to: Type.Array(Type.String({ maxLength: 320 }), { minItems: 1, maxItems: 20 }) }, closed);

/** As it is shown: the webhook's secret stays where it is. */
export const AlertSettings = Type.Object({
  rules: Rules,
  webhook: Nullable(Type.Object({ url: Type.String(), allowPrivateAddresses: Type.Boolean() })),
  email: Nullable(Email),
});
export type AlertSettings = Static<typeof AlertSettings>;

/** Replaces rules, webhook and email that it names; null takes webhook or email away. */
export const AlertSettingsChange = Type.Object(
  {
    rules: Type.Optional(Rules),
    webhook: Type.Optional(
      Nullable(
        Type.Object(
          {
            url: Type.String({ maxLength: 2000, description: 'http or https' }),
            secret: Type.Optional(
              Type.String({
                maxLength: 200,
                description:
                  'whsec_ and base64 of 24 to 64 bytes (Standard Webhooks). Never read back; kept when left out',
              }),
            ),
            allowPrivateAddresses: Type.Optional(
              Type.Boolean({
                default: false,
                description: 'Whether it may lead into the private network; owners only',
              }),
            ),
          },
          closed,
        ),
      ),
    ),
    email: Type.Optional(Nullable(Email)),
  },
  closed,
);
export type AlertSettingsChange = Static<typeof AlertSettingsChange>;
