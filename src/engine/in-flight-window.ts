/** Rows for each place in the transport, when nothing is known of a server's speed: half as many again wait for a gate's commit or a record. */
const LEAST_PER_PLACE = 1.5;
const LEAST = 20;
/** At full speed the window covers what leaves in this time: a gate's commit, the wait for a connection, and a record. */
const AHEAD_MS = 80;
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

  /**
   * `places` is what the transport can usefully hold on so many connections; `now` in milliseconds, of any steady clock.
   * `leadMs` is how long messages take between their gate and a connection: a window that does not cover it keeps the rate
   * down which it is made from. Signed with RSA, messages settled at half of what the processors could sign.
   */
  size(connections: number, places: number, now: number, leadMs = 0): number {
    this.#measure(now);
    const least = Math.max(LEAST, Math.ceil(places * LEAST_PER_PLACE));
    const ahead = Math.ceil((this.#perSecond * (AHEAD_MS + leadMs)) / 1000);
    return Math.min(Math.max(least, ahead), Math.max(least, connections * MOST_PER_CONNECTION));
  }

  settled(count: number): void {
    this.#settled += count;
  }

  #measure(now: number): void {
    const elapsed = now - this.#since;
    if (elapsed < MEASURE_MS) return;
    const perSecond = (this.#settled * 1000) / elapsed;
    // A pause counts in full: after it the server is as unknown as at the beginning.
    this.#perSecond = elapsed > 10 * MEASURE_MS ? perSecond : (this.#perSecond + perSecond) / 2;
    this.#settled = 0;
    this.#since = now;
  }
}
