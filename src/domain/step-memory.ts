import type { PoolLoad, PoolWish } from './autoscale.ts';

/** Of what the added workers should have brought, at the rate each one had before: with less than this they do not pay. */
const PAYS = 0.25;
/** What did not pay is tried again after this long: servers change, and nobody tells. */
const REMEMBER_MS = 5 * 60_000;
/** Accounts that allow so many times as much, or so many times as much waiting, make it another matter at once. */
const MORE_ALLOWED = 1.25;
const MORE_WAITING = 2;
/** A step that was not looked at for so many times its time of measuring (the pool was set by hand, the database away) is forgotten. */
const TOO_LATE = 3;

interface Trial {
  readonly from: number;
  readonly to: number;
  /** Emails a second of `from` workers. */
  readonly rate: number;
  readonly at: number;
}

interface Lesson {
  /** With more workers than this nothing is gained. */
  readonly most: number;
  readonly at: number;
  readonly load: PoolLoad;
  readonly reason: string;
}

/**
 * What the last step up brought. Where the connections of the accounts are all in use, or a campaign or a server goes no
 * faster, another worker only divides what there is: the step is taken back, and not repeated until something changes.
 */
export class StepMemory {
  readonly #measureMs: number;
  #trial: Trial | null = null;
  #lesson: Lesson | null = null;

  /** `measureMs`: after a step, until the rate is that of the new number of workers. */
  constructor(measureMs: number) {
    this.#measureMs = measureMs;
  }

  /** From no worker at all there is nothing to compare with. */
  stepUp(to: number, load: PoolLoad, now: number): void {
    this.#trial = load.running > 0 ? { from: load.running, to, rate: load.rate, at: now } : null;
  }

  /** Whether the last step is being measured: no further one until it is. */
  isMeasuring(current: number): boolean {
    return this.#trial?.to === current;
  }

  /** What to go back to; null while there is nothing to take back. `wish` is what the load alone asks for. */
  judge(current: number, wish: PoolWish, load: PoolLoad, now: number): PoolWish | null {
    const trial = this.#trial;
    if (!trial) return null;
    const sinceMs = now - trial.at;
    // Something else changed the number, or the work runs out: the rate says nothing about the step.
    const isVoid = current !== trial.to || wish.workers < current || sinceMs > TOO_LATE * this.#measureMs;
    if (!isVoid && (sinceMs < this.#measureMs || load.running < trial.to)) return null;
    this.#trial = null;
    if (isVoid) return null;
    const each = trial.rate / trial.from;
    const paid = each > 0 ? (load.rate - trial.rate) / each : load.rate > 0 ? Number.POSITIVE_INFINITY : 0;
    if (paid > 0 && paid >= PAYS * (trial.to - trial.from)) return null;
    const most = Math.min(trial.to - 1, trial.from + Math.max(0, Math.round(paid)));
    const reason = `more workers gain nothing: ${words(trial.to, load.rate)}, ${words(trial.from, trial.rate)}`;
    this.#lesson = { most, at: now, load, reason };
    return { workers: Math.max(most, load.min), reason };
  }

  /** The wish, without what is known to gain nothing. */
  limit(wish: PoolWish, load: PoolLoad, now: number): PoolWish {
    if (this.#lesson && isOver(this.#lesson, load, now)) this.#lesson = null;
    const most = Math.max(this.#lesson?.most ?? Number.POSITIVE_INFINITY, load.min);
    return this.#lesson && wish.workers > most ? { workers: most, reason: this.#lesson.reason } : wish;
  }
}

function isOver({ at, load: then }: Lesson, load: PoolLoad, now: number): boolean {
  if (now - at >= REMEMBER_MS || load.depth === 0) return true;
  if (load.connections !== then.connections || load.depth > MORE_WAITING * then.depth) return true;
  return load.allowed > MORE_ALLOWED * then.allowed;
}

function words(workers: number, rate: number): string {
  return `${workers} sent ${Math.round(rate * 10) / 10} emails a second`;
}
