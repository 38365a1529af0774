import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bootId, isProcess, startOf } from './processes.ts';

const PREFIX = 'owner-claim.';

/**
 * Exclusion without the kernel's help, for machines that lack `flock`. Everyone first writes a claim under a name of
 * its own and then looks: of two simultaneous starts at least one sees the other, so never do both go on. A claim ends
 * with its process (pid, start time and boot: a reused pid does not revive it), and names are never used twice,
 * so removing a dead claim cannot hit a live one. Returns the undoing, or null when another process owns the directory.
 */
export async function claimDirectory(dir: string): Promise<(() => void) | null> {
  for (let attempt = 0; attempt < 6; attempt++) {
    const mine = `${PREFIX}${process.pid}.${startOf(process.pid) ?? 0}.${bootId()}.${randomBytes(6).toString('hex')}`;
    const withdraw = () => fs.rmSync(path.join(dir, mine), { force: true });
    fs.writeFileSync(path.join(dir, mine), '', { mode: 0o600, flag: 'wx' });
    if (!otherClaims(dir, mine)) return withdraw;
    withdraw();
    await delay(20 + Math.random() * 180); // two that met step back for different times
  }
  return null;
}

function otherClaims(dir: string, mine: string): boolean {
  let alive = false;
  for (const name of fs.readdirSync(dir)) {
    if (!name.startsWith(PREFIX) || name === mine) continue;
    const [pid, start, boot] = name.slice(PREFIX.length).split('.');
    if (boot === bootId() && isProcess(Number(pid), Number(start))) alive = true;
    else fs.rmSync(path.join(dir, name), { force: true });
  }
  return alive;
}
