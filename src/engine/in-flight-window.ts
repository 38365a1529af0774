/** Rows for each place in the transport, when nothing is known of a server's speed: half as many again wait for a gate's commit or a record. */
const LEAST_PER_PLACE = 1.5;
const LEAST = 20;
/** At full speed the window covers what leaves in this time, or in more where the ledger is slow. */
const AHEAD_MS = 80;
/** Rows come and go by the hundred, so the ledger's time is covered half as much again. */
const LEDGER_SLACK = 1.5;
/** An outage says nothing of how long a gate takes. */
const LONGEST_LEDGER_MS = 1000;
export const MOST_PER_CONNECTION = 25;
const MEASURE_MS = 100;

/**
 * How many rows of an account may be between their gate and their record. A fast server needs many, so that a gate and
 * a record carry a hundred rows each; with a slow one few, so that a pause takes effect at once and another node that
 * takes over without our journal finds little in doubt.
 */
export class InFlightWindow {
  #perSecond = 0;
  #settled = 0;
  #since = 0;
  readonly #ledger = { gate: new Smoothed(), record: new Smoothed() };

  /**
   * `places` is what the transport can usefully hold on so many connections; `now` in milliseconds, of any steady clock.
   * `leadMs` is how long messages take between their gate and a connection. A window that does not cover what a row spends
   * in our own hands keeps the rate down which it is made from: signed with RSA, messages settled at half of what the
   * processors could sign, and with a ledger that took 200 ms for a gate and a record at 250/s, whatever the server could.
   */
  size(connections: number, places: number, now: number, leadMs = 0): number {
    this.#measure(now);
    const least = Math.max(LEAST, Math.ceil(places * LEAST_PER_PLACE));
    const ledgerMs = LEDGER_SLACK * (this.#ledger.gate.mean + this.#ledger.record.mean);
    const ahead = this.#leavesIn(AHEAD_MS + leadMs);
    const aheadOfSlowLedger = places + this.#leavesIn(ledgerMs + leadMs);
    const wanted = Math.ceil(Math.max(least, ahead, aheadOfSlowLedger));
    return Math.min(wanted, Math.max(least, connections * MOST_PER_CONNECTION));
  }

  settled(count: number): void {
    this.#settled += count;
  }

  /** How long the ledger took to let rows through, or to record one after its reply. */
  ledgerTook(step: 'gate' | 'record', ms: number): void {
    this.#ledger[step].add(Math.min(ms, LONGEST_LEDGER_MS));
  }

  #leavesIn(ms: number): number {
    return (this.#perSecond * ms) / 1000;
  }

  #measure(now: number): void {
    const elapsed = now - this.#since;
    if (elapsed < MEASURE_MS) return;
    const perSecond = (this.#settled * 1000) / elapsed;
    // A pause counts in full: after it the server is as unknown as at the beginning.
    this.#perSecond = elapsed > 10 * MEASURE_MS ? perSecond : (this.#perSecond + perSecond) / 2;
    this.#settled = 0;
    this.#since = now;
    this.#ledger.gate.smooth();
    this.#ledger.record.smooth();
  }
}

/** The mean of what was measured lately. */
class Smoothed {
  mean = 0;
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count++;
  }

  /** What was measured since the last time counts as much as all before. */
  smooth(): void {
    if (this.#count === 0) return;
    const latest = this.#sum / this.#count;
    this.mean = this.mean === 0 ? latest : (this.mean + latest) / 2;
    this.#sum = 0;
    this.#count = 0;
  }
}
