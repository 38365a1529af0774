import type { FastifyReply } from 'fastify';
import type { AlertUpdate } from '../core/alert-feed.ts';
import type { ProgressOpening, ProgressUpdate } from '../core/progress-feed.ts';
import type { ProgressChannel } from './progress-watcher.ts';

const RECONNECT_MS = 2000;
const COMMENT = Buffer.from(':\n\n');

/** One packet an update, however many read it. */
const packets = new WeakMap<ProgressUpdate, Buffer>();

/** Server-sent events by hand: headers, events, a comment now and then so that no proxy takes the silence for the end. */
export class EventStream implements ProgressChannel {
  readonly #reply: FastifyReply;
  readonly #onClose: () => void;
  #closed = false;
  #wasStuck = false;

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
    reply.raw.on('close', () => this.close());
    reply.raw.on('error', () => this.close());
  }

  open({ kind, updates, version }: ProgressOpening): void {
    if (kind === 'changes') for (const update of updates) this.progress(update);
    else {
      const items = updates.map((update) => update.json).join(',');
      this.#reply.raw.write(`id: ${version}\nevent: snapshot\ndata: {"items":[${items}],"version":${version}}\n\n`);
    }
  }

  progress(update: ProgressUpdate): boolean {
    if (this.#closed) return true;
    const packet = packets.get(update) ?? packetOf(update);
    packets.set(update, packet);
    return this.#reply.raw.write(packet);
  }

  /** Without an id: what `Last-Event-ID` says on a reconnect stays the last version of an operation. */
  alert({ json }: AlertUpdate): boolean {
    return this.#closed || this.#reply.raw.write(`event: alert\ndata: ${json}\n\n`);
  }

  onDrain(listener: () => void): void {
    this.#reply.raw.once('drain', listener);
  }

  /** Who has read nothing from one beat to the next is gone, or as good as. */
  beat(): void {
    const isStuck = this.#reply.raw.writableNeedDrain;
    if (isStuck && this.#wasStuck) this.#reply.raw.destroy();
    else if (!isStuck && !this.#closed) this.#reply.raw.write(COMMENT);
    this.#wasStuck = isStuck;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
    this.#reply.raw.end();
  }
}

function packetOf({ version, json }: ProgressUpdate): Buffer {
  return Buffer.from(`id: ${version}\nevent: progress\ndata: ${json}\n\n`);
}
