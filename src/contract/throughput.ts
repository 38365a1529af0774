import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

/** What was done in a stretch of time. Attempts are counted: a recipient that is put off twice counts twice in `deferred`. */
export const ThroughputPoint = Type.Object({
  beganAt: Time,
  sent: Type.Integer(),
  failed: Type.Integer(),
  deferred: Type.Integer(),
  unknown: Type.Integer(),
  rate: Type.Number({ description: 'Messages accepted a second' }),
  successRate: Nullable(
    Type.Number({ description: '0 to 1: accepted, of those with a final outcome; null when there is none' }),
  ),
  averageBatchMs: Nullable(
    Type.Number({ description: 'From taking a batch to giving it back; null when none was given back' }),
  ),
});
export type ThroughputPoint = Static<typeof ThroughputPoint>;

export const Throughput = Type.Object({
  total: ThroughputPoint,
  hours: Type.Array(ThroughputPoint, { description: 'Oldest first, without gaps; the last one is not over' }),
  minutes: Type.Array(ThroughputPoint, { description: 'The last hour' }),
});
export type Throughput = Static<typeof Throughput>;

/** `GET /api/campaigns/throughput` */
export const WorkspaceThroughput = Type.Object({
  ...Throughput.properties,
  accounts: Type.Array(
    Type.Object({
      accountId: Id,
      name: Type.String(),
      sent: Type.Integer(),
      failed: Type.Integer(),
      deferred: Type.Integer(),
      unknown: Type.Integer(),
      successRate: Nullable(Type.Number({ description: '0 to 1; null when nothing has a final outcome' })),
    }),
    { description: 'Within the hours asked for' },
  ),
  queuedToSent: Type.Object(
    {
      messages: Type.Integer(),
      p50Seconds: Nullable(Type.Integer()),
      p95Seconds: Nullable(Type.Integer()),
      slowestSeconds: Nullable(Type.Integer()),
      bins: Type.Array(
        Type.Object({ uptoSeconds: Nullable(Type.Integer({ description: 'null: longer' })), messages: Type.Integer() }),
      ),
    },
    {
      description:
        'From the launch of a campaign to the moment a server accepted its messages, in steps of five seconds; of the last day at most',
    },
  ),
});
export type WorkspaceThroughput = Static<typeof WorkspaceThroughput>;

/** `?hours=`: kept for 90 days. */
export const ThroughputHours = Type.Integer({ minimum: 1, maximum: 2160, default: 24 });
export const ThroughputQuery = Type.Object({ hours: Type.Optional(ThroughputHours) });
