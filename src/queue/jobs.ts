/**
 * Every job there is: its queue and what it carries. A job is only a hint that there is work; what is to be done, and
 * whether it was done already, stands in our own tables. So a job may be lost, doubled or late without harm.
 */
export interface JobPayloads {
  /** Write the audience of this campaign into the ledger. */
  readonly campaigns: { readonly campaignId: string };
  /** Import this upload. */
  readonly 'leads-import': { readonly importId: string };
  /** There is a batch ready somewhere: claim the next one. */
  readonly 'email-sending': Record<string, never>;
  /** Deferred recipients of some batch are due: claim one of those. */
  readonly 'email-retry': Record<string, never>;
  /** A job that failed for good, kept to be looked at and replayed. */
  readonly 'dead-letter': DeadLetter;
  /** What time brings: each kind is done by one worker at a time. */
  readonly maintenance: { readonly kind: MaintenanceKind };
}

export interface DeadLetter {
  /** Where it failed; a replay puts it back there. */
  readonly queue: QueueName;
  readonly jobId: string;
  readonly payload: unknown;
  readonly error: string;
  readonly attempts: number;
  /** ISO 8601. */
  readonly failedAt: string;
}

/** Kinds of maintenance, and how often each is due. */
export const MAINTENANCE = {
  /** Old permits, journals, sessions, uploads, metrics. */
  'clean-up': { everyMs: 3_600_000 },
} as const satisfies Record<string, { everyMs: number }>;
export type MaintenanceKind = keyof typeof MAINTENANCE;

export type QueueName = keyof JobPayloads;

export const QUEUE_NAMES: readonly QueueName[] = [
  'campaigns',
  'leads-import',
  'email-sending',
  'email-retry',
  'dead-letter',
  'maintenance',
];

/** What is asked of one job, as it stands in its queue. */
export interface Job {
  readonly id: string;
  readonly queue: QueueName;
  readonly state: JobState;
  readonly payload: unknown;
  readonly priority: number;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** When a delayed one is due. */
  readonly dueAt: Date | null;
  readonly error: string | null;
}

export const JOB_STATES = ['waiting', 'active', 'completed', 'failed', 'delayed', 'paused'] as const;
export type JobState = (typeof JOB_STATES)[number];
export type JobCounts = Readonly<Record<JobState, number>>;

/** Attempts of a job itself (not of a message): three, 2 s and 4 s apart; finished ones are kept a while to be looked at. */
export const JOB_OPTIONS = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 2000 },
  removeOnComplete: { age: 24 * 3600 },
  removeOnFail: { age: 7 * 24 * 3600 },
} as const;
