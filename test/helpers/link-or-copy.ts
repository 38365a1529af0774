import fs from 'node:fs';
import path from 'node:path';

/** A hard link where that is possible: whole installations are then copied without copying. Nobody may write into it. */
export function linkOrCopy(from: string, to: string): void {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  try {
    fs.linkSync(from, to);
  } catch {
    fs.copyFileSync(from, to); // another file system
    fs.chmodSync(to, fs.statSync(from).mode); // also the setuid bit
  }
}
