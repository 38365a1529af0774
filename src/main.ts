import fs from 'node:fs';
import type pg from 'pg';
import { type Config, type ConfigOverrides, readConfig } from './config.ts';
import type { Core } from './core/context.ts';
import { ensureResendAccount, ensureSandboxAccount, firstStart } from './core/first-start.ts';
import { KeptPostgres } from './db/embedded/kept.ts';
import { migrate } from './db/migrate.ts';
import { HYSTERESIS, type Hysteresis } from './domain/autoscale.ts';
import { AppError } from './errors.ts';
import type { HttpOptions } from './http/app.ts';
import { freePort } from './lib/free-port.ts';
import { createLogger, type Logger } from './lib/logger.ts';
import { openCore } from './main/open-core.ts';
import { STOP_GRACE_MS, type Stop, stopperOf } from './main/stops.ts';
import type { ReturnPathListener } from './returns/listener.ts';
import type { SandboxServer } from './sandbox/sandbox.ts';
import { AlertWatch } from './workers/alert-watch.ts';
import { WorkerManager } from './workers/manager.ts';
import { SeriesWatch } from './workers/series-watch.ts';
import { WebhookWatch } from './workers/webhook-watch.ts';
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
  /** Null where it is not switched on (RETURN_PATH_PORT), or without the API role. */
  readonly returnPath: ReturnPathListener | null;
  /** Rows gated and not yet recorded in this process. */
  readonly inFlight: () => number;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly api: boolean;
  /** `inside`: one worker in this process. `processes`: as many as there is work for, in processes of their own. */
  readonly workers: 'none' | 'inside' | 'processes';
  /** How soon the number of worker processes follows the load; by default as autoscaling usually does. */
  readonly hysteresis?: Hysteresis;
  /** Told what start-up is doing, for a progress line. */
  readonly onStep?: (step: string) => void;
}

/**
 * Builds every part in order and hands each on to those that need it: database, migrations, queues, sandbox, API,
 * workers. `stop` takes them down the other way round. Whatever fails on the way stops what had been started.
 */
export async function startPostrider(config: Config, options: StartOptions): Promise<Postrider> {
  const log = createLogger(config.log);
  const step = options.onStep ?? (() => {});
  const stops: Stop[] = [];
  const stop = stopperOf(stops, log);
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
    const sandbox = config.sandbox.enabled ? await openSandbox(core, config, first.workspaceId, stops) : null;
    await ensureSandboxAccount(core, first.workspaceId, sandbox);
    await ensureResendAccount(core, first.workspaceId, config.resendApiKey);
    startAlerts(core, stops);
    startWebhooks(core, stops);
    startSeries(core, stops);
    const returnPath = options.api ? await openReturnPath(core, config, stops) : null;
    const worker = await startWorkers(core, config, { connection, baseUrl }, options, stops);
    const url = options.api ? await serve(core, config, { sandbox, port }, stops) : null;
    return {
      core,
      config,
      workspaceId: first.workspaceId,
      url,
      loginToken: first.loginToken ?? null,
      sandbox,
      returnPath,
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

// What a worker process can do without is loaded where it is used: it takes longer to load than to start.

async function openSandbox(core: Core, config: Config, workspaceId: string, stops: Stop[]): Promise<SandboxServer> {
  const { startSandbox } = await import('./sandbox/sandbox.ts');
  const place = { host: '127.0.0.1', port: config.sandbox.smtpPort };
  const sandbox = await startSandbox(core.db, { ...place, workspaceId, log: core.log });
  stops.push({ part: 'built-in mailbox', stop: () => sandbox.stop() });
  return sandbox;
}

async function openReturnPath(core: Core, config: Config, stops: Stop[]): Promise<ReturnPathListener | null> {
  if (!config.returnPath) return null;
  const { startReturnPathListener } = await import('./returns/listener.ts');
  const returnPath = await startReturnPathListener(core, config.returnPath);
  stops.push({ part: 'return-path listener', stop: () => returnPath.stop() });
  return returnPath;
}

/** The API and dashboard, and the address they listen at; or who to ask when the port is taken. */
async function serve(
  core: Core,
  config: Config,
  { sandbox, port }: { readonly sandbox: SandboxServer | null; readonly port: number },
  stops: Stop[],
): Promise<string> {
  const { buildApp } = await import('./http/app.ts');
  const app = await buildApp(core, { sandbox, ...httpOptions(config) });
  stops.push({ part: 'API', stop: () => app.close() });
  try {
    return await app.listen({ port, host: config.host });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new AppError(
      'PORT_IN_USE',
      `Another program listens on ${config.host}:${port}. Nothing was started. Stop it, or choose another port with PORT or --port.`,
    );
  }
}

function httpOptions({ metricsPublic, rateLimitEnabled, bullBoard, trustProxy, oidc }: Config): HttpOptions {
  const proxy = trustProxy === null ? {} : { trustProxy };
  return { metricsPublic, rateLimits: rateLimitEnabled, bullBoard, oidc, ...proxy };
}

function startAlerts(core: Core, stops: Stop[]): void {
  const watch = new AlertWatch(core);
  stops.push({ part: 'alerts', stop: () => watch.close() });
  watch.start();
}

function startWebhooks(core: Core, stops: Stop[]): void {
  const watch = new WebhookWatch(core);
  stops.push({ part: 'webhooks', stop: () => watch.close() });
  watch.start();
}

function startSeries(core: Core, stops: Stop[]): void {
  const watch = new SeriesWatch(core);
  stops.push({ part: 'series', stop: () => watch.close() });
  watch.start();
}

/** The worker in this process, if that is where it is. */
async function startWorkers(
  core: Core,
  config: Config,
  where: Omit<WorkerSettings, 'config'>,
  { workers, hysteresis = HYSTERESIS }: Pick<StartOptions, 'workers' | 'hysteresis'>,
  stops: Stop[],
): Promise<PostWorker | null> {
  if (workers === 'none') return null;
  if (workers === 'processes') {
    const { min, max, targetThroughput, maxRssMb } = config.workers;
    const settings: WorkerSettings = { config, ...where };
    const manager = new WorkerManager(core, { min, max, targetThroughput, maxRssMb, settings, hysteresis });
    stops.push({ part: 'worker processes', stop: () => manager.stop() });
    await manager.start();
    return null;
  }
  const worker = new PostWorker(core, workerOptions(config));
  stops.push({ part: 'worker', stop: () => worker.stop(STOP_GRACE_MS) });
  await worker.start();
  return worker;
}

/** What a worker process gets from its manager. */
export interface WorkerSettings {
  readonly config: Config;
  readonly connection: pg.PoolConfig;
  readonly baseUrl: string;
}

/** One worker in a process of its own. Without `settings` it stands alone, on the database that the environment names. */
export async function startWorkerProcess(
  given: WorkerSettings | null,
  options: Pick<ConstructorParameters<typeof PostWorker>[1], 'managerId' | 'onAsked'>,
): Promise<{ readonly workerId: string; stop(): Promise<void> }> {
  const { config, connection, baseUrl } = given ?? standAlone(readConfig(process.env));
  const log = createLogger(config.log);
  const stops: Stop[] = [];
  const stop = stopperOf(stops, log);
  try {
    prepareDataDir(config.dataDir);
    if (!given) await migrate(connection, (line) => log.debug(line));
    const core = await openCore(config, connection, baseUrl, log, stops);
    const worker = new PostWorker(core, { ...workerOptions(config), ...options });
    stops.push({ part: 'worker', stop: () => worker.stop(STOP_GRACE_MS) });
    await worker.start();
    return { workerId: worker.id, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function standAlone(config: Config): WorkerSettings {
  if (config.databaseUrl === null) {
    throw new AppError(
      'CONFIG_INVALID',
      'A worker on its own needs DATABASE_URL: the embedded PostgreSQL belongs to the server that started it.',
    );
  }
  const baseUrl = config.baseUrl ?? `http://localhost:${config.port}`;
  return { config, connection: { connectionString: config.databaseUrl }, baseUrl };
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

function prepareDataDir(dataDir: string): void {
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
}
