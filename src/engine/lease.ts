import type { Recall } from '../mail/transport.ts';

/** Both clocks: the steady one stands still while the machine sleeps, the other one may be set back. */
export interface Moment {
  readonly steady: number;
  readonly wall: number;
}

export function thisMoment(): Moment {
  return { steady: performance.now(), wall: Date.now() };
}

/** Ends this long before the database's own: for what lies between the look at it and the write. */
const MARGIN_MS = 1000;

/**
 * How long a batch is certainly ours. The gate asks the database; this is asked before every hand-over: a process that
 * was stopped for longer than its lease and goes on must not hand over what it had gated before. Its successor has
 * called those rows `unknown` by then, and takes them back when it hears that they never left.
 */
export class Lease implements Recall {
  readonly #ms: number;
  readonly #campaign: Recall;
  #from: Moment;

  /** `from` is the moment before the statement that took the lease was sent. */
  constructor(ms: number, from: Moment, campaign: Recall) {
    this.#ms = ms - MARGIN_MS;
    this.#from = from;
    this.#campaign = campaign;
  }

  renewed(from: Moment): void {
    this.#from = from;
  }

  get recalled(): boolean {
    return this.#campaign.recalled || this.#isOver(performance.now(), Date.now());
  }

  #isOver(steady: number, wall: number): boolean {
    return steady - this.#from.steady > this.#ms || wall - this.#from.wall > this.#ms;
  }
}
