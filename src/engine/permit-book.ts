import { PERMIT_HORIZON_MS, type PermitAnswer, type PermitExchange } from '../db/hot/exchange-permits.ts';
import type { PermitWindow } from '../domain/permit-window.ts';
import { type Deferred, deferred } from '../lib/deferred.ts';

/** What the books need of the world. */
export interface PermitSource {
  exchange(exchange: Omit<PermitExchange, 'holder'>): Promise<PermitAnswer>;
  onError(error: unknown): void;
}

/** Permits with the moments (of `performance.now()`) from which they may be used, ascending; or how long to wait. */
export type PermitOffer =
  | { readonly starts: number[] }
  | { readonly waitMs: number; readonly boundBy: PermitWindow | null };

/** What became of a permit: its message was answered; was never handed over; or its fate will never be known. */
export type PermitUse = 'used' | 'unused' | 'lost';

/** Asking again this long before a permit comes free loses no time: it is granted ahead. */
const LEAD_MS = PERMIT_HORIZON_MS / 2;
/** Used permits are reported with the next question, or after this long. Their age goes with them, so nothing is lost. */
const REPORT_MS = 100;
const REPORT_AGAIN_MS = 1000;
/** Replies within this stretch are reported as one, as of the last: a hundredth of the narrowest window. */
const BIN_MS = 10;
/** Somebody may raise the limit, or give permits back: so "nothing free" is believed this long at most. */
const BELIEVED_MS = 60_000;
/** A server may still take a message this long after the connection broke on which it was handed over. */
const LOST_MS = 10_000;

interface Ask {
  readonly wanted: number;
  readonly windows: readonly PermitWindow[];
  readonly answer: Deferred<PermitOffer>;
}

/**
 * The permits this process holds of one owner. One exchange with the database at a time: what is asked meanwhile goes
 * with the next, so the statements are few however many batches ask.
 */
export class PermitBook {
  readonly owner: string;
  /** Of the widest window, what was left at the last answer. */
  left: number | null = null;
  readonly #source: PermitSource;
  #asks: Ask[] = [];
  #inHand = 0;
  #used: Array<{ from: number; at: number; permits: number }> = [];
  #unreported = false;
  #failed = false;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Until this moment asking is in vain, because of this window. */
  #nothing: { until: number; firstAt: number; boundBy: PermitWindow | null; windows: readonly PermitWindow[] } | null =
    null;

  constructor(owner: string, source: PermitSource) {
    this.owner = owner;
    this.#source = source;
  }

  /** What is known without asking: how long to wait, or null when it is worth asking. */
  knownWait(windows: readonly PermitWindow[]): { waitMs: number; boundBy: PermitWindow | null } | null {
    const nothing = this.#nothing;
    const now = performance.now();
    if (!nothing || now >= nothing.until || !sameWindows(nothing.windows, windows)) return null;
    return { waitMs: nothing.firstAt - now, boundBy: nothing.boundBy };
  }

  /** Up to `wanted` permits. Rejects when the database does not answer: then nothing was taken. */
  take(windows: readonly PermitWindow[], wanted: number): Promise<PermitOffer> {
    const known = this.knownWait(windows);
    if (known) return Promise.resolve(known);
    const answer = deferred<PermitOffer>();
    this.#asks.push({ wanted, windows, answer });
    this.#start();
    return answer.promise;
  }

  settle(count: number, use: PermitUse): void {
    if (count <= 0) return;
    this.#inHand -= count;
    this.#unreported = true;
    if (use === 'unused') this.#nothing = null;
    else this.#add(performance.now() + (use === 'lost' ? LOST_MS : 0), count);
    this.#reportIn(REPORT_MS);
  }

  /** Reports what is used. What is still in hand stays so until the process is known to be gone. */
  async close(): Promise<void> {
    this.#stopTimer();
    await this.#running;
    if (this.#unreported) await this.#exchange();
    this.#stopTimer();
  }

  #add(at: number, permits: number): void {
    const last = this.#used.at(-1);
    if (last && at >= last.at && at < last.from + BIN_MS) {
      last.at = at;
      last.permits += permits;
    } else this.#used.push({ from: at, at, permits });
  }

  #start(): void {
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // let what is asked in this turn of the event loop go with the first exchange
    this.#stopTimer();
    while (this.#asks.length > 0) await this.#exchange();
    this.#ended();
  }

  #ended(): void {
    this.#running = null;
    if (this.#asks.length > 0) this.#start();
    else if (this.#unreported) this.#reportIn(this.#failed ? REPORT_AGAIN_MS : REPORT_MS);
  }

  async #exchange(): Promise<void> {
    const windows = this.#asks[0]?.windows ?? [];
    const asks = this.#asks.filter((ask) => sameWindows(ask.windows, windows));
    this.#asks = this.#asks.filter((ask) => !asks.includes(ask));
    const used = this.#used.splice(0);
    const wanted = asks.reduce((sum, ask) => sum + ask.wanted, 0);
    this.#unreported = false;
    const now = performance.now();
    try {
      const answer = await this.#source.exchange({
        owner: this.owner,
        inHand: this.#inHand,
        used: used.map(({ at, permits }) => ({ ageMs: Math.floor(now - at), permits })),
        wanted,
        windows,
      });
      this.#failed = false;
      if (asks.length > 0) this.#answer(asks, answer, windows);
    } catch (error) {
      // Whether it was counted or not, it is reported again: too much in a window, never too little.
      this.#used.unshift(...used);
      this.#unreported = true;
      this.#failed = true;
      if (asks.length === 0) this.#source.onError(error);
      for (const ask of asks) ask.answer.reject(error);
    }
  }

  #answer(asks: readonly Ask[], answer: PermitAnswer, windows: readonly PermitWindow[]): void {
    const now = performance.now();
    const starts = answer.granted.flatMap(({ afterMs, permits }) => Array<number>(permits).fill(now + afterMs));
    this.#inHand += starts.length;
    this.left = answer.left;
    const waitMs = starts.length > 0 ? LEAD_MS : (answer.waitMs ?? 1000);
    const firstAt = now + waitMs;
    const until = now + Math.min(BELIEVED_MS, waitMs - LEAD_MS);
    this.#nothing = starts.length > 0 ? null : { until, firstAt, boundBy: answer.boundBy, windows };
    for (const ask of asks) {
      const taken = starts.splice(0, ask.wanted);
      ask.answer.resolve(taken.length > 0 ? { starts: taken } : { waitMs, boundBy: answer.boundBy });
    }
  }

  #reportIn(ms: number): void {
    if (this.#running) return; // it reports as it goes on
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#running ??= this.#exchange().then(() => this.#ended());
    }, ms);
  }

  #stopTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function sameWindows(a: readonly PermitWindow[], b: readonly PermitWindow[]): boolean {
  return a.length === b.length && a.every((w, i) => w.widthMs === b[i]?.widthMs && w.allowed === b[i]?.allowed);
}
