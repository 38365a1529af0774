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
  /** Deferred recipients of this campaign are due. */
  readonly 'email-retry': { readonly campaignId: string };
  /** Jobs that failed for good, kept to be looked at and replayed. */
  readonly 'dead-letter': { readonly queue: string; readonly payload: unknown; readonly error: string };
  /** Look after what time brings: due campaigns, dead workers, finished sends, old rows. */
  readonly maintenance: Record<string, never>;
}

export type QueueName = keyof JobPayloads;

export const QUEUE_NAMES: readonly QueueName[] = [
  'campaigns',
  'leads-import',
  'email-sending',
  'email-retry',
  'dead-letter',
  'maintenance',
];

/** Attempts of a job itself (not of a message), exponential from two seconds; finished jobs are kept a while to be looked at. */
export const JOB_OPTIONS = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 2000 },
  removeOnComplete: { age: 24 * 3600, count: 1000 },
  removeOnFail: { age: 7 * 24 * 3600 },
} as const;
