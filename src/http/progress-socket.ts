import type { WebSocket } from '@fastify/websocket';
import type { AlertUpdate } from '../core/alert-feed.ts';
import type { ProgressOpening, ProgressUpdate } from '../core/progress-feed.ts';
import type { ProgressChannel } from './progress-watcher.ts';

/** Enough for a reader that is a little late; more is kept back for one that is slow. */
const MOST_BUFFERED_BYTES = 64 * 1024;
/** How long the other side has to say goodbye. */
const CLOSE_MS = 1000;

const CLOSE = {
  stopping: [1001, 'The server is stopping. Connect again.'],
  'not-allowed': [4401, 'The API key or session is not valid any more. Log in, then connect again.'],
  failed: [1011, 'The database does not answer. Connect again.'],
} as const;

const PONG = '{"type":"pong"}';

const messages = new WeakMap<ProgressUpdate, Buffer>();

/** Messages over a WebSocket: `snapshot` or what has changed, then `progress`, and `alert`. What comes in is ignored, but `ping`. */
export class ProgressSocket implements ProgressChannel {
  readonly #socket: WebSocket;
  #isAlive = true;
  #isOpen = false;
  /** A ping that came before there was anything to tell: the first message is never its answer. */
  #owesPong = false;
  #onDrain: (() => void) | null = null;

  constructor(socket: WebSocket, onClose: () => void) {
    this.#socket = socket;
    socket.on('close', onClose);
    socket.on('pong', () => {
      this.#isAlive = true;
    });
    socket.on('message', (data) => this.#receive(String(data)));
  }

  open({ kind, updates, version }: ProgressOpening): void {
    if (kind === 'changes') for (const update of updates) this.progress(update);
    else {
      const items = updates.map((update) => update.json).join(',');
      this.#send(`{"type":"snapshot","items":[${items}],"version":${version}}`);
    }
    this.#isOpen = true;
    if (this.#owesPong) this.#send(PONG);
  }

  progress(update: ProgressUpdate): boolean {
    const message = messages.get(update) ?? messageOf(update);
    messages.set(update, message);
    return this.#send(message);
  }

  alert({ json }: AlertUpdate): boolean {
    return this.#send(`{"type":"alert","alert":${json}}`);
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  /** Who did not answer the last ping is gone. */
  beat(): void {
    if (!this.#isAlive) {
      this.#socket.terminate();
      return;
    }
    this.#isAlive = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  close(reason: keyof typeof CLOSE): void {
    const [code, words] = CLOSE[reason];
    this.#socket.close(code, words);
    setTimeout(() => this.#socket.terminate(), CLOSE_MS).unref();
  }

  #send(message: string | Buffer): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return true;
    this.#socket.send(message, { binary: false }, this.#flushed);
    return this.#socket.bufferedAmount <= MOST_BUFFERED_BYTES;
  }

  readonly #flushed = () => {
    if (!this.#onDrain || this.#socket.bufferedAmount > 0) return;
    const onDrain = this.#onDrain;
    this.#onDrain = null;
    onDrain();
  };

  #receive(text: string): void {
    if (!isPing(text) || this.#socket.bufferedAmount > MOST_BUFFERED_BYTES) return;
    if (this.#isOpen) this.#send(PONG);
    else this.#owesPong = true;
  }
}

function isPing(text: string): boolean {
  try {
    return (JSON.parse(text) as { type?: unknown } | null)?.type === 'ping';
  } catch {
    return false;
  }
}

function messageOf({ version, json }: ProgressUpdate): Buffer {
  return Buffer.from(`{"type":"progress","operation":${json},"version":${version}}`);
}
