import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from '../../../src/lib/package-root.ts';
import { linkOrCopy } from '../link-or-copy.ts';
import { SINK_CERTIFICATE, SINK_KEY } from '../smtp-sink-certificate.ts';
import { endProcess, isRunning, tailOf, untilListening } from './mail-server.ts';

/** Both servers look up users by name; nothing of the machine's own users is seen in the tree. */
const USERS = ['root:0', 'Debian-exim:601', 'opensmtpd:602', 'opensmtpq:603', 'vmail:604', 'nobody:65534'];

/** Where scripts/install-mail-servers.sh puts what the machine's package manager cannot hold beside Postfix. */
export function mailServersDirectory(): string {
  return process.env.MAIL_SERVERS_DIR ?? path.join(packageRoot(), 'node_modules', '.cache', 'mail-servers');
}

/** Why a program of the tree cannot be started here, in one line; null when it can. */
export function missingInTree(name: string, program: string): string | null {
  if (!fs.existsSync(path.join(mailServersDirectory(), 'tree', program)))
    return `${name} is not installed: run scripts/install-mail-servers.sh`;
  if (process.getuid?.() !== 0) return `${name} can be started by root only`;
  return spawnSync('chroot', ['/', 'true']).status === 0 ? null : `${name} needs chroot, which is not allowed here`;
}

/** A copy of the installed tree that becomes the root directory of one server: its fixed paths are then its own. */
export class ChrootTree {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-mta-'));
  private child: ChildProcess | null = null;

  constructor() {
    fs.chmodSync(this.root, 0o755);
    const installed = path.join(mailServersDirectory(), 'tree');
    for (const entry of fs.readdirSync(installed, { withFileTypes: true, recursive: true })) {
      const from = path.join(entry.parentPath, entry.name);
      const to = this.at(path.relative(installed, from));
      if (entry.isDirectory()) fs.mkdirSync(to, { recursive: true });
      else if (entry.isSymbolicLink()) linkOnce(fs.readlinkSync(from), to);
      else linkOrCopy(from, to);
    }
    // A container may not make devices: an ordinary file will do.
    const made = spawnSync('mknod', ['-m', '666', this.at('dev/null'), 'c', '1', '3']);
    if (made.status !== 0) this.write('dev/null', '', 0o666);
    this.write('etc/passwd', USERS.map((user) => user.replace(/:(\d+)/, ':x:$1:$1::/:/bin/sh\n')).join(''));
    this.write('etc/group', USERS.map((user) => user.replace(/:(\d+)/, ':x:$1:\n')).join(''));
    this.write('etc/hosts', '127.0.0.1 localhost\n');
    // No server is asked: names of loopback addresses are not worth a wait.
    this.write('etc/resolv.conf', 'lookup file\nnameserver 127.0.0.1\n');
    this.write('etc/tls/cert.pem', SINK_CERTIFICATE);
    this.write('etc/tls/key.pem', SINK_KEY, 0o600);
  }

  at(name: string): string {
    return path.join(this.root, name);
  }

  write(name: string, text: string, mode = 0o644): void {
    fs.mkdirSync(path.dirname(this.at(name)), { recursive: true });
    fs.rmSync(this.at(name), { force: true }); // it may be a link to the installed one
    fs.writeFileSync(this.at(name), text, { mode });
  }

  directory(name: string, user: string, mode = 0o755): void {
    fs.mkdirSync(this.at(name), { recursive: true });
    fs.chmodSync(this.at(name), mode);
    const id = idOf(user);
    fs.chownSync(this.at(name), id, id);
  }

  run(program: string, args: readonly string[]): string {
    return execFileSync('chroot', [this.root, program, ...args], { encoding: 'utf8' });
  }

  /** Starts the server, in the foreground; what it says goes to `output` in the tree. */
  start(program: string, args: readonly string[]): void {
    const output = fs.openSync(this.at('output'), 'a');
    this.child = spawn('setpriv', ['--pdeathsig', 'KILL', 'chroot', this.root, program, ...args], {
      stdio: ['ignore', output, output],
    });
    fs.closeSync(output);
  }

  /** Resolves when the server listens; it may say what is wrong in `log` as well as in `output`. */
  async untilListening(port: number, log = 'output'): Promise<void> {
    const logs = [...new Set(['output', log])];
    await untilListening({
      port,
      timeoutMs: 15_000,
      isRunning: () => this.child !== null && isRunning(this.child),
      explain: () => logs.map((name) => tailOf(this.at(name))).join(''),
    });
  }

  /** Ends the server, every process whose root directory the tree is, and the tree. */
  async stop(): Promise<void> {
    await endProcess(this.child);
    for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (rootOf(pid).startsWith(this.root)) kill(Number(pid)); // some have changed it again, to a directory within
    }
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function idOf(user: string): number {
  const entry = USERS.find((one) => one.startsWith(`${user}:`));
  if (entry === undefined) throw new Error(`no user ${user} in the tree`);
  return Number(entry.slice(user.length + 1));
}

function linkOnce(target: string, at: string): void {
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.symlinkSync(target, at);
}

function rootOf(pid: string): string {
  try {
    return fs.readlinkSync(`/proc/${pid}/root`);
  } catch {
    return ''; // gone, or a kernel thread
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone meanwhile
  }
}
