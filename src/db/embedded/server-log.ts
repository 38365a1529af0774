import fs from 'node:fs';

const LIMIT_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 32 * 1024;
const CHECK_EVERY_MS = 60_000;

/** PostgreSQL's own log: a file it writes to directly, so that it needs no reader and outlives us. Bounded to two files. */
export class ServerLog {
  readonly #file: string;
  readonly #from: number;
  readonly #watch: NodeJS.Timeout;
  /** For the child's standard output and error. Appending, so that truncating the file starts it again at the front. */
  readonly fd: number;

  constructor(file: string) {
    this.#file = file;
    this.fd = fs.openSync(file, 'a', 0o600);
    this.#bound();
    this.#from = fs.fstatSync(this.fd).size;
    this.#watch = setInterval(() => this.#bound(), CHECK_EVERY_MS).unref();
  }

  /** The last lines since this start. */
  tail(lines = 12): string[] {
    const size = fs.statSync(this.#file).size;
    const from = Math.max(size - TAIL_BYTES, this.#from > size ? 0 : this.#from);
    const bytes = Buffer.alloc(size - from);
    const fd = fs.openSync(this.#file, 'r');
    const read = fs.readSync(fd, bytes, 0, bytes.length, from);
    fs.closeSync(fd);
    return bytes.toString('utf8', 0, read).split('\n').filter(Boolean).slice(-lines);
  }

  close(): void {
    clearInterval(this.#watch);
    fs.closeSync(this.fd);
  }

  /** Copy and truncate: the server keeps its open file. A line written in between is lost, which a log can bear. */
  #bound(): void {
    try {
      if (fs.fstatSync(this.fd).size <= LIMIT_BYTES) return;
      fs.copyFileSync(this.#file, `${this.#file}.1`);
      fs.ftruncateSync(this.fd);
    } catch {
      // A full disk must not end the process for the sake of its log; the next check tries again.
    }
  }
}
