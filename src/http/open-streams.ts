/** A connection that stays open to tell things. */
export interface OpenStream {
  /** Every 15 seconds: shows the other side, and whatever is between, that this one lives. */
  beat(): void;
  close(reason: 'stopping' | 'not-allowed'): void;
  /** Whether who opened it may still read what it tells. */
  isAllowed(): Promise<boolean>;
  /** The user or API key who opened it. */
  readonly openedBy?: string | null;
}

const BEAT_MS = 15_000;
/** A key that was revoked, or a session that has ended, reads on for this long at most. */
const CHECK_MS = 5 * 60_000;

/** All open streams of this process: one timer, however many there are. */
export class OpenStreams {
  readonly #checkAt = new Map<OpenStream, number>();
  readonly #beatMs: number;
  readonly #checkMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor({ beatMs = BEAT_MS, checkMs = CHECK_MS } = {}) {
    this.#beatMs = beatMs;
    this.#checkMs = checkMs;
  }

  add(stream: OpenStream): void {
    this.#checkAt.set(stream, this.#nextCheck());
    this.#timer ??= setInterval(() => this.#beat(), this.#beatMs).unref();
  }

  delete(stream: OpenStream): void {
    this.#checkAt.delete(stream);
    if (this.#checkAt.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  closeAll(): void {
    for (const stream of [...this.#checkAt.keys()]) stream.close('stopping');
  }

  #beat(): void {
    const now = performance.now();
    for (const [stream, checkAt] of [...this.#checkAt]) {
      stream.beat();
      if (checkAt > now || !this.#checkAt.has(stream)) continue;
      this.#check(stream);
    }
  }

  /** Asks at once about those of a user or key whose access has changed. */
  recheck(openedBy: string): void {
    for (const stream of [...this.#checkAt.keys()]) if (stream.openedBy === openedBy) this.#check(stream);
  }

  #check(stream: OpenStream): void {
    this.#checkAt.set(stream, this.#nextCheck());
    // While the database is away nobody can be asked; the next time tells.
    stream.isAllowed().then(
      (allowed) => !allowed && stream.close('not-allowed'),
      () => {},
    );
  }

  /** Those that came together are not all asked about together. */
  #nextCheck(): number {
    return performance.now() + this.#checkMs * (0.6 + 0.4 * Math.random());
  }
}
