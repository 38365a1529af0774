import { type ChildProcess, execFile, type StdioOptions, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './accounts.ts';
import { childEnvironment } from './environment.ts';

/**
 * As whom PostgreSQL runs. It refuses uid 0, so root needs one of two ways: a user namespace, where root's own files
 * belong to an unprivileged uid, or the uid of an existing account.
 */
export type Identity =
  | { readonly kind: 'self' }
  | { readonly kind: 'namespace'; readonly account: Account }
  | { readonly kind: 'user'; readonly account: Account };

export interface Way {
  readonly identity: Identity;
  /** The kernel sends SIGINT when this process ends, so a killed parent leaves no server behind. */
  readonly leashed: boolean;
}

/** A way to run the programs that was tried and works on this machine. */
export interface Runner extends Way {
  /** Holds bin/: the installed programs, or a copy that the identity can reach. */
  readonly native: string;
}

function commandLine({ identity, leashed }: Way, command: readonly string[]) {
  const words = [...command];
  // Inside of unshare: a change of credentials clears the parent-death signal.
  if (leashed) words.unshift('setpriv', '--pdeathsig', 'INT', '--');
  if (identity.kind === 'namespace') {
    const { uid, gid } = identity.account;
    words.unshift('unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--');
  }
  const [file = '', ...args] = words;
  const as = identity.kind === 'user' ? { uid: identity.account.uid, gid: identity.account.gid } : {};
  return { file, args, as };
}

const execute = promisify(execFile);

/** Runs a command to its end and returns what it printed; throws what the system or the command said against it. */
export async function output(way: Way, command: readonly string[]): Promise<string> {
  const { file, args, as } = commandLine(way, command);
  return (await execute(file, args, { cwd: '/', env: childEnvironment(), timeout: 20_000, ...as })).stdout;
}

export interface LaunchOptions {
  /** The cluster: the working directory, so that a directory can be used which the identity could not reach by its path. */
  readonly cluster: string;
  readonly stdio: StdioOptions;
}

/**
 * Starts one of the programs in a session of its own: Ctrl-C on the terminal would otherwise stop the database in the
 * middle of our own orderly stop.
 */
export function launch(runner: Runner, program: string, args: readonly string[], options: LaunchOptions): ChildProcess {
  const { file, args: rest, as } = commandLine(runner, [path.join(runner.native, 'bin', program), ...args]);
  return spawn(file, rest, {
    cwd: options.cluster,
    env: childEnvironment(),
    stdio: options.stdio,
    detached: process.platform !== 'win32',
    windowsHide: true,
    ...as,
  });
}

/** How the program names its cluster. Another identity may not be able to walk the path, but stands in it already. */
export function clusterArgument(runner: Runner, cluster: string): string {
  return runner.identity.kind === 'self' ? cluster : '/proc/self/cwd';
}

/** Gives files to the identity that PostgreSQL runs as; it insists on owning its cluster. */
export function giveToPostgres(runner: Runner, ...files: string[]): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = runner.identity.kind === 'user' ? runner.identity.account : { uid: 0, gid: 0 };
  for (const file of files) fs.lchownSync(file, uid, gid);
}

/** The same for a whole cluster that was made under another identity. */
export function giveTreeToPostgres(runner: Runner, dir: string): void {
  const uid = runner.identity.kind === 'user' ? runner.identity.account.uid : 0;
  if (process.getuid?.() !== 0 || fs.statSync(dir).uid === uid) return;
  for (const entry of fs.readdirSync(dir, { withFileTypes: true, recursive: true })) {
    giveToPostgres(runner, path.join(entry.parentPath, entry.name));
  }
  giveToPostgres(runner, dir); // last: the sign that it is done
}
