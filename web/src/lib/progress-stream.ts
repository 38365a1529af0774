import type { Alert } from '../../../src/contract/alerts.ts';
import type { Operation } from '../../../src/contract/queue.ts';

const PATH = '/api/queue/progress/stream';
const AGAIN_MS = 3000;

interface ProgressListener {
  /** Everything that is under way, first of all and after every interruption. */
  readonly onSnapshot?: (operations: readonly Operation[]) => void;
  /** What changed. */
  readonly onProgress: (operation: Operation) => void;
  /** An alert was raised, acknowledged or cleared. */
  readonly onAlert?: (alert: Alert) => void;
  /** Events may have been missed: read again what is shown. */
  readonly onGap?: () => void;
  readonly onLive?: (isLive: boolean) => void;
}

/** The one stream of events that a page holds open, however many parts of it listen. */
class ProgressStream {
  readonly #listeners = new Set<ProgressListener>();
  #source: EventSource | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isBroken = false;

  /** Opens with the first listener, closes with the last one. */
  readonly listen = (listener: ProgressListener) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    };
  };

  #open(): void {
    const source = new EventSource(PATH);
    this.#source = source;
    source.onopen = () => {
      this.#tell((listener) => listener.onLive?.(true));
      if (this.#isBroken) this.#tell((listener) => listener.onGap?.());
      this.#isBroken = false;
    };
    source.addEventListener('snapshot', (event) => {
      const { items } = JSON.parse(event.data) as { items: Operation[] };
      this.#tell((listener) => listener.onSnapshot?.(items));
    });
    source.addEventListener('progress', (event) => {
      const operation = JSON.parse(event.data) as Operation;
      this.#tell((listener) => listener.onProgress(operation));
    });
    source.addEventListener('alert', (event) => {
      const alert = JSON.parse(event.data) as Alert;
      this.#tell((listener) => listener.onAlert?.(alert));
    });
    source.onerror = () => {
      this.#isBroken = true;
      this.#tell((listener) => listener.onLive?.(false));
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      this.#timer = setTimeout(() => this.#open(), AGAIN_MS);
    };
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.#isBroken = false;
  }

  #tell(what: (listener: ProgressListener) => void): void {
    for (const listener of this.#listeners) what(listener);
  }
}

export const progressStream = new ProgressStream();
