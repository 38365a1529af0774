import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A mail server that somebody else wrote, listening on loopback, with TLS by the certificate of test/fixtures. */
export interface MailServer {
  readonly ports: MailServerPorts;
  /** How it ends the lines of what it stores. */
  readonly lineEnd: '\n' | '\r\n';
  /** Everything it has delivered, as it lies there; resolves when nothing is under way any more. */
  stored(timeoutMs: number): Promise<Buffer[]>;
  stop(): Promise<void>;
}

export interface MailServerPorts {
  readonly starttls: number;
  /** TLS from the first byte. */
  readonly tls: number;
}

export interface MailServerKind {
  readonly name: string;
  readonly offersSmtpUtf8: boolean;
  /** Why it cannot be started here, in one line; null when it can. */
  missing(): string | null;
  start(): Promise<MailServer>;
}

/** What each of them wants before it takes mail, and takes. */
export const LOGIN = { username: 'sender@acme.test', password: 'correct-horse-battery' } as const;
export const SIZE_LIMIT = 2 * 1024 * 1024;
/** The only local part for which there is no mailbox. */
export const UNKNOWN_LOCAL_PART = 'unknown';

/** Two ports that were free a moment ago. Both are held at once, so that they differ. */
export async function freePorts(): Promise<MailServerPorts> {
  const held = [net.createServer(), net.createServer()];
  const ports = await Promise.all(
    held.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port));
        }),
    ),
  );
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return { starttls: ports[0] ?? 0, tls: ports[1] ?? 0 };
}

export interface Starting {
  readonly port: number;
  readonly timeoutMs: number;
  /** False once the server has given up. */
  isRunning(): boolean;
  /** What it said about it, for the error. */
  explain(): string;
}

/** Resolves when the server accepts connections. */
export async function untilListening({ port, timeoutMs, isRunning: goesOn, explain }: Starting): Promise<void> {
  for (const end = Date.now() + timeoutMs; goesOn() && Date.now() < end; await delay(50)) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
  }
  throw new Error(`nothing listens on port ${port}: ${explain()}`);
}

/** Resolves when no file is left in any of the directories: queues are empty when their last delivery has ended. */
export async function untilEmpty(directories: readonly string[], timeoutMs: number): Promise<void> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await delay(50)) {
    if (directories.every(isEmpty)) return;
  }
  throw new Error(`not everything was delivered within ${timeoutMs} ms: ${directories.join(', ')}`);
}

export function readMaildir(maildir: string): Buffer[] {
  const arrived = path.join(maildir, 'new');
  if (!fs.existsSync(arrived)) return [];
  return fs.readdirSync(arrived).map((file) => fs.readFileSync(path.join(arrived, file)));
}

export function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** Asks a process that we started to end, and waits for it. */
export async function endProcess(child: ChildProcess | null): Promise<void> {
  if (child === null || !isRunning(child)) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** The end of a log, for an error message. */
export function tailOf(file: string): string {
  return fs.existsSync(file) ? `\n${fs.readFileSync(file, 'utf8').slice(-2000)}` : ' it has left no log';
}

function isEmpty(directory: string): boolean {
  try {
    return fs
      .readdirSync(directory, { withFileTypes: true })
      .every((entry) => entry.isDirectory() && isEmpty(path.join(directory, entry.name)));
  } catch (error) {
    // A directory that its server has just cleared away holds nothing.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}
