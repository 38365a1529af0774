const BASE_MS = 250;
/** With nobody else alive, messages wait for the next try: so tries stay close together. */
const MAX_ALONE_MS = 2_000;
/** The server takes our mail on other connections and wants no more of them. */
const MAX_BESIDE_OTHERS_MS = 30_000;
/** This many connections in a row may end without having served a message before opening slows down. */
const FRUITLESS_ALLOWED = 2;

/** When the next connection may be opened: at once while all is well, exponentially later while it is not. */
export class Backoff {
  private failures = 0;
  private fruitless = 0;
  private notBefore = 0;

  /** True while one connection at a time should try the ground. */
  get isProbing(): boolean {
    return this.failures > 0;
  }

  waitMs(now: number): number {
    return Math.max(0, this.notBefore - now);
  }

  /** A connection could not be opened. Attempts that ran side by side count once. */
  failed(now: number, othersAlive: boolean): void {
    if (now < this.notBefore) return;
    const limit = othersAlive ? MAX_BESIDE_OTHERS_MS : MAX_ALONE_MS;
    const delay = Math.min(limit, BASE_MS * 2 ** Math.min(this.failures, 10));
    this.failures++;
    this.notBefore = now + delay * (0.75 + Math.random() / 2);
  }

  /** A connection was opened and ended before the server decided about a single message. */
  servedNothing(now: number, othersAlive: boolean): void {
    this.fruitless++;
    if (this.fruitless > FRUITLESS_ALLOWED) this.failed(now, othersAlive);
  }

  progress(): void {
    this.failures = 0;
    this.fruitless = 0;
    this.notBefore = 0;
  }
}
