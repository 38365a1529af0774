import fs from 'node:fs';
import os from 'node:os';

/**
 * Names a process so that another one on the same machine can tell for sure whether it still runs: boot id, process
 * namespace, and start time (`/proc/<pid>/stat`, field 22), which no later process with the same number can have.
 */
export function processKey(pid: number = process.pid): string {
  return `${machineKey()} ${startTime(pid) ?? 'unknown'}`;
}

/** True only when it is certain that the process is gone; false when it runs, or cannot be judged from here. */
export function isCertainlyGone(pid: number, key: string): boolean {
  const machine = machineKey();
  if (machine === null || !key.startsWith(`${machine} `) || key.endsWith(' unknown')) return false;
  return key !== `${machine} ${startTime(pid)}`;
}

/** Null where there is no /proc: then nobody is judged. */
function machineKey(): string | null {
  try {
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${fs.readlinkSync('/proc/self/ns/pid')} ${os.hostname()}`;
  } catch {
    return null;
  }
}

function startTime(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not noticed yet.
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
