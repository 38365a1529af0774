import { findPrograms, type Programs } from './binaries.ts';
import { chooseRunner, type RunnerOptions } from './choose-runner.ts';
import { checkCluster, configureCluster, createCluster, removeDrafts, resetPassword, wasShutDown } from './cluster.ts';
import type { EmbeddedConnection } from './connection.ts';
import { markerOf, readPassword, SUPERUSER, writePassword } from './credentials.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { type Layout, layoutOf, makeDirectories } from './layout.ts';
import { lockCluster, removeStalePidFile, stopLeftovers } from './leftovers.ts';
import { type Ownership, takeOwnership } from './ownership.ts';
import { untilReady } from './ready.ts';
import { clusterArgument, launch, type Runner } from './runner.ts';
import { Server, type ServerExit } from './server.ts';
import { ServerLog } from './server-log.ts';
import { chooseEndpoint, type Endpoint, removeEndpoint } from './socket.ts';
import { type TuningOptions, thisMachine, tuningFor } from './tuning.ts';

export interface EmbeddedPostgresOptions {
  /** Postrider's data directory; everything of the database lies in `postgres/` below it. */
  readonly dataDir: string;
  /** Told what a person may want to know: a first start, a recovery, a server left behind. */
  readonly log?: (line: string) => void;
  /** False gives up every promise about power loss for speed. Only for tests. */
  readonly durable?: boolean;
  readonly maxConnections?: number;
}

export interface EmbeddedPostgres {
  readonly connection: EmbeddedConnection;
  /** The postmaster's. */
  readonly pid: number;
  /** The last run did not end with stop(): its owner was killed, or PostgreSQL had to recover. */
  readonly recovered: boolean;
  /** Fast shutdown, and the data directory is free again. Safe to call twice. */
  stop(): Promise<void>;
  /** The server ended, asked or not; by then the data directory is free for another start. */
  onExit(listener: (exit: ServerExit) => void): void;
}

/** What tests may force; production leaves all of it alone. */
export interface Internals extends RunnerOptions {
  readonly programs?: Programs;
  readonly kernelLock?: boolean;
}

/**
 * Runs PostgreSQL on the data directory as a child of this process, and resolves when it answers queries. Throws
 * EmbeddedPostgresError. It installs no signal handlers: whoever starts it stops it. Should this process die without
 * that, the kernel stops PostgreSQL where it can (so call it from the main thread), and the next start cleans up.
 */
export function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  return startWith(options, {});
}

export async function startWith(options: EmbeddedPostgresOptions, internals: Internals): Promise<EmbeddedPostgres> {
  const layout = layoutOf(options.dataDir);
  const programs = internals.programs ?? findPrograms();
  checkCluster(layout, programs.major); // before anything is written
  makeDirectories(layout);
  const ownership = await takeOwnership(layout, internals.kernelLock !== false);
  try {
    return await new Start(options, internals, layout).run(programs, ownership);
  } catch (error) {
    ownership.release();
    throw error;
  }
}

/** The steps of one start, in order; holds what the later ones need of the options. */
class Start {
  readonly #layout: Layout;
  readonly #internals: Internals;
  readonly #tuning: TuningOptions;
  readonly #log: (line: string) => void;

  constructor(options: EmbeddedPostgresOptions, internals: Internals, layout: Layout) {
    this.#layout = layout;
    this.#internals = internals;
    this.#tuning = { ...options, durable: options.durable ?? true };
    this.#log = options.log ?? (() => {});
  }

  async run(programs: Programs, ownership: Ownership): Promise<EmbeddedPostgres> {
    const layout = this.#layout;
    const runner = await chooseRunner(programs, layout, this.#internals);
    const known = readPassword(layout);
    const leftovers = known === null ? 0 : await stopLeftovers(layout, markerOf(layout, known));
    if (leftovers > 0) this.#log('stopped the PostgreSQL server that an earlier, killed process left running');
    const lock = this.#internals.kernelLock === false ? null : await lockCluster(layout);
    try {
      const opened = await this.#openCluster(programs, runner, known, lock?.fd ?? null);
      const recovered = leftovers > 0 || !opened.clean || (opened.existed && ownership.abandoned);
      return await this.#serve(runner, opened.password, recovered, lock?.fd ?? null, ownership);
    } finally {
      lock?.release(); // PostgreSQL has inherited it
    }
  }

  /** Makes the cluster if there is none, and everything in it that a start may rely on. */
  async #openCluster(programs: Programs, runner: Runner, known: string | null, heldFd: number | null) {
    const layout = this.#layout;
    removeDrafts(layout);
    const existed = checkCluster(layout, programs.major);
    let password = known;
    let clean = true;
    if (existed) {
      removeStalePidFile(layout);
      clean = wasShutDown(layout);
      if (!clean) this.#log('PostgreSQL was not shut down in order; it recovers everything that was committed');
    } else {
      this.#log(`creating the database in ${layout.home}`);
      password ??= writePassword(layout);
      await createCluster(layout, runner, this.#tuning.durable, heldFd);
    }
    configureCluster(layout, runner, tuningFor(thisMachine(), this.#tuning));
    if (password === null) {
      this.#log(`the file ${layout.password} was missing; setting a new password`);
      password = await resetPassword(layout, runner, heldFd);
    }
    return { existed, clean, password };
  }

  async #serve(
    runner: Runner,
    password: string,
    recovered: boolean,
    heldFd: number | null,
    ownership: Ownership,
  ): Promise<EmbeddedPostgres> {
    const layout = this.#layout;
    const endpoint = await chooseEndpoint(layout, runner);
    const log = new ServerLog(layout.log);
    const release = () => {
      log.close();
      removeEndpoint(endpoint);
      ownership.release();
    };
    const args = [
      '-D',
      clusterArgument(runner, layout.cluster),
      ...listenArguments(endpoint),
      '-c',
      `cluster_name=${markerOf(layout, password)}`,
    ];
    const held = heldFd === null ? [] : [heldFd];
    const child = launch(runner, 'postgres', args, {
      cluster: layout.cluster,
      stdio: ['ignore', log.fd, log.fd, ...held],
    });
    const server = new Server({
      child,
      native: runner.native,
      cluster: layout.cluster,
      lastLines: () => log.tail(),
      release,
    });
    const connection = { host: endpoint.host, port: endpoint.port, user: SUPERUSER, password, database: 'postrider' };
    const failure = await untilReady(connection, () => server.exit !== null, this.#log);
    if (failure !== null) {
      await server.stop();
      throw startFailed(layout, failure, server.exit?.lastLines ?? []);
    }
    return {
      connection,
      pid: child.pid ?? 0,
      recovered,
      stop: () => server.stop(),
      onExit: (listener) => server.onExit(listener),
    };
  }
}

/** On the command line, where no configuration file can open a port. */
function listenArguments(endpoint: Endpoint): string[] {
  const socket = endpoint.host.startsWith('/');
  const settings = {
    listen_addresses: socket ? '' : endpoint.host,
    port: endpoint.port,
    unix_socket_directories: socket ? `"${endpoint.host.replaceAll('"', '""')}"` : '',
    unix_socket_permissions: '0700',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function startFailed(layout: Layout, why: string, lastLines: readonly string[]): EmbeddedPostgresError {
  const said = lastLines.length > 0 ? ` Its last words:\n${lastLines.join('\n')}` : '';
  return new EmbeddedPostgresError(
    'EMBEDDED_START_FAILED',
    `The embedded PostgreSQL did not start: ${why}. What was committed is still in ${layout.cluster}. Look at ${layout.log} for the cause (most often no room on the disk or too little memory), mend it and start again.${said}`,
  );
}
