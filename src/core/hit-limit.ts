const WINDOW_MS = 10 * 60_000;
const MOST_HITS = 20;
const MOST_TOKENS = 100_000;

/** How often one token counts: who reloads a page for an hour, or a program that runs wild, is not a thousand readers. */
export class HitLimit {
  readonly #counts = new Map<string, number>();
  #since = Date.now();

  /** False when it came too often; it is answered all the same. */
  allows(token: string): boolean {
    if (Date.now() - this.#since > WINDOW_MS || this.#counts.size >= MOST_TOKENS) {
      this.#counts.clear();
      this.#since = Date.now();
    }
    const count = (this.#counts.get(token) ?? 0) + 1;
    this.#counts.set(token, count);
    return count <= MOST_HITS;
  }
}
