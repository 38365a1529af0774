import { CamelCasePlugin, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { DB } from './schema.generated.ts';

/** What an ordinary statement runs on: the database, or a transaction in it. */
export type Executor = Kysely<DB>;
export type Tx = Transaction<DB>;

/** What a hot statement runs on: named prepared statements need the driver itself. */
export type HotExecutor = Pick<pg.Pool, 'query'>;

export interface Database {
  /** Ordinary statements, typed from the schema. Columns are camelCase here, snake_case in SQL. */
  readonly sql: Executor;
  /** The same connections for hot statements, COPY and LISTEN. */
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

const INT8_OID = 20;

/** int8 as a number: our counts and fences stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

export function openDatabase(connection: pg.PoolConfig, onIdleError: (error: Error) => void): Database {
  let closing = false;
  const onError = (error: Error) => {
    if (!closing) onIdleError(error);
  };
  const pool = new pg.Pool({ max: 20, connectionTimeoutMillis: 10_000, keepAlive: true, ...connection, types });
  // A connection that dies while idle must not end the process; the next query gets a new one.
  pool.on('error', onError);
  // Nor one that dies between two statements of whoever holds it: the next statement reports it.
  pool.on('connect', (client) => client.on('error', onError));
  const sql = new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  const close = () => {
    closing = true;
    return sql.destroy();
  };
  return { sql, pool, close };
}

/** Runs `work` in one transaction; commits when it resolves, rolls back when it throws. */
export function inTransaction<T>(sql: Executor, work: (tx: Tx) => Promise<T>): Promise<T> {
  return sql.transaction().execute(work);
}

const FILE_CALLS = new Set(['open', 'stat', 'lstat', 'access', 'unlink', 'scandir']);

/** PostgreSQL classes of errors that mean "the database is away", not "the statement is wrong". */
export function isDatabaseAway(error: unknown): boolean {
  const { code, syscall, severity } = (error ?? {}) as { code?: unknown; syscall?: unknown; severity?: unknown };
  if (severity === 'FATAL') return true; // PostgreSQL ended the connection, or would not open one
  // 08P01 is a statement that is wrong; ENOENT is also what a missing file says, when it is opened.
  if (typeof code === 'string' && /^(08(?!P01)|57P0|53300)/.test(code)) return true;
  if (typeof code === 'string' && /^(ECONN|EPIPE|ENOENT|ETIMEDOUT)/.test(code) && !FILE_CALLS.has(String(syscall)))
    return true;
  return (
    error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/i.test(
      error.message,
    )
  );
}

/** Two transactions met (serialization failure, deadlock): running the statement again is right. */
export function isRetryableConflict(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '40001' || code === '40P01';
}

/** The name of the unique constraint that refused a row, or null. */
export function violatedConstraint(error: unknown): string | null {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  return code === '23505' && typeof constraint === 'string' ? constraint : null;
}
