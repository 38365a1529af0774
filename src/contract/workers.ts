import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';
import { SendRecipients, SendSender, SendTemplate } from './queue.ts';

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 0, maximum: 1000 });

export const WorkerInfo = Type.Object({
  id: Id,
  pid: Type.Integer(),
  host: Type.String(),
  state: Type.String({
    enum: ['running', 'silent', 'stopping', 'stopped', 'dead'],
    description: 'silent: no heartbeat for 15 s',
  }),
  startedAt: Time,
  heartbeatAt: Time,
  currentCampaigns: Type.Array(Id),
  heldLast: Type.Array(Id, { description: 'Campaigns it had in hand when it was heard last' }),
  sentLastMinute: Type.Integer(),
  recent: Type.Array(Type.Integer(), {
    description: 'Messages accepted in each ten seconds of the last five minutes, oldest first',
  }),
  rssMb: Type.Number(),
  utilization: Type.Number({ description: 'Share of the last seconds in which its event loop was busy, 0 to 1' }),
  nodeId: Nullable(Type.String({ description: 'The node whose manager runs it; null: on its own' })),
});
export type WorkerInfo = Static<typeof WorkerInfo>;

const ScalingDecision = Type.Object({
  at: Time,
  workers: Type.Integer({ description: 'That ran' }),
  desired: Type.Integer(),
  depth: Type.Integer({ description: 'Recipients ready to be sent to' }),
  rate: Type.Number({ description: 'Emails a second' }),
  allowed: Nullable(Type.Number({ description: 'Emails a second that the accounts could take; null: no limit' })),
  reason: Type.String(),
});

export const PoolStats = Type.Object({
  state: Type.String({ enum: ['running', 'stopped'] }),
  mode: Type.String({ enum: ['automatic', 'manual'] }),
  running: Type.Integer(),
  desired: Type.Integer(),
  reason: Type.String({ description: 'Why so many' }),
  minWorkers: Type.Integer(),
  maxWorkers: Type.Integer(),
  targetThroughput: Type.Integer({ description: 'Emails an hour' }),
  sentLastMinute: Type.Integer(),
  emailsPerSecond: Type.Number(),
  queueDepth: Type.Integer({ description: 'Recipients ready to be sent to' }),
  nodes: Type.Array(
    Type.Object({
      id: Id,
      host: Type.String(),
      pid: Type.Integer(),
      running: Type.Integer(),
      desired: Type.Integer(),
      minWorkers: Type.Integer(),
      maxWorkers: Type.Integer(),
    }),
  ),
  decisions: Type.Array(ScalingDecision, { description: 'Of autoscaling, newest first' }),
});
export type PoolStats = Static<typeof PoolStats>;

export const Workers = Type.Object({ workers: Type.Array(WorkerInfo), stats: PoolStats });
export type Workers = Static<typeof Workers>;

/** `create-job` in the words of the email-workers service: a draft is launched, with its parts replaced by the payload. */
const EmailJob = {
  campaign_id: Type.Optional(Id),
  workspace_id: Type.Optional(Type.String({ maxLength: 100, description: "If given, it must be the caller's own" })),
  job_type: Type.Optional(Type.String({ enum: ['campaign'] })),
  priority: Type.Optional(Type.Integer({ minimum: -100, maximum: 100 })),
  batch_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  max_retries: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 20, description: 'How often a refused recipient is tried again' }),
  ),
  payload: Type.Optional(
    Type.Object(
      {
        campaign_id: Type.Optional(Id),
        leads: Type.Optional(SendRecipients),
        template_data: Type.Optional(SendTemplate),
        sender_info: Type.Optional(SendSender),
        tracking_config: Type.Optional(
          Type.Object({ opens: Type.Optional(Type.Boolean()), clicks: Type.Optional(Type.Boolean()) }, closed),
        ),
      },
      closed,
    ),
  ),
};

export const WorkersBody = Type.Object(
  {
    action: Type.String({ enum: ['start', 'stop', 'scale', 'restart', 'create-job'] }),
    count: Type.Optional(
      Nullable(
        Type.Integer({
          minimum: 0,
          maximum: 1000,
          description: 'start, stop: how many more or fewer (1); scale: how many there should be, null: by autoscaling',
        }),
      ),
    ),
    workerId: Type.Optional(Id),
    ...EmailJob,
  },
  closed,
);
export type WorkersBody = Static<typeof WorkersBody>;

export const WorkersReply = Type.Object({
  action: Type.String(),
  message: Type.String(),
  desired: Type.Optional(Type.Integer()),
  workerId: Type.Optional(Id),
  jobId: Type.Optional(Type.String()),
  campaignId: Type.Optional(Id),
});
export type WorkersReply = Static<typeof WorkersReply>;

export const WorkerQuery = Type.Object({ workerId: Id });

export const StartupBody = Type.Object(
  {
    action: Type.String({ enum: ['initialize', 'start', 'stop'] }),
    min_workers: Type.Optional(Count),
    max_workers: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    auto_start: Type.Optional(Type.Boolean({ default: true })),
    target_throughput: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'Emails an hour' }),
    ),
  },
  closed,
);
export type StartupBody = Static<typeof StartupBody>;

export const StartupStatus = Type.Object({
  state: Type.String({ enum: ['running', 'stopped'] }),
  running: Type.Integer(),
  desired: Type.Integer(),
  min_workers: Type.Integer(),
  max_workers: Type.Integer(),
  target_throughput: Type.Integer(),
  message: Type.String(),
});
export type StartupStatus = Static<typeof StartupStatus>;
