interface Entry<T> {
  readonly at: number;
  readonly value: Promise<T>;
}

const MOST_KEYS = 1000;

/**
 * Answers of something dear, kept for a moment: however many ask, it is read once in `freshMs`. An older answer may be
 * given up to `usableMs`, while the next one is read behind it: then nobody waits. Failures are not kept.
 */
export class Cached<T> {
  readonly #freshMs: number;
  readonly #usableMs: number;
  readonly #mostKeys: number;
  readonly #read: (key: string) => Promise<T>;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #reading = new Set<string>();

  /** `mostKeys`: of large answers few are to be kept. */
  constructor(read: (key: string) => Promise<T>, freshMs: number, usableMs = freshMs, mostKeys = MOST_KEYS) {
    this.#read = read;
    this.#freshMs = freshMs;
    this.#usableMs = usableMs;
    this.#mostKeys = mostKeys;
  }

  get(key: string): Promise<T> {
    const known = this.#entries.get(key);
    const age = known ? Date.now() - known.at : Number.POSITIVE_INFINITY;
    if (known && age < this.#freshMs) return known.value;
    if (!known || age >= this.#usableMs) return this.#start(key);
    if (!this.#reading.has(key)) void this.#refresh(key);
    return known.value;
  }

  #start(key: string): Promise<T> {
    if (this.#entries.size >= this.#mostKeys) this.#entries.clear();
    const entry = { at: Date.now(), value: this.#read(key) };
    this.#entries.set(key, entry);
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry.value;
  }

  /** When it fails, what is known stays until it is too old. */
  async #refresh(key: string): Promise<void> {
    this.#reading.add(key);
    try {
      const at = Date.now();
      const value = await this.#read(key);
      this.#entries.set(key, { at, value: Promise.resolve(value) });
    } catch {
      // asked again by the next call
    } finally {
      this.#reading.delete(key);
    }
  }
}
