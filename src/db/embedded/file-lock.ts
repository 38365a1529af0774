import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { childEnvironment } from './environment.ts';
import { codeOf } from './errors.ts';

/** An open file with the kernel's exclusive lock on it: gone when the last process that has it open ends, even by kill -9. */
export interface FileLock {
  /** May be inherited by a child, which then holds the lock too. */
  readonly fd: number;
  release(): void;
}

/** `open` flags for a lock from the first moment, where the system has them (libuv's on Windows, BSD's on macOS). */
const LOCKING_OPEN: Partial<Record<NodeJS.Platform, number>> = {
  win32: 0x10000000,
  darwin: 0x20 | fs.constants.O_NONBLOCK,
};

/**
 * Takes the lock, or says that somebody else has it, or that this machine offers none. Node has no flock(2); on Linux
 * the `flock` program locks the file description it inherits from us, and the lock stays with ours when it ends.
 */
export async function lockFile(file: string): Promise<FileLock | 'taken' | 'unsupported'> {
  const locking = LOCKING_OPEN[process.platform];
  let fd: number;
  try {
    fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT | (locking ?? 0), 0o600);
  } catch (error) {
    if (locking !== undefined && ['EAGAIN', 'EWOULDBLOCK', 'EBUSY'].includes(codeOf(error) ?? '')) return 'taken';
    throw error;
  }
  const outcome = locking === undefined ? await flock(fd) : 0;
  if (outcome === 0) return { fd, release: () => fs.closeSync(fd) };
  fs.closeSync(fd);
  return outcome === 1 ? 'taken' : 'unsupported';
}

/** 0: locked, 1: held by another, anything else: no such program, or a file system without locks. */
function flock(fd: number): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn('flock', ['-n', '-x', '3'], {
      stdio: ['ignore', 'ignore', 'ignore', fd],
      env: childEnvironment(),
    });
    child.once('error', () => resolve(-1));
    child.once('exit', (code) => resolve(code ?? -1));
  });
}
