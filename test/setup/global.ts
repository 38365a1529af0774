import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { connectionUrl } from '../../src/db/embedded/connection.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded/supervisor.ts';
import { migrate } from '../../src/db/migrate.ts';
import { packageRoot } from '../../src/lib/package-root.ts';
import { databaseUrl } from '../helpers/database-url.ts';

export interface TestServer {
  /** A database of the server in which databases can be created. */
  readonly adminUrl: string;
  /** Every database of this run begins with it, so that teardown finds what a killed worker left. */
  readonly prefix: string;
  /** Migrated, and closed to connections: what clones are made of. */
  readonly template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer;
  }
}

/**
 * One PostgreSQL for the whole run: the embedded one in a temporary directory, or the server of TEST_DATABASE_URL. The
 * embedded one dies with this process, however it ends.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  buildProduct();
  const { adminUrl, stop } = await startServer();
  const prefix = `postrider_test_${randomBytes(4).toString('hex')}_`;
  const template = `${prefix}template`;
  try {
    await makeTemplate(adminUrl, template);
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide('testServer', { adminUrl, prefix, template });
  return async () => {
    try {
      await dropDatabases(adminUrl, prefix);
    } finally {
      await stop();
    }
  };
}

async function startServer(): Promise<{ adminUrl: string; stop: () => Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { adminUrl: given, stop: async () => {} };
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-test-'));
  // Several whole servers with worker processes run at the same time.
  const server = await startEmbeddedPostgres({ dataDir, durable: false, maxConnections: 500 });
  return {
    adminUrl: connectionUrl(server.connection),
    stop: async () => {
      await server.stop();
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(adminUrl: string, template: string): Promise<void> {
  await asAdmin(adminUrl, (client) => client.query(`create database ${template}`));
  await migrate({ connectionString: databaseUrl(adminUrl, template) });
  await asAdmin(adminUrl, (client) => client.query(`alter database ${template} allow_connections false`));
}

/** FORCE: a connection that a test leaked must not keep the run from ending. */
async function dropDatabases(adminUrl: string, prefix: string): Promise<void> {
  await asAdmin(adminUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [prefix],
    );
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
  });
}

async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Tests that start the program need it built; a run in which nothing changed since the last build skips it. */
function buildProduct(): void {
  if (process.env.TEST_SKIP_BUILD === '1') return;
  const script = path.join(packageRoot(), 'scripts', 'build.mjs');
  execFileSync(process.execPath, [script, '--if-stale'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
