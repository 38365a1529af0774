import { createHash } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';
import type { Layout } from './layout.ts';
import { giveToPostgres, type Runner } from './runner.ts';

/** Where the server listens: a directory that holds its Unix socket, or on Windows the loopback address. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** The directory was made for this server and goes with it. */
  readonly temporary: boolean;
}

/** Only a name in the socket directory; nothing listens on TCP. */
const SOCKET_PORT = 5432;

/** sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL included. */
const LONGEST_SOCKET_PATH = 103;

/**
 * Prefers a directory beside the cluster. A private one elsewhere serves when that path is too long for a socket, when
 * its file system has no sockets (shared folders of virtual machines), or when PostgreSQL runs as somebody who cannot
 * walk the path. Its name is derived from the data directory: a start after kill -9 uses the same one again.
 */
export async function chooseEndpoint(layout: Layout, runner: Runner): Promise<Endpoint> {
  if (process.platform === 'win32') return { host: '127.0.0.1', port: await freePort(), temporary: false };
  const tag = createHash('sha256').update(`${process.getuid?.()}:${layout.root}`).digest('hex').slice(0, 16);
  const shared = [...(process.getuid?.() === 0 ? ['/run'] : []), os.tmpdir(), '/tmp'];
  const candidates = shared.map((dir) => path.join(dir, `postrider-${tag}`));
  if (runner.identity.kind === 'self') candidates.unshift(layout.socket);
  const failures: string[] = [];
  for (const dir of candidates) {
    try {
      await prepare(dir);
      giveToPostgres(runner, dir);
      return { host: dir, port: SOCKET_PORT, temporary: dir !== layout.socket };
    } catch (error) {
      failures.push(`${dir}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new EmbeddedPostgresError(
    'EMBEDDED_NO_SOCKET',
    `There is no directory for PostgreSQL's socket. Your data was not touched. Make ${os.tmpdir()} writable, choose a data directory with a short path, or set DATABASE_URL. What was tried: ${failures.join('; ')}`,
  );
}

/** Makes the directory private and empty, and proves that a socket works in it. */
async function prepare(dir: string): Promise<void> {
  const name = path.join(dir, `.s.PGSQL.${SOCKET_PORT}`);
  if (Buffer.byteLength(name) > LONGEST_SOCKET_PATH) throw new Error('the path is too long for a socket');
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const stat = fs.lstatSync(dir);
  const mine = stat.uid === process.getuid?.() || process.getuid?.() === 0;
  if (!stat.isDirectory() || !mine) throw new Error('it belongs to somebody else');
  takeBack(dir);
  // A killed server leaves its socket and a lock file whose pid may be another program by now.
  for (const leftover of fs.readdirSync(dir)) fs.rmSync(path.join(dir, leftover), { force: true });
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(name, () => resolve());
  });
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** Mode first: for the moment between, nobody else may enter. */
function takeBack(dir: string): void {
  fs.chmodSync(dir, 0o700);
  if (process.getuid?.() === 0) fs.lchownSync(dir, 0, 0);
}

export function removeEndpoint(endpoint: Endpoint): void {
  if (endpoint.temporary) fs.rmSync(endpoint.host, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === 'object' && address ? address.port : 0;
}
