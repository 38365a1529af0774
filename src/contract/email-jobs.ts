import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';
import { CAMPAIGN_STATES } from './states.ts';

/** `GET /api/workers/jobs`. */
export const EmailJobsQuery = Type.Object({
  state: Type.Optional(
    Type.String({
      maxLength: 200,
      pattern: `^(${CAMPAIGN_STATES.join('|')})(,(${CAMPAIGN_STATES.join('|')}))*$`,
      description: 'One state, or several with commas between them',
    }),
  ),
  start: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })),
});
export type EmailJobsQuery = Static<typeof EmailJobsQuery>;

export const EmailJob = Type.Object({
  jobId: Type.String(),
  type: Type.String({ enum: ['campaign'] }),
  workspaceId: Id,
  campaignId: Id,
  name: Type.String(),
  state: Type.String(),
  priority: Type.Integer(),
  batchSize: Nullable(Type.Integer()),
  maxRetries: Type.Integer(),
  progress: Type.Number(),
  error: Nullable(Type.String()),
  createdAt: Time,
  scheduledAt: Nullable(Time),
  startedAt: Nullable(Time),
  finishedAt: Nullable(Time),
});
export type EmailJob = Static<typeof EmailJob>;

const Count = Type.Integer();
export const EmailJobs = Type.Object({
  jobs: Type.Array(EmailJob),
  stats: Type.Object({
    waiting: Count,
    active: Count,
    completed: Count,
    failed: Count,
    delayed: Count,
    paused: Count,
    cancelled: Count,
  }),
});
export type EmailJobs = Static<typeof EmailJobs>;

export const EmailJobAction = Type.Object(
  {
    action: Type.String({ enum: ['retry', 'cancel', 'reschedule'] }),
    jobId: Type.String({ maxLength: 200 }),
    at: Type.Optional(
      Type.String({ format: 'date-time', description: 'reschedule: the new time, of a job that has not begun' }),
    ),
  },
  { additionalProperties: false },
);
export type EmailJobAction = Static<typeof EmailJobAction>;

export const EmailJobMoved = Type.Object({
  jobId: Type.String(),
  campaignId: Id,
  state: Type.String(),
  retried: Type.Optional(Type.Integer({ description: 'Recipients that are tried again' })),
});
export type EmailJobMoved = Static<typeof EmailJobMoved>;

export const JobQuery = Type.Object({ jobId: Type.String({ maxLength: 200 }) });
