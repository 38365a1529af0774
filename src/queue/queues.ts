import { createPostgresBackend, type PostgresPoolConfig, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
import { JOB_OPTIONS, type JobPayloads, QUEUE_NAMES, type QueueName } from './jobs.ts';

export interface WorkOptions {
  readonly concurrency: number;
  /** At most `max` job starts in every `durationMs`. */
  readonly limiter?: { readonly max: number; readonly durationMs: number };
}

/** Jobs in, jobs out, whatever keeps them. */
export interface Queues {
  enqueue<Name extends QueueName>(name: Name, payload: JobPayloads[Name], count?: number): Promise<void>;
  /** Jobs waiting or being worked on. */
  depth(name: QueueName): Promise<number>;
  work<Name extends QueueName>(
    name: Name,
    options: WorkOptions,
    handler: (payload: JobPayloads[Name]) => Promise<void>,
  ): void;
  /** Stops taking jobs and waits for handlers that are running. */
  close(): Promise<void>;
}

/** The schema that BullMQ keeps its own tables in, beside ours. */
const SCHEMA = 'bullmq';

/** BullMQ on PostgreSQL: no other service needed. Needs session connections (no transaction-mode PgBouncer). */
export async function openPostgresQueues(connection: pg.PoolConfig, onError: (error: Error) => void): Promise<Queues> {
  const client = new pg.Client(connection);
  client.on('error', () => {}); // the query that meets it reports it
  await client.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    await client.end();
  }
  return new PostgresQueues(connection, onError);
}

class PostgresQueues implements Queues {
  readonly #connection: PostgresPoolConfig;
  readonly #onError: (error: Error) => void;
  readonly #queues = new Map<QueueName, ReturnType<typeof openQueue>>();
  readonly #workers: Array<{ close(): Promise<void> }> = [];

  constructor(connection: pg.PoolConfig, onError: (error: Error) => void) {
    this.#connection = { ...connection, schema: SCHEMA, max: 2, keepAlive: true } as PostgresPoolConfig;
    this.#onError = onError;
    for (const name of QUEUE_NAMES) {
      const queue = openQueue(name, this.#connection);
      queue.on('error', onError);
      this.#queues.set(name, queue);
    }
  }

  async enqueue<Name extends QueueName>(name: Name, payload: JobPayloads[Name], count = 1): Promise<void> {
    const jobs = Array.from({ length: count }, () => ({ name, data: payload }));
    await this.#queue(name).addBulk(jobs);
  }

  async depth(name: QueueName): Promise<number> {
    const counts = await this.#queue(name).getJobCounts('waiting', 'active', 'prioritized');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  work<Name extends QueueName>(
    name: Name,
    options: WorkOptions,
    handler: (payload: JobPayloads[Name]) => Promise<void>,
  ): void {
    const worker = new Worker(
      name,
      async (job: { data: JobPayloads[Name] }) => handler(job.data),
      {
        connection: this.#connection,
        concurrency: options.concurrency,
        ...(options.limiter ? { limiter: { max: options.limiter.max, duration: options.limiter.durationMs } } : {}),
      },
      createPostgresBackend,
    );
    worker.on('error', this.#onError);
    this.#workers.push(worker);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }

  #queue(name: QueueName): ReturnType<typeof openQueue> {
    const queue = this.#queues.get(name);
    if (!queue) throw new Error(`There is no queue named ${name}`);
    return queue;
  }
}

function openQueue(name: QueueName, connection: PostgresPoolConfig) {
  return new Queue(name, { connection, defaultJobOptions: JOB_OPTIONS }, createPostgresBackend);
}
