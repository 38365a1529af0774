import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { codeOf } from './errors.ts';
import type { Layout } from './layout.ts';

/** The cluster's only role. */
export const SUPERUSER = 'postrider';

export const MARKER_PREFIX = 'postrider-';

/** The password made at the first start; null when there is none yet, or its file was lost. */
export function readPassword(layout: Layout): string | null {
  try {
    return fs.readFileSync(layout.password, 'utf8').trim() || null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

export function writePassword(layout: Layout): string {
  const password = randomBytes(24).toString('base64url');
  writeSynced(layout.password, `${password}\n`);
  return password;
}

/** Names this cluster's processes in their command lines. A copy of the directory has another path, thus another name. */
export function markerOf(layout: Layout, password: string): string {
  return `${MARKER_PREFIX}${createHash('sha256').update(`${password}:${layout.root}`).digest('hex').slice(0, 16)}`;
}

function writeSynced(file: string, text: string): void {
  const draft = `${file}.new`;
  fs.rmSync(draft, { force: true });
  const fd = fs.openSync(draft, 'wx', 0o600);
  fs.writeSync(fd, text);
  fs.fsyncSync(fd);
  fs.closeSync(fd);
  fs.renameSync(draft, file);
}
