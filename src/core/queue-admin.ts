import type {
  QueueActionReply,
  QueueAdminBody,
  QueueAdminQuery,
  QueueJob,
  QueueJobs,
  QueueStats,
} from '../contract/queue-admin.ts';
import { notFound } from '../errors.ts';
import {
  type DeadLetter,
  JOB_STATES,
  type Job,
  type JobPayloads,
  type JobState,
  QUEUE_NAMES,
  type QueueName,
} from '../queue/jobs.ts';
import type { Queues } from '../queue/queues.ts';
import { invalid } from './content.ts';
import type { Core } from './context.ts';

type QueueCore = Pick<Core, 'queues'>;

const LOOKED_AT = 200;
const INSPECTED = 100;
const MINUTE_MS = 60_000;
const AT_ONCE = 1000;

/** Depths, rates and processing times of every queue. */
export async function queueStats(core: QueueCore): Promise<QueueStats[]> {
  return Promise.all(QUEUE_NAMES.map((name) => statsOf(core.queues, name)));
}

async function statsOf(queues: Queues, name: QueueName): Promise<QueueStats> {
  const [paused, counts, ended] = await Promise.all([
    queues.isPaused(name),
    queues.counts(name),
    queues.list(name, ['completed', 'failed'], 0, LOOKED_AT),
  ]);
  const untaken = counts.waiting + counts.paused;
  const [oldest] = untaken === 0 ? [] : await queues.list(name, ['waiting', 'paused'], untaken - 1, 1);
  const recent = ended.filter((job) => job.finishedAt !== null && Date.now() - job.finishedAt.getTime() < MINUTE_MS);
  const failed = recent.filter((job) => job.state === 'failed').length;
  const times = ended.flatMap(processingMs).sort((a, b) => a - b);
  return {
    name,
    paused,
    counts,
    completedLastMinute: recent.length - failed,
    failedLastMinute: failed,
    errorRate: recent.length === 0 ? null : failed / recent.length,
    processingMs: { p50: quantile(times, 0.5), p95: quantile(times, 0.95) },
    oldestWaitingAt: oldest?.createdAt.toISOString() ?? null,
  };
}

function processingMs({ startedAt, finishedAt }: Job): number[] {
  return startedAt && finishedAt ? [finishedAt.getTime() - startedAt.getTime()] : [];
}

function quantile(sorted: readonly number[], q: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? null;
}

/** `POST /api/queue/admin`. */
export async function controlQueue(core: QueueCore, body: QueueAdminBody): Promise<QueueActionReply> {
  const { action } = body;
  const queue = body.queue as QueueName;
  return { action, queue, ...(await ACTIONS[action as keyof typeof ACTIONS](core.queues, queue, body)) };
}

type Done = Omit<QueueActionReply, 'action' | 'queue'>;
type Action = (queues: Queues, name: QueueName, body: QueueAdminBody) => Promise<Done>;

const ACTIONS = {
  pause: async (queues, name) => {
    await queues.pause(name);
    return { paused: true };
  },
  resume: async (queues, name) => {
    await queues.resume(name);
    return { paused: false };
  },
  clean: async (queues, name, { olderThanMs }) => ({
    removed: await queues.clean(name, olderThanMs === undefined ? {} : { olderThanMs }),
  }),
  drain: async (queues, name) => ({ removed: await queues.drain(name) }),
  retry: retryJobs,
  remove: removeJob,
  inspect: inspect,
  replay: replay,
} as const satisfies Record<string, Action>;

/** One failed job, or all of the queue. */
async function retryJobs(queues: Queues, name: QueueName, { jobId }: QueueAdminBody): Promise<Done> {
  if (jobId !== undefined) {
    if (!(await queues.retry(name, jobId))) throw notFound('failed job', jobId);
    return { retried: 1 };
  }
  let retried = 0;
  for (;;) {
    const failed = await queues.list(name, ['failed'], 0, AT_ONCE);
    const done = await Promise.all(failed.map((job) => queues.retry(name, job.id)));
    retried += done.filter(Boolean).length;
    if (failed.length < AT_ONCE) return { retried };
  }
}

async function removeJob(queues: Queues, name: QueueName, { jobId }: QueueAdminBody): Promise<Done> {
  if (jobId === undefined) throw invalid('jobId', 'is missing: "clean" and "drain" remove many at once');
  const job = await queues.find(name, jobId);
  if (!job) throw notFound('job', jobId);
  if (!(await queues.remove(name, jobId)))
    throw invalid('jobId', 'is being worked on; nothing was removed. Try again when it has ended');
  return { removed: 1 };
}

/** `GET /api/queue/admin?action=jobs`: to be looked at again and again, so nothing but asking. */
export async function listQueueJobs(
  core: QueueCore,
  query: Omit<QueueAdminQuery, 'action' | 'hours'>,
): Promise<QueueJobs> {
  const { queue, state, start = 0 } = query;
  if (queue === undefined) throw invalid('queue', 'is missing: whose jobs');
  const states = state === undefined ? JOB_STATES : [state as JobState];
  return { jobs: (await core.queues.list(queue as QueueName, states, start, INSPECTED)).map(show) };
}

async function inspect(queues: Queues, name: QueueName, { jobId }: QueueAdminBody): Promise<Done> {
  if (jobId === undefined) return { jobs: (await queues.list(name, JOB_STATES, 0, INSPECTED)).map(show) };
  const job = await queues.find(name, jobId);
  if (!job) throw notFound('job', jobId);
  return { jobs: [show(job)] };
}

/**
 * Puts dead letters back into the queue they came from: one by its id, those that came from `queue`, or with the queue
 * `dead-letter` all; with `olderThanMs` only those that died at least so long ago. A job is only a hint, so one that is
 * replayed twice does no harm.
 */
async function replay(queues: Queues, name: QueueName, { jobId, olderThanMs = 0 }: QueueAdminBody): Promise<Done> {
  const letters = await deadLetters(queues);
  const chosen = letters.filter(({ id, letter }) => {
    if (jobId !== undefined && id !== jobId && letter.jobId !== jobId) return false;
    if (name !== 'dead-letter' && letter.queue !== name) return false;
    return Date.now() - Date.parse(letter.failedAt) >= olderThanMs;
  });
  if (jobId !== undefined && chosen.length === 0) throw notFound('dead letter', jobId);
  for (const { id, letter } of chosen) {
    await queues.enqueue(letter.queue, letter.payload as JobPayloads[QueueName]);
    await queues.remove('dead-letter', id);
  }
  return { replayed: chosen.length };
}

async function deadLetters(queues: Queues): Promise<Array<{ id: string; letter: DeadLetter }>> {
  const letters: Array<{ id: string; letter: DeadLetter }> = [];
  for (;;) {
    const page = await queues.list('dead-letter', ['waiting', 'paused', 'delayed'], letters.length, AT_ONCE);
    letters.push(...page.map((job) => ({ id: job.id, letter: job.payload as DeadLetter })));
    if (page.length < AT_ONCE) return letters;
  }
}

function show({ id, createdAt, startedAt, finishedAt, dueAt, ...rest }: Job): QueueJob {
  return {
    ...rest,
    jobId: id,
    createdAt: createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
    dueAt: dueAt?.toISOString() ?? null,
  };
}
