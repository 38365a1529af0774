import Type, { type Static } from 'typebox';
import { Nullable, Time } from './common.ts';
import { Throughput, ThroughputHours } from './throughput.ts';
import { Workers } from './workers.ts';

const QUEUES = ['campaigns', 'leads-import', 'email-sending', 'email-retry', 'dead-letter', 'maintenance'] as const;

const JobState = Type.String({ enum: ['waiting', 'active', 'completed', 'failed', 'delayed', 'paused'] });
const Start = Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Position of the first one, newest first' });

export const QueueAdminQuery = Type.Object({
  action: Type.String({ enum: ['status', 'stats', 'workers', 'metrics', 'jobs'] }),
  hours: Type.Optional(ThroughputHours),
  queue: Type.Optional(Type.String({ enum: [...QUEUES], description: 'jobs: of which queue' })),
  state: Type.Optional(JobState),
  start: Type.Optional(Start),
});
export type QueueAdminQuery = Static<typeof QueueAdminQuery>;

const UpOrDown = Type.String({ enum: ['up', 'down'] });

export const SystemStatus = Type.Object({
  status: Type.String({ enum: ['ok', 'degraded', 'down'] }),
  redis: Type.Object({
    status: Type.String({ enum: ['up', 'down', 'disabled'] }),
    latencyMs: Nullable(Type.Number()),
    usedMemoryMb: Nullable(Type.Number()),
  }),
  database: Type.Object({
    status: UpOrDown,
    latencyMs: Nullable(Type.Number()),
    connections: Type.Object({ total: Type.Integer(), idle: Type.Integer(), waiting: Type.Integer() }),
  }),
  queue: Type.Object({
    status: UpOrDown,
    backend: Type.String({ enum: ['postgres', 'redis'] }),
    paused: Type.Array(Type.String(), { description: 'Queues that nobody takes jobs of' }),
  }),
  workers: Type.Object({ running: Type.Integer(), desired: Type.Integer() }),
  memory: Type.Object({ rssMb: Type.Number(), heapUsedMb: Type.Number(), freeMb: Type.Number() }),
});
export type SystemStatus = Static<typeof SystemStatus>;

const Millis = Nullable(Type.Number({ description: 'Milliseconds; null when no job ended lately' }));

export const QueueStats = Type.Object({
  name: Type.String(),
  paused: Type.Boolean(),
  counts: Type.Object({
    waiting: Type.Integer(),
    active: Type.Integer(),
    completed: Type.Integer(),
    failed: Type.Integer(),
    delayed: Type.Integer(),
    paused: Type.Integer(),
  }),
  completedLastMinute: Type.Integer({ description: 'Of the last 200 that ended' }),
  failedLastMinute: Type.Integer({ description: 'Of the last 200 that ended' }),
  errorRate: Nullable(
    Type.Number({ description: 'Share of failed ones among those that ended in the last minute, 0 to 1' }),
  ),
  processingMs: Type.Object({ p50: Millis, p95: Millis }),
  oldestWaitingAt: Nullable(
    Type.String({ format: 'date-time', description: 'When the oldest job came that nobody has taken' }),
  ),
});
export type QueueStats = Static<typeof QueueStats>;

const AllQueueStats = Type.Object({ queues: Type.Array(QueueStats) });

export const QueueAdminBody = Type.Object(
  {
    action: Type.String({ enum: ['pause', 'resume', 'clean', 'retry', 'remove', 'inspect', 'replay', 'drain'] }),
    queue: Type.String({ enum: [...QUEUES] }),
    jobId: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    olderThanMs: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 31_536_000_000, description: 'clean, replay: only what ended so long ago' }),
    ),
  },
  { additionalProperties: false },
);
export type QueueAdminBody = Static<typeof QueueAdminBody>;

export const QueueJob = Type.Object({
  jobId: Type.String(),
  queue: Type.String(),
  state: Type.String(),
  payload: Type.Unknown(),
  priority: Type.Integer(),
  attempts: Type.Integer(),
  createdAt: Time,
  startedAt: Nullable(Time),
  finishedAt: Nullable(Time),
  dueAt: Nullable(Time),
  error: Nullable(Type.String()),
});
export type QueueJob = Static<typeof QueueJob>;

/** `?action=jobs`: a hundred, newest first. */
export const QueueJobs = Type.Object({ jobs: Type.Array(QueueJob) });
export type QueueJobs = Static<typeof QueueJobs>;

export const QueueAdminReply = Type.Union([SystemStatus, AllQueueStats, Workers, Throughput, QueueJobs]);

export const QueueActionReply = Type.Object({
  action: Type.String(),
  queue: Type.String(),
  paused: Type.Optional(Type.Boolean()),
  removed: Type.Optional(Type.Integer()),
  retried: Type.Optional(Type.Integer()),
  replayed: Type.Optional(Type.Integer()),
  jobs: Type.Optional(Type.Array(QueueJob, { description: 'inspect: the newest hundred, or the one asked for' })),
});
export type QueueActionReply = Static<typeof QueueActionReply>;
