import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { childEnvironment } from './environment.ts';
import { codeOf } from './errors.ts';

/** What a process was started as: its arguments, separated by NUL on Linux and by spaces elsewhere. Empty for a zombie. */
interface ProcessLine {
  readonly pid: number;
  readonly line: string;
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** When a process started, in clock ticks since boot; null when there is no such process or no /proc. */
export function startOf(pid: number): number | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the name in brackets and may hold spaces and brackets; the start time is the 22nd.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return null;
  }
}

/** Names the time since the machine started; empty where there is no /proc. */
export function bootId(): string {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}

/** Is it still the process that started then? A reused pid has another start time. */
export function isProcess(pid: number, start: number): boolean {
  return isRunning(pid) && (startOf(pid) ?? start) === start;
}

/** The PostgreSQL processes of this machine whose command line or title holds `marker`; a zombie has neither. */
export function findPostgres(marker: string): number[] {
  return listProcesses()
    .filter(({ line }) => isPostgres(line) && line.includes(marker))
    .map(({ pid }) => pid);
}

/** `/…/bin/postgres -D …` is a postmaster, `postgres: name: checkpointer` one of its children. */
export function isPostgres(line: string): boolean {
  const program = line.split('\0', 1)[0] ?? '';
  return /(^|[\\/])postgres(\.exe)?($|:? )/.test(line.includes('\0') ? program : line);
}

export function lineOf(pid: number): string {
  return readLine(pid) ?? '';
}

function listProcesses(): ProcessLine[] {
  if (process.platform === 'linux') {
    return fs
      .readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => ({ pid: Number(name), line: readLine(Number(name)) ?? '' }));
  }
  if (process.platform === 'win32') return []; // ends with its parent's console; a leftover is found by its pid file
  const text = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,command='], { encoding: 'utf8', env: childEnvironment() });
  return text.split('\n').flatMap((row) => {
    const [, pid, line] = /^\s*(\d+) (.*)$/.exec(row) ?? [];
    return pid === undefined || line === undefined ? [] : [{ pid: Number(pid), line }];
  });
}

function readLine(pid: number): string | null {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return null; // ended meanwhile, or hidden from us
  }
}
