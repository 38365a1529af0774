import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { EmbeddedConnection } from './connection.ts';
import { codeOf } from './errors.ts';

const POLL_MS = 25;
const SILENCE_MS = 60_000;
const REPORT_EVERY_MS = 10_000;

/**
 * Returns once the database answers a query, and makes it if a start was killed between the cluster and the database.
 * Null: it answers; else why it does not. A server that says "starting up" is replaying its log and may take as long as
 * it needs; one that says nothing for a minute has failed.
 */
export async function untilReady(
  connection: EmbeddedConnection,
  hasEnded: () => boolean,
  log: (line: string) => void,
): Promise<string | null> {
  let heardAt = Date.now();
  let reportAt = Date.now() + REPORT_EVERY_MS;
  while (!hasEnded()) {
    try {
      await ensureDatabase(connection);
      return null;
    } catch (error) {
      const code = codeOf(error);
      if (code === '57P03') heardAt = Date.now();
      else if (code === '28P01')
        return 'the password does not fit; remove the file postgres/password in the data directory to have a new one set';
      else if (!isNotYetThere(code)) return String(error);
      if (Date.now() - heardAt > SILENCE_MS) return `no answer within ${SILENCE_MS / 1000} s (${String(error)})`;
    }
    if (Date.now() > reportAt) {
      log('PostgreSQL is recovering from an unclean stop; this can take minutes after heavy writing');
      reportAt = Date.now() + REPORT_EVERY_MS;
    }
    await delay(POLL_MS);
  }
  return 'it ended while starting';
}

/** No socket yet, nobody listening yet, or a connection cut by the server's own restart. */
function isNotYetThere(code: string | undefined): boolean {
  return (
    code === undefined ||
    ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57P01', '57P02'].includes(code)
  );
}

async function ensureDatabase(connection: EmbeddedConnection): Promise<void> {
  try {
    await withClient(connection, (client) => client.query('select 1'));
  } catch (error) {
    if (codeOf(error) !== '3D000') throw error;
    await withClient({ ...connection, database: 'postgres' }, (client) =>
      client.query(`create database ${connection.database}`),
    );
  }
}

async function withClient<T>(connection: EmbeddedConnection, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // the query that meets it reports it
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}
