import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A server that takes each message `delayMs` after its end, and no more of them in all than `allowed` says at that moment. */
export class PacedSink {
  taken = 0;
  /** How often a message had to wait for `allowed`. */
  held = 0;
  allowed: () => number = () => Number.POSITIVE_INFINITY;
  readonly #delayMs: number;
  readonly #sockets = new Set<net.Socket>();
  readonly #server = net.createServer((socket) => this.#serve(socket));

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as net.AddressInfo).port));
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    let text = '';
    let inData = false;
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      for (;;) {
        const mark = inData ? '\r\n.\r\n' : '\r\n';
        const end = text.indexOf(mark);
        if (end < 0) return;
        const line = text.slice(0, end).toUpperCase();
        text = text.slice(end + mark.length);
        if (inData) void this.#take(socket);
        else if (line === 'DATA') socket.write('354 Go on\r\n');
        else socket.write('250 Ok\r\n');
        inData = !inData && line === 'DATA';
      }
    });
    socket.write('220 paced.test ESMTP\r\n');
  }

  async #take(socket: net.Socket): Promise<void> {
    await delay(this.#delayMs);
    if (this.taken >= this.allowed()) this.held++;
    while (this.taken >= this.allowed() && !socket.destroyed) await delay(5);
    this.taken++;
    if (!socket.destroyed) socket.write('250 Ok: taken\r\n');
  }
}
