import type { ChangeEvent } from './bus.ts';

/** Passes on at most one event per thing and interval: the first at once, the last one always. */
export class CoalescedEvents {
  readonly #publish: (event: ChangeEvent) => void;
  readonly #intervalMs: number;
  /** Things told of within the interval; the value says whether something more happened since. */
  readonly #recent = new Map<string, boolean>();

  constructor(publish: (event: ChangeEvent) => void, intervalMs: number) {
    this.#publish = publish;
    this.#intervalMs = intervalMs;
  }

  push(event: ChangeEvent): void {
    const key = `${event.kind} ${event.id}`;
    if (this.#recent.has(key)) {
      this.#recent.set(key, true);
      return;
    }
    this.#publish(event);
    this.#rest(key, event);
  }

  #rest(key: string, event: ChangeEvent): void {
    this.#recent.set(key, false);
    const timer = setTimeout(() => {
      const more = this.#recent.get(key);
      this.#recent.delete(key);
      if (more) this.push(event);
    }, this.#intervalMs);
    timer.unref();
  }
}
