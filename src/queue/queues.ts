import type { Job, JobCounts, JobPayloads, JobState, QueueName } from './jobs.ts';

/** A taker of jobs that can be stopped on its own. */
export interface JobTaker {
  /** Takes no more jobs, and waits for the handlers that are running. */
  close(): Promise<void>;
}

export interface WorkOptions {
  readonly concurrency: number;
  /** At most `max` job starts in every `durationMs`, over all takers of the queue. */
  readonly limiter?: { readonly max: number; readonly durationMs: number };
}

/** Which ended jobs to forget. */
export interface CleanFilter {
  readonly states?: ReadonlyArray<'completed' | 'failed'>;
  /** Only what ended at least so long ago. */
  readonly olderThanMs?: number;
}

/** Jobs in, jobs out, whatever keeps them. */
export interface Queues {
  readonly backend: 'postgres' | 'redis';
  /** Throws when the backend is away; whoever enqueues goes on without, because a sweep makes up for it. */
  enqueue<Name extends QueueName>(name: Name, payload: JobPayloads[Name], count?: number): Promise<void>;
  /** Jobs that nobody has taken yet, paused or not. */
  waiting(name: QueueName): Promise<number>;
  counts(name: QueueName): Promise<JobCounts>;
  /** Newest first. `limit` to 1000. */
  list(name: QueueName, states: readonly JobState[], start: number, limit: number): Promise<Job[]>;
  find(name: QueueName, jobId: string): Promise<Job | null>;
  isPaused(name: QueueName): Promise<boolean>;
  /** Nobody takes jobs of this queue until it is resumed; what is being done is finished. */
  pause(name: QueueName): Promise<void>;
  resume(name: QueueName): Promise<void>;
  /** A failed job from the beginning; false when there is none, or it has not failed. */
  retry(name: QueueName, jobId: string): Promise<boolean>;
  /** False when there is none, or somebody is at work on it. */
  remove(name: QueueName, jobId: string): Promise<boolean>;
  /** Forgets jobs that have ended. Returns how many. */
  clean(name: QueueName, filter?: CleanFilter): Promise<number>;
  /** Forgets jobs that nobody has taken yet, delayed ones included. Returns how many. */
  drain(name: QueueName): Promise<number>;
  work<Name extends QueueName>(
    name: Name,
    options: WorkOptions,
    handler: (payload: JobPayloads[Name]) => Promise<void>,
  ): JobTaker;
  /** Sees to it that a maintenance job of each kind comes up in its time, once for all nodes. */
  scheduleMaintenance(): Promise<void>;
  /** BullMQ's own objects, for Bull Board. */
  bullQueues(): readonly unknown[];
  /** Closes every taker, and the queues. */
  close(): Promise<void>;
}
