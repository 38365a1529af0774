import { createPostgresBackend, type PostgresConnectionOptions, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
import { type BullQueue, BullQueues, type BullWorker } from './bull-queues.ts';
import type { Queues } from './queues.ts';

/** The schema that BullMQ keeps its own tables in, beside ours. */
const SCHEMA = 'bullmq';

/** Each taker listens all the time on a connection of its own; the rest is for statements of all queues. Opened as needed. */
const CONNECTIONS = 24;

/** BullMQ on PostgreSQL: no other service needed. Needs session connections (no transaction-mode PgBouncer). */
export async function openPostgresQueues(connection: pg.PoolConfig, onError: (error: Error) => void): Promise<Queues> {
  const pool = openQueuePool(connection, onError);
  const client = await pool.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    client.release();
  }
  // BullMQ's type asks for an index signature that no pool has.
  const options = pool as unknown as PostgresConnectionOptions;
  return new BullQueues(
    {
      kind: 'postgres',
      openQueue: (name, defaultJobOptions) =>
        new Queue(
          name,
          { connection: options, ...(defaultJobOptions ? { defaultJobOptions } : {}) },
          createPostgresBackend,
        ) as BullQueue,
      openWorker: (name, processor, settings) =>
        new Worker(name, processor, { ...settings, connection: options }, createPostgresBackend) as BullWorker,
      close: () => pool.end(),
    },
    onError,
  );
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
