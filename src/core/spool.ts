import { createHash } from 'node:crypto';
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Core } from './context.ts';

type SpoolCore = Pick<Core, 'dataDir'>;

export interface Spooled {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: Buffer;
}

/** Writes an upload to disk as it comes in, in 64 KB of memory; removed again when it breaks off. */
export async function spool(
  core: SpoolCore,
  name: string,
  source: NodeJS.ReadableStream | AsyncIterable<string>,
): Promise<Spooled> {
  const folder = spoolFolder(core);
  await fsp.mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, name);
  const hash = createHash('sha256');
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const target = fs.createWriteStream(file, { mode: 0o600 });
  const closed = new Promise<void>((resolve) => target.once('close', resolve));
  try {
    await pipeline(source, meter, target);
  } catch (error) {
    // The disk may open, and so create, the file only after the pipeline has failed.
    await closed;
    await fsp.rm(file, { force: true });
    throw error;
  }
  return { file, bytes, sha256: hash.digest() };
}

/** Removes an upload. A file that the command line was pointed at is somebody's own and stays. */
export async function removeSpoolFile(core: SpoolCore, file: string | null): Promise<void> {
  if (file === null || path.dirname(file) !== spoolFolder(core)) return;
  await fsp.rm(file, { force: true });
}

const LOST_AFTER_MS = 24 * 3_600_000;

/** Removes uploads that a crash left behind and that no import is waiting for. */
export async function removeLostUploads(
  core: SpoolCore,
  isWanted: (file: string) => boolean,
  now = Date.now(),
): Promise<void> {
  const folder = spoolFolder(core);
  for (const name of await fsp.readdir(folder).catch(() => [])) {
    const file = path.join(folder, name);
    const stat = await fsp.stat(file).catch(() => null);
    if (stat && now - stat.mtimeMs > LOST_AFTER_MS && !isWanted(file)) await fsp.rm(file, { force: true });
  }
}

function spoolFolder(core: SpoolCore): string {
  return path.join(core.dataDir, 'uploads');
}
