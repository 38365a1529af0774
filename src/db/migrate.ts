import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { AppError } from '../errors.ts';
import { packageRoot } from '../lib/package-root.ts';

/** "POSTRIDR" as two 32-bit numbers: one migrator at a time per database. */
const LOCK = [0x504f5354, 0x52494452];

/**
 * Applies what is missing from `migrations/`, each file in its own transaction, under an advisory lock, and returns the
 * names applied. Refuses a database that a newer release has written, and a migration that was edited after it ran.
 */
export async function migrate(connection: pg.PoolConfig, log: (line: string) => void = () => {}): Promise<string[]> {
  const client = new pg.Client(connection);
  client.on('error', () => {}); // the query that meets it reports it
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1, $2)', LOCK);
    return await applyMissing(client, log);
  } finally {
    await client.end();
  }
}

async function applyMissing(client: pg.Client, log: (line: string) => void): Promise<string[]> {
  await client.query(`create table if not exists schema_migrations (
    name text primary key, checksum text not null, applied_at timestamptz not null default now())`);
  const done = new Map(
    (await client.query<{ name: string; checksum: string }>('select name, checksum from schema_migrations')).rows.map(
      (row) => [row.name, row.checksum],
    ),
  );
  const files = await readMigrations();
  refuseNewer(done, files);
  const applied: string[] = [];
  for (const file of files) {
    const before = done.get(file.name);
    if (before === file.checksum) continue;
    if (before !== undefined) {
      throw new AppError(
        'DATABASE_NEWER',
        `Migration ${file.name} was changed after it was applied to this database. Install the release that applied it; migrations are never edited.`,
      );
    }
    log(`applying migration ${file.name}`);
    await client.query('begin');
    try {
      await client.query(file.sql);
      await client.query('insert into schema_migrations (name, checksum) values ($1, $2)', [file.name, file.checksum]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
    applied.push(file.name);
  }
  return applied;
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

async function readMigrations(): Promise<Migration[]> {
  const dir = path.join(packageRoot(), 'migrations');
  const names = (await fs.readdir(dir)).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await fs.readFile(path.join(dir, name), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

function refuseNewer(done: ReadonlyMap<string, string>, files: readonly Migration[]): void {
  const known = new Set(files.map((file) => file.name));
  const unknown = [...done.keys()].filter((name) => !known.has(name)).sort();
  if (unknown.length === 0) return;
  throw new AppError(
    'DATABASE_NEWER',
    `The database was written by a newer release of Postrider (it has ${unknown.join(', ')}). Nothing was changed. Install that release, or restore a backup from before the upgrade.`,
  );
}
