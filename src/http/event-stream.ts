import type { FastifyReply } from 'fastify';

const HEARTBEAT_MS = 15_000;
/** Then the browser connects again by itself, and says anew who it is. */
const LONGEST_MS = 30 * 60_000;
const RECONNECT_MS = 2000;

/** Server-sent events by hand: headers, events, a comment every 15 s so that no proxy takes the silence for the end. */
export class EventStream {
  readonly #reply: FastifyReply;
  readonly #timers: NodeJS.Timeout[];
  readonly #onClose: () => void;
  #closed = false;

  constructor(reply: FastifyReply, onClose: () => void) {
    this.#reply = reply;
    this.#onClose = onClose;
    reply.hijack();
    const inherited = reply.getHeaders() as Record<string, string | string[] | number>;
    reply.raw.writeHead(200, {
      ...inherited,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
    });
    reply.raw.write(`retry: ${RECONNECT_MS}\n\n`);
    this.#timers = [
      setInterval(() => reply.raw.write(':\n\n'), HEARTBEAT_MS),
      setTimeout(() => this.close(), LONGEST_MS),
    ];
    for (const timer of this.#timers) timer.unref();
    reply.raw.on('close', () => this.close());
    reply.raw.on('error', () => this.close());
  }

  /** False when the other side does not read: what it misses, it must be told anew once it does. */
  send(event: string, data: unknown): boolean {
    if (this.#closed) return true;
    return this.#reply.raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  onDrain(listener: () => void): void {
    this.#reply.raw.once('drain', listener);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#onClose();
    this.#reply.raw.end();
  }
}
