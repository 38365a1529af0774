import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { type Config, type ConfigOverrides, readConfig } from './config.ts';
import type { Core } from './core/context.ts';
import { ensureSandboxAccount, firstStart } from './core/first-start.ts';
import { openDatabase } from './db/database.ts';
import { KeptPostgres } from './db/embedded/kept.ts';
import { migrate } from './db/migrate.ts';
import { RecipientTokens } from './domain/tokens.ts';
import { AppError } from './errors.ts';
import type { EventBus } from './events/bus.ts';
import { PostgresEventBus } from './events/postgres-bus.ts';
import { RedisEventBus } from './events/redis-bus.ts';
import { buildApp } from './http/app.ts';
import { freePort } from './lib/free-port.ts';
import { createLogger, type Logger } from './lib/logger.ts';
import { connectRedis, describeRedis, disconnect, type RedisClient } from './lib/redis.ts';
import { deriveKey, SecretBox } from './lib/secret-box.ts';
import { settlesWithin } from './lib/settles-within.ts';
import { openPostgresQueues } from './queue/postgres-queues.ts';
import type { Queues } from './queue/queues.ts';
import { openRedisQueues } from './queue/redis-queues.ts';
import { type SandboxServer, startSandbox } from './sandbox/sandbox.ts';
import { PostWorker } from './workers/worker.ts';

export type { Config, ConfigOverrides };
export { readConfig };

/** What runs, from the outside. */
export interface Postrider {
  readonly core: Core;
  readonly config: Config;
  readonly workspaceId: string;
  /** Address of the dashboard and API; null without the API role. */
  readonly url: string | null;
  /** For the first person to log in; only at the first start. */
  readonly loginToken: string | null;
  readonly sandbox: SandboxServer | null;
  /** Rows gated and not yet recorded in this process. */
  readonly inFlight: () => number;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly api: boolean;
  readonly workers: boolean;
  /** Told what start-up is doing, for a progress line. */
  readonly onStep?: (step: string) => void;
}

/** A part that was started, and how to stop it. */
interface Stop {
  readonly part: string;
  readonly stop: () => Promise<unknown>;
}

/** How long a stop waits for replies in flight before it leaves them to the next start. */
const STOP_GRACE_MS = 25_000;
/** A part that takes longer is given up on: the rest is to be stopped in order. */
const STOP_PART_MS = 35_000;

/**
 * Builds every part in order and hands each on to those that need it: database, migrations, queues, sandbox, API,
 * workers. `stop` takes them down the other way round. Whatever fails on the way stops what had been started.
 */
export async function startPostrider(config: Config, options: StartOptions): Promise<Postrider> {
  const log = createLogger(config.log);
  for (const name of config.withoutEffect) log.warn(`${name} is set, but has no effect in this release`);
  const step = options.onStep ?? (() => {});
  const stops: Stop[] = [];
  const stop = once(async () => {
    for (const { part, stop: undo } of stops.reverse()) {
      const startedAt = Date.now();
      const stopping = undo().catch((error: unknown) => log.error({ err: error, part }, 'a part did not stop cleanly'));
      if (!(await settlesWithin(stopping, STOP_PART_MS)))
        log.error({ part }, 'a part did not stop in time and is left behind');
      log.debug({ part, ms: Date.now() - startedAt }, 'stopped');
    }
  });
  try {
    prepareDataDir(config.dataDir);
    const { connection, embedded } = await openConnection(config, log, step);
    if (embedded) stops.push({ part: 'embedded PostgreSQL', stop: () => embedded.stop() });
    step('applying migrations');
    await migrate(connection, (line) => log.debug(line));
    const port = config.port === 0 ? await freePort(0, config.host) : config.port;
    const baseUrl = config.baseUrl ?? `http://localhost:${port}`;
    const core = await openCore(config, connection, baseUrl, log, stops);
    step('making the first workspace');
    const first = await firstStart(core, config.admin);
    const sandbox = config.sandbox.enabled
      ? await startSandbox(core.db, {
          host: '127.0.0.1',
          port: config.sandbox.smtpPort,
          workspaceId: first.workspaceId,
          log,
        })
      : null;
    if (sandbox) stops.push({ part: 'built-in mailbox', stop: () => sandbox.stop() });
    await ensureSandboxAccount(core, first.workspaceId, sandbox);
    const worker = options.workers ? new PostWorker(core, workerOptions(config)) : null;
    if (worker) stops.push({ part: 'worker', stop: () => worker.stop(STOP_GRACE_MS) });
    await worker?.start();
    const app = options.api ? await buildApp(core, { sandbox }) : null;
    const url = app ? await listen(app, port, config.host) : null;
    if (app) stops.push({ part: 'API', stop: () => app.close() });
    return {
      core,
      config,
      workspaceId: first.workspaceId,
      url,
      loginToken: first.loginToken ?? null,
      sandbox,
      inFlight: () => worker?.sender.inFlight ?? 0,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `postrider migrate`: nothing but the schema. */
export async function applyMigrations(config: Config): Promise<string[]> {
  const log = createLogger(config.log);
  prepareDataDir(config.dataDir);
  const { connection, embedded } = await openConnection(config, log);
  try {
    return await migrate(connection, (line) => log.info(line));
  } finally {
    await embedded?.stop();
  }
}

/** Listens, or says who to ask when the port is taken. */
async function listen(app: Awaited<ReturnType<typeof buildApp>>, port: number, host: string): Promise<string> {
  try {
    return await app.listen({ port, host });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new AppError(
      'PORT_IN_USE',
      `Another program listens on ${host}:${port}. Nothing was started. Stop it, or choose another port with PORT or --port.`,
    );
  }
}

function workerOptions(config: Config): ConstructorParameters<typeof PostWorker>[1] {
  const { campaigns, batches, maxJobs, windowMs, leaseMs } = config.workers;
  return { campaigns, batches, jobStarts: { max: maxJobs, durationMs: windowMs }, leaseMs };
}

/** The database connection of this configuration, starting the embedded server when that is what it says. */
async function openConnection(
  config: Config,
  log: Logger,
  step: (step: string) => void = () => {},
): Promise<{ connection: pg.PoolConfig; embedded: KeptPostgres | null }> {
  if (config.databaseUrl !== null) return { connection: { connectionString: config.databaseUrl }, embedded: null };
  step('starting the embedded PostgreSQL');
  const embedded = await KeptPostgres.start(config.dataDir, log);
  return { connection: { ...embedded.connection }, embedded };
}

async function openCore(
  config: Config,
  connection: pg.PoolConfig,
  baseUrl: string,
  log: Logger,
  stops: Stop[],
): Promise<Core> {
  const away = quietly(log, 'the database is away');
  const db = openDatabase(connection, away);
  stops.push({ part: 'database connections', stop: () => db.close() });
  const { redis, events, queues } = await openMessaging(config, connection, db.pool, log, away);
  if (redis) stops.push({ part: 'Redis', stop: async () => disconnect(redis) });
  stops.push({ part: 'events', stop: () => events.close() });
  stops.push({ part: 'queues', stop: () => queues.close() });
  const secret = config.appSecret ?? storedSecret(config.dataDir);
  return {
    db,
    queues,
    events,
    redis,
    log,
    secrets: new SecretBox(secret),
    tokens: new RecipientTokens(deriveKey(secret, 'postrider recipient tokens v1')),
    baseUrl,
    dataDir: config.dataDir,
    sending: config.sending,
  };
}

/** What passes between processes: over Redis where it is configured, else over PostgreSQL. */
async function openMessaging(
  { redis: address }: Config,
  connection: pg.PoolConfig,
  pool: pg.Pool,
  log: Logger,
  databaseAway: (error: Error) => void,
): Promise<{ redis: RedisClient | null; events: EventBus; queues: Queues }> {
  if (address === null) {
    const queues = await openPostgresQueues(connection, databaseAway);
    return { redis: null, events: new PostgresEventBus(pool, connection), queues };
  }
  const away = quietly(log, `${describeRedis(address)} is away`);
  const redis = connectRedis(address, 'prompt', away);
  return { redis, events: new RedisEventBus(address, away), queues: openRedisQueues(address, away) };
}

function prepareDataDir(dataDir: string): void {
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
}

/** APP_SECRET of an installation that was not given one: made once, kept in the data directory. */
function storedSecret(dataDir: string): string {
  const file = path.join(dataDir, 'app-secret');
  try {
    fs.writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return fs.readFileSync(file, 'utf8').trim();
}

const SAY_AGAIN_MS = 30_000;

/** Logs a repeated trouble once in a while instead of hundreds of times. */
function quietly(log: Logger, message: string): (error: Error) => void {
  let saidAt = 0;
  return (error) => {
    if (Date.now() - saidAt < SAY_AGAIN_MS) return;
    saidAt = Date.now();
    log.warn({ err: error }, message);
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= work();
    return running;
  };
}
