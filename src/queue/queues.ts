import { createPostgresBackend, type PostgresConnectionOptions, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
import { JOB_OPTIONS, type JobPayloads, QUEUE_NAMES, type QueueName } from './jobs.ts';

/** A taker of jobs that can be stopped on its own. */
export interface JobTaker {
  /** Takes no more jobs, and waits for the handlers that are running. */
  close(): Promise<void>;
}

interface WorkOptions {
  readonly concurrency: number;
  /** At most `max` job starts in every `durationMs`. */
  readonly limiter?: { readonly max: number; readonly durationMs: number };
}

/** Jobs in, jobs out, whatever keeps them. */
export interface Queues {
  enqueue<Name extends QueueName>(name: Name, payload: JobPayloads[Name], count?: number): Promise<void>;
  /** Jobs that nobody has taken yet. */
  waiting(name: QueueName): Promise<number>;
  /** Forgets jobs that have ended, well or not. Returns how many. */
  clean(name: QueueName): Promise<number>;
  work<Name extends QueueName>(
    name: Name,
    options: WorkOptions,
    handler: (payload: JobPayloads[Name]) => Promise<void>,
  ): JobTaker;
  /** Closes every taker, and the queues. */
  close(): Promise<void>;
}

/** The schema that BullMQ keeps its own tables in, beside ours. */
const SCHEMA = 'bullmq';

/** Three takers listen all the time, each on a connection of its own; the rest is for statements of all queues. */
const CONNECTIONS = 12;

/** BullMQ on PostgreSQL: no other service needed. Needs session connections (no transaction-mode PgBouncer). */
export async function openPostgresQueues(connection: pg.PoolConfig, onError: (error: Error) => void): Promise<Queues> {
  const pool = openQueuePool(connection, onError);
  const client = await pool.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    client.release();
  }
  return new PostgresQueues(pool, onError);
}

/**
 * A pool of ours instead of one by BullMQ for every queue, which has moments without a listener for errors: a connection
 * that PostgreSQL ends in one of them would end the process.
 */
function openQueuePool(connection: pg.PoolConfig, onError: (error: Error) => void): pg.Pool {
  const options = [connection.options, `-c search_path="${SCHEMA}"`].filter(Boolean).join(' ');
  const pool = new pg.Pool({ ...connection, options, max: CONNECTIONS, keepAlive: true });
  pool.setMaxListeners(0); // every queue and taker adds one
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}

const CLEAN_AT_ONCE = 1000;

/** After the database was away a worker asks again this soon (by itself BullMQ would wait 15 s). */
const RETRY_MS = 500;
/** A lost notification costs a worker this long at most. */
const LONGEST_BLOCK_S = 2;

class PostgresQueues implements Queues {
  readonly #pool: pg.Pool;
  readonly #connection: PostgresConnectionOptions;
  readonly #onError: (error: Error) => void;
  readonly #queues = new Map<QueueName, ReturnType<typeof openQueue>>();
  readonly #takers = new Set<JobTaker>();

  constructor(pool: pg.Pool, onError: (error: Error) => void) {
    this.#pool = pool;
    this.#connection = pool as unknown as PostgresConnectionOptions; // its type asks for an index signature that no pool has
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

  async waiting(name: QueueName): Promise<number> {
    const counts = await this.#queue(name).getJobCounts('waiting', 'prioritized');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  async clean(name: QueueName): Promise<number> {
    let removed = 0;
    for (const state of ['completed', 'failed'] as const) {
      for (;;) {
        const jobs = await this.#queue(name).clean(0, CLEAN_AT_ONCE, state);
        removed += jobs.length;
        if (jobs.length < CLEAN_AT_ONCE) break;
      }
    }
    return removed;
  }

  work<Name extends QueueName>(
    name: Name,
    options: WorkOptions,
    handler: (payload: JobPayloads[Name]) => Promise<void>,
  ): JobTaker {
    const worker = new Worker(
      name,
      async (job: { data: JobPayloads[Name] }) => handler(job.data),
      {
        connection: this.#connection,
        concurrency: options.concurrency,
        runRetryDelay: RETRY_MS,
        drainDelay: LONGEST_BLOCK_S,
        ...(options.limiter ? { limiter: { max: options.limiter.max, duration: options.limiter.durationMs } } : {}),
      },
      createPostgresBackend,
    );
    worker.on('error', this.#onError);
    const taker = {
      close: async () => {
        this.#takers.delete(taker);
        await worker.close();
      },
    };
    this.#takers.add(taker);
    return taker;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#takers].map((taker) => taker.close()));
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    await this.#pool.end();
  }

  #queue(name: QueueName): ReturnType<typeof openQueue> {
    const queue = this.#queues.get(name);
    if (!queue) throw new Error(`There is no queue named ${name}`);
    return queue;
  }
}

function openQueue(name: QueueName, connection: PostgresConnectionOptions) {
  return new Queue(name, { connection, defaultJobOptions: JOB_OPTIONS }, createPostgresBackend);
}
