import fs from 'node:fs';
import path from 'node:path';
import { isCertainlyGone, processKey } from '../lib/process-key.ts';
import { uuid7 } from '../lib/uuid7.ts';

const SUFFIX = '.hits';
/** A running process keeps a file for seconds; one that is older belongs to nobody, or to a machine that was started anew. */
const ABANDONED_MS = 10 * 60_000;

/**
 * Keeps what was answered and is not in the database yet where it outlives the process: written before the answer, without
 * fsync, so a kill loses nothing and a crash of the machine at most what the page cache held. Files are taken over by
 * whoever finds their writer gone; what is then written twice has the same event id and is one.
 */
export class TrackingSpool {
  readonly #dir: string;
  #file: string | null = null;
  #fd: number | null = null;

  constructor(dataDir: string) {
    this.#dir = path.join(dataDir, 'tracking');
  }

  /** Throws when it cannot be written. */
  add(entry: object): void {
    const fd = this.#fd ?? this.#open();
    fs.writeSync(fd, `${JSON.stringify(entry)}\n`);
  }

  /** What was added so far is to be written to the database now; `done` when it is there. */
  turn(): { done(): void } {
    const file = this.#file;
    if (this.#fd !== null) fs.closeSync(this.#fd);
    this.#fd = null;
    this.#file = null;
    return { done: () => void (file && fs.rmSync(file, { force: true })) };
  }

  /** What processes that are gone left behind; `done` when it is in the database. */
  *leftovers(): Generator<{ readonly entries: unknown[]; done(): void }> {
    const names = fs.existsSync(this.#dir) ? fs.readdirSync(this.#dir).filter((name) => name.endsWith(SUFFIX)) : [];
    for (const file of names.map((name) => path.join(this.#dir, name))) {
      if (file === this.#file) continue;
      const lines = readLines(file);
      if (lines === null || !isLeft(file, lines[0] ?? '')) continue;
      yield { entries: lines.slice(1).flatMap(parse), done: () => fs.rmSync(file, { force: true }) };
    }
  }

  #open(): number {
    fs.mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    this.#file = path.join(this.#dir, `${uuid7()}${SUFFIX}`);
    this.#fd = fs.openSync(this.#file, 'a', 0o600);
    fs.writeSync(this.#fd, `${JSON.stringify({ pid: process.pid, processKey: processKey() })}\n`);
    return this.#fd;
  }
}

function readLines(file: string): string[] | null {
  try {
    return fs.readFileSync(file, 'utf8').split('\n');
  } catch {
    return null; // somebody else was quicker
  }
}

function isLeft(file: string, header: string): boolean {
  const [owner] = parse(header) as Array<{ pid?: number; processKey?: string }>;
  if (
    typeof owner?.pid === 'number' &&
    typeof owner.processKey === 'string' &&
    isCertainlyGone(owner.pid, owner.processKey)
  )
    return true;
  const written = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return Date.now() - written > ABANDONED_MS;
}

/** The last line may be torn. */
function parse(line: string): unknown[] {
  try {
    return line === '' ? [] : [JSON.parse(line)];
  } catch {
    return [];
  }
}
