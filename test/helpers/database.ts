import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import { databaseUrl } from './database-url.ts';

export interface TestDatabase {
  /** For openDatabase(), migrate() and everything else that takes a pg.PoolConfig. */
  readonly config: pg.PoolConfig;
  /** The same as one string, for a child process's DATABASE_URL. */
  readonly url: string;
  /** A plain pool for the test's own statements. */
  readonly pool: pg.Pool;
  readonly name: string;
}

const OBJECT_IN_USE = '55006';
const PATIENCE_MS = 2_000;

const made: TestDatabase[] = [];
let shared: Promise<TestDatabase> | null = null;

/** The migrated database of this test file, cloned at the first call. Tests share it: begin with truncateAll(). */
export function testDatabase(): Promise<TestDatabase> {
  shared ??= freshDatabase();
  return shared;
}

/** A migrated database of its own, for a test that changes the schema, kills connections or runs a whole server. */
export async function freshDatabase(): Promise<TestDatabase> {
  const { adminUrl, prefix, template } = inject('testServer');
  const name = `${prefix}${randomBytes(5).toString('hex')}`;
  await cloneTemplate(adminUrl, template, name);
  const url = databaseUrl(adminUrl, name);
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  pool.on('error', () => {}); // cut while idle, by a test or by the drop below
  pool.on('connect', (client) => client.on('error', () => {}));
  const database = { config: { connectionString: url }, url, pool, name };
  made.push(database);
  return database;
}

/** Empties every table of the test file's database except the list of migrations. Tables without rows cost one look. */
export async function truncateAll(): Promise<void> {
  const { pool } = await testDatabase();
  await pool.query(`do $$
    declare
      name text;
      filled text[] := '{}';
      has_rows boolean;
    begin
      for name in select format('%I.%I', schemaname, tablename) from pg_tables
        where schemaname not in ('pg_catalog', 'information_schema') and tablename <> 'schema_migrations'
      loop
        execute format('select exists (select from %s)', name) into has_rows;
        if has_rows then filled := filled || name; end if;
      end loop;
      if filled <> '{}' then execute 'truncate ' || array_to_string(filled, ', ') || ' restart identity cascade'; end if;
    end $$`);
}

// At the import, and so at the level of the test file: it runs after every hook that the file registers itself.
afterAll(async () => {
  const leaks = await Promise.all(made.splice(0).map(discard));
  shared = null;
  const leaked = leaks.filter((leak) => leak !== null);
  if (leaked.length > 0) throw new Error(`connections were never released: ${leaked.join('; ')}`);
});

/** Closes and drops one database; says so when a test kept a connection, which would have hung here. */
async function discard({ name, pool }: TestDatabase): Promise<string | null> {
  const closed = await Promise.race([pool.end().then(() => true), delay(PATIENCE_MS, false, { ref: false })]);
  await asAdmin((client) => client.query(`drop database if exists ${name} with (force)`));
  return closed ? null : `${pool.totalCount} of ${name}`;
}

/** The template takes no connections, but a clone still has to wait for another clone or for autovacuum in it. */
async function cloneTemplate(adminUrl: string, template: string, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await asAdmin((client) => client.query(`create database ${name} template ${template}`), adminUrl);
      return;
    } catch (error) {
      if ((error as { code?: unknown }).code !== OBJECT_IN_USE || attempt === 50) throw error;
      await delay(20 + Math.random() * 80);
    }
  }
}

async function asAdmin<T>(work: (client: pg.Client) => Promise<T>, url = inject('testServer').adminUrl): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
