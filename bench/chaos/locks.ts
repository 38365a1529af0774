/** Things that one fault at a time may have: faults that want the same one take turns, all others overlap. */
export class Locks {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` when all of these are free. Names are taken in one order, so nobody waits in a circle. */
  async hold<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const [name, ...rest] = [...names].sort();
    if (name === undefined) return work();
    const before = this.#last.get(name) ?? Promise.resolve();
    const running = before.then(() => this.hold(rest, work));
    this.#last.set(
      name,
      running.then(
        () => {},
        () => {},
      ),
    );
    return running;
  }
}
