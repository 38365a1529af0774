import type { PermitWindow } from '../domain/permit-window.ts';
import { PermitBook, type PermitSource } from './permit-book.ts';

/** One limit that a message is under: whose it is, its windows, and how people are told of it. */
export interface Limit {
  readonly owner: string;
  readonly windows: readonly PermitWindow[];
  /** Of the window that binds: "the limit per day of account X". */
  readonly words: (window: string) => string;
  /** Of this worker alone: another one may have room. */
  readonly isOfWorker?: boolean;
}

/** Nothing is free: how long until something is, as far as is known, and what is waited for. */
export interface PermitWait {
  readonly waitMs: number;
  readonly limit: Limit;
  readonly words: string;
}

export interface PermitGrant {
  readonly books: readonly PermitBook[];
  /** One moment for each message, ascending: the latest that any of the limits says. */
  readonly starts: number[];
}

/** Every limit this process has taken permits from. */
export class Permits {
  readonly #source: PermitSource;
  readonly #books = new Map<string, PermitBook>();

  constructor(source: PermitSource) {
    this.#source = source;
  }

  /** The wait for one of these limits that is known to grant nothing; null when it is worth asking. */
  knownWait(limits: readonly Limit[]): PermitWait | null {
    for (const limit of limits) {
      const known = this.#book(limit.owner).knownWait(limit.windows);
      if (known) return waitFor(limit, known);
    }
    return null;
  }

  /** Permits from all of these limits, as many as each of them grants; or the wait for the first that grants none. */
  async take(limits: readonly Limit[], wanted: number): Promise<PermitGrant | PermitWait> {
    const known = this.knownWait(limits);
    if (known) return known;
    const books: PermitBook[] = [];
    let starts = Array<number>(wanted).fill(Number.NEGATIVE_INFINITY);
    for (const limit of limits) {
      const book = this.#book(limit.owner);
      const offer = await book.take(limit.windows, starts.length).catch((error: unknown) => {
        for (const taken of books) taken.settle(starts.length, 'unused');
        throw error;
      });
      const granted = 'starts' in offer ? offer.starts : [];
      for (const taken of books) taken.settle(starts.length - granted.length, 'unused');
      if (!('starts' in offer)) return waitFor(limit, offer);
      starts = granted.map((start, i) => Math.max(start, starts[i] ?? start));
      books.push(book);
    }
    return { books, starts };
  }

  /** The share of the widest window that is left, 0 to 1; 1 when nothing is known. */
  shareLeft(limit: Limit | undefined): number {
    if (!limit) return 1;
    const widest = limit.windows.reduce<PermitWindow | null>((a, b) => (a && a.widthMs > b.widthMs ? a : b), null);
    const left = this.#books.get(limit.owner)?.left ?? null;
    return widest === null || left === null ? 1 : Math.min(1, Math.max(0, left / widest.allowed));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#books.values()].map((book) => book.close()));
  }

  #book(owner: string): PermitBook {
    const known = this.#books.get(owner);
    if (known) return known;
    const book = new PermitBook(owner, this.#source);
    this.#books.set(owner, book);
    return book;
  }
}

function waitFor(limit: Limit, { waitMs, boundBy }: { waitMs: number; boundBy: PermitWindow | null }): PermitWait {
  return { waitMs, limit, words: limit.words(boundBy?.name ?? 'limit') };
}
