import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MARKER_PREFIX } from './credentials.ts';
import { codeOf, EmbeddedPostgresError } from './errors.ts';
import { type FileLock, lockFile } from './file-lock.ts';
import type { Layout } from './layout.ts';
import { findPostgres, isPostgres, isRunning, lineOf } from './processes.ts';

/** Fast shutdown, then immediate shutdown (recovery at the next start), then the end; each with the time it is given. */
export const SHUTDOWN_LADDER: ReadonlyArray<readonly [NodeJS.Signals, number]> = [
  ['SIGINT', 30_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
];

/**
 * Ends every PostgreSQL process that an owner killed by -9 left on this cluster, and returns how many there were. The
 * caller owns the directory, so whatever carries its marker is a leftover. Taking it over instead would keep settings,
 * a socket and a log of an owner that is gone.
 */
export async function stopLeftovers(layout: Layout, marker: string): Promise<number> {
  const found = findPostgres(marker);
  const postmaster = readPidFile(layout);
  for (const [signal, patienceMs] of SHUTDOWN_LADDER) {
    const alive = findPostgres(marker);
    if (alive.length === 0) break;
    // Told apart from its children, which must not get the signals that mean something to a postmaster.
    const orphaned = postmaster === null || !alive.includes(postmaster);
    if (orphaned) {
      await goneWithin(marker, 500); // children end by themselves once they notice, unless they are computing
      signalAll(findPostgres(marker), 'SIGKILL');
    } else {
      signalAll(signal === 'SIGKILL' ? alive : [postmaster], signal);
    }
    if (await goneWithin(marker, patienceMs)) break;
  }
  return found.length;
}

async function goneWithin(marker: string, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await delay(20)) {
    if (findPostgres(marker).length === 0) return true;
  }
  return false;
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (codeOf(error) !== 'ESRCH') throw error;
    }
  }
}

/**
 * Takes the lock that PostgreSQL's own processes inherit. Once it is ours, not one process of an earlier run is alive
 * anywhere this directory is mounted, a fact that pids cannot tell across containers. Null where there are no locks.
 */
export async function lockCluster(layout: Layout, patienceMs = 10_000): Promise<FileLock | null> {
  for (const end = Date.now() + patienceMs; ; await delay(50)) {
    const lock = await lockFile(layout.clusterLock);
    if (lock === 'unsupported') return null;
    if (lock !== 'taken') return lock;
    if (Date.now() > end)
      throw foreignServer(layout, 'a PostgreSQL process that this one cannot see, perhaps in another container');
  }
}

/**
 * Removes a pid file that a killed postmaster left. PostgreSQL would do it, but refuses to start while the pid is alive
 * again as another program. A server that somebody else runs on the cluster by hand keeps its file.
 */
export function removeStalePidFile(layout: Layout): void {
  const pid = readPidFile(layout);
  if (pid !== null && isRunning(pid) && isPostgres(lineOf(pid)) && servesCluster(pid, layout)) {
    throw foreignServer(layout, `a PostgreSQL server that Postrider did not start (process ${pid})`);
  }
  fs.rmSync(path.join(layout.cluster, 'postmaster.pid'), { force: true });
}

/** A postmaster's working directory is its cluster. Where that is hidden from us, any server but Postrider's own is suspect. */
function servesCluster(pid: number, layout: Layout): boolean {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`) === layout.cluster;
  } catch {
    return !lineOf(pid).includes(`cluster_name=${MARKER_PREFIX}`);
  }
}

function readPidFile(layout: Layout): number | null {
  try {
    const pid = Number.parseInt(fs.readFileSync(path.join(layout.cluster, 'postmaster.pid'), 'latin1'), 10);
    return pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

function foreignServer(layout: Layout, who: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'EMBEDDED_IN_USE',
    `The database in ${layout.root} is in use by ${who}. Nothing was changed. Stop it and start again, or choose another directory with --data-dir or DATA_DIR.`,
  );
}
