import type { Job as BullJob, JobType, Queue, Worker, WorkerOptions } from 'bullmq';
import { messageOf } from '../errors.ts';
import { withSpan } from '../lib/trace.ts';
import {
  type DeadLetter,
  JOB_OPTIONS,
  type Job,
  type JobCounts,
  type JobPayloads,
  type JobState,
  MAINTENANCE,
  type MaintenanceKind,
  QUEUE_NAMES,
  type QueueName,
} from './jobs.ts';
import type { CleanFilter, JobTaker, Queues, WorkOptions } from './queues.ts';

type Payload = JobPayloads[QueueName];
/** BullMQ's classes carry the type of their backend; nothing here depends on it. */
// biome-ignore lint/suspicious/noExplicitAny: any backend
export type BullQueue = Queue<Payload, unknown, string, Payload, unknown, string, any, any>;
// biome-ignore lint/suspicious/noExplicitAny: any backend
export type BullWorker = Worker<Payload, unknown, string, any, any, any>;
type Processor = (job: { readonly id?: string | undefined; readonly data: Payload }) => Promise<void>;

/** Where BullMQ keeps its jobs: what differs between PostgreSQL and Redis. */
export interface BullBackend {
  readonly kind: Queues['backend'];
  openQueue(name: QueueName, defaults: BullQueue['defaultJobOptions']): BullQueue;
  openWorker(name: QueueName, processor: Processor, options: Omit<WorkerOptions, 'connection'>): BullWorker;
  /** After every queue and worker is closed. */
  close(): Promise<void>;
}

const CLEAN_AT_ONCE = 1000;
const MOST_LISTED = 1000;
/** After the backend was away a worker asks again this soon (by itself BullMQ would wait 15 s). */
const RETRY_MS = 500;
/** A lost notification costs a worker this long at most. */
const LONGEST_BLOCK_S = 2;
/** Hints at batches come by the thousand, and say nothing once they were taken. */
const KEPT_HINTS = 1000;

/** What waits in a paused queue counts as `waiting` on one backend and as `paused` on the other; types know only one. */
const PAUSED = 'paused' as JobType;
const UNTAKEN: JobType[] = ['waiting', 'prioritized', PAUSED];
const STATES_OF_BULL: Readonly<Record<JobState, JobType[]>> = {
  waiting: UNTAKEN,
  active: ['active'],
  completed: ['completed'],
  failed: ['failed'],
  delayed: ['delayed'],
  paused: UNTAKEN,
};

/** The queues on BullMQ, on whichever backend. */
export class BullQueues implements Queues {
  readonly #backend: BullBackend;
  readonly #onError: (error: Error) => void;
  readonly #queues = new Map<QueueName, BullQueue>();
  readonly #takers = new Set<JobTaker>();

  constructor(backend: BullBackend, onError: (error: Error) => void) {
    this.#backend = backend;
    this.#onError = onError;
    for (const name of QUEUE_NAMES) {
      const queue = backend.openQueue(name, jobOptions(name));
      queue.on('error', onError);
      this.#queues.set(name, queue);
    }
  }

  get backend(): Queues['backend'] {
    return this.#backend.kind;
  }

  async enqueue<Name extends QueueName>(name: Name, payload: JobPayloads[Name], count = 1): Promise<void> {
    const jobs = Array.from({ length: count }, () => ({ name, data: payload }));
    await this.#queue(name).addBulk(jobs);
  }

  async waiting(name: QueueName): Promise<number> {
    const counts = await this.#queue(name).getJobCounts(...UNTAKEN);
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  async counts(name: QueueName): Promise<JobCounts> {
    const types = new Set(Object.values(STATES_OF_BULL).flat());
    const [counts, isPaused] = await Promise.all([this.#queue(name).getJobCounts(...types), this.isPaused(name)]);
    const sum = (state: JobState) => STATES_OF_BULL[state].reduce((total, type) => total + (counts[type] ?? 0), 0);
    return {
      waiting: isPaused ? 0 : sum('waiting'),
      active: sum('active'),
      completed: sum('completed'),
      failed: sum('failed'),
      delayed: sum('delayed'),
      paused: isPaused ? sum('paused') : 0,
    };
  }

  async list(name: QueueName, states: readonly JobState[], start: number, limit: number): Promise<Job[]> {
    const isPaused = await this.isPaused(name);
    const there = states.filter((state) => state !== (isPaused ? 'waiting' : 'paused'));
    if (there.length === 0) return [];
    const types = there.flatMap((state) => STATES_OF_BULL[state]);
    const last = start + Math.min(limit, MOST_LISTED) - 1;
    const jobs = await this.#queue(name).getJobs(types, start, last, false);
    const known = jobs.filter((job) => job !== undefined); // one that ended meanwhile leaves a gap
    return Promise.all(known.map((job) => this.#describe(name, job, isPaused)));
  }

  async find(name: QueueName, jobId: string): Promise<Job | null> {
    const job = await this.#queue(name).getJob(jobId);
    return job ? this.#describe(name, job, await this.isPaused(name)) : null;
  }

  isPaused(name: QueueName): Promise<boolean> {
    return this.#queue(name).isPaused();
  }

  async pause(name: QueueName): Promise<void> {
    await this.#queue(name).pause();
  }

  async resume(name: QueueName): Promise<void> {
    await this.#queue(name).resume();
  }

  async retry(name: QueueName, jobId: string): Promise<boolean> {
    const job = await this.#queue(name).getJob(jobId);
    if (!job || !(await job.isFailed())) return false;
    await job.retry('failed', { resetAttemptsMade: true });
    return true;
  }

  async remove(name: QueueName, jobId: string): Promise<boolean> {
    const queue = this.#queue(name);
    // On Redis a removal answers 1 also where there was nothing.
    return (await queue.getJob(jobId)) !== undefined && (await queue.remove(jobId)) === 1;
  }

  async clean(name: QueueName, filter: CleanFilter = {}): Promise<number> {
    let removed = 0;
    for (const state of filter.states ?? (['completed', 'failed'] as const)) {
      for (;;) {
        const jobs = await this.#queue(name).clean(filter.olderThanMs ?? 0, CLEAN_AT_ONCE, state);
        removed += jobs.length;
        if (jobs.length < CLEAN_AT_ONCE) break;
      }
    }
    return removed;
  }

  async drain(name: QueueName): Promise<number> {
    const { waiting, delayed, paused } = await this.counts(name);
    await this.#queue(name).drain(true);
    return waiting + delayed + paused;
  }

  work<Name extends QueueName>(
    name: Name,
    options: WorkOptions,
    handler: (payload: JobPayloads[Name]) => Promise<void>,
  ): JobTaker {
    const process: Processor = (job) =>
      withSpan(`job ${name}`, { queue: name, job: job.id ?? '' }, () => handler(job.data as JobPayloads[Name]));
    const worker = this.#backend.openWorker(name, process, {
      concurrency: options.concurrency,
      runRetryDelay: RETRY_MS,
      drainDelay: LONGEST_BLOCK_S,
      ...(options.limiter ? { limiter: { max: options.limiter.max, duration: options.limiter.durationMs } } : {}),
    });
    worker.on('error', this.#onError);
    worker.on('failed', (job, error) => void this.#bury(name, job, error));
    const taker = {
      close: async () => {
        this.#takers.delete(taker);
        await worker.close();
      },
    };
    this.#takers.add(taker);
    return taker;
  }

  async scheduleMaintenance(): Promise<void> {
    const queue = this.#queue('maintenance');
    for (const kind of Object.keys(MAINTENANCE) as MaintenanceKind[]) {
      await queue.upsertJobScheduler(kind, { every: MAINTENANCE[kind].everyMs }, { name: kind, data: { kind } });
    }
  }

  bullQueues(): readonly unknown[] {
    return [...this.#queues.values()];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#takers].map((taker) => taker.close()));
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    await this.#backend.close();
  }

  /** A job that failed for good goes to the dead letters. */
  async #bury(queue: QueueName, job: BullJob<Payload> | undefined, error: Error): Promise<void> {
    if (!job || job.attemptsMade < (job.opts.attempts ?? 1)) return;
    const letter: DeadLetter = {
      queue,
      jobId: job.id ?? '',
      payload: job.data,
      error: messageOf(error),
      attempts: job.attemptsMade,
      failedAt: new Date().toISOString(),
    };
    await this.enqueue('dead-letter', letter).catch(this.#onError);
  }

  async #describe(queue: QueueName, job: BullJob<Payload>, isPaused: boolean): Promise<Job> {
    return {
      id: job.id ?? '',
      queue,
      state: stateOf(await job.getState(), isPaused),
      payload: job.data,
      priority: job.priority,
      attempts: job.attemptsMade,
      createdAt: new Date(job.timestamp),
      startedAt: job.processedOn ? new Date(job.processedOn) : null,
      finishedAt: job.finishedOn ? new Date(job.finishedOn) : null,
      dueAt: job.delay > 0 ? new Date(job.timestamp + job.delay) : null,
      error: job.failedReason || null,
    };
  }

  #queue(name: QueueName): BullQueue {
    const queue = this.#queues.get(name);
    if (!queue) throw new Error(`There is no queue named ${name}`);
    return queue;
  }
}

function jobOptions(name: QueueName): BullQueue['defaultJobOptions'] {
  if (name === 'dead-letter') return { ...JOB_OPTIONS, attempts: 1 };
  const isHint = name === 'email-sending' || name === 'email-retry';
  return isHint
    ? { ...JOB_OPTIONS, removeOnComplete: { ...JOB_OPTIONS.removeOnComplete, count: KEPT_HINTS } }
    : JOB_OPTIONS;
}

function stateOf(state: string, isPaused: boolean): JobState {
  if (state === 'active' || state === 'completed' || state === 'failed' || state === 'delayed') return state;
  return isPaused ? 'paused' : 'waiting';
}
