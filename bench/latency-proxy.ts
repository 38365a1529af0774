import net from 'node:net';

/** Carries bytes between a client and a server on this machine, each way so much later: a server that is far away. */
export class LatencyProxy {
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();

  constructor(targetPort: number, delayMs: number) {
    this.#server = net.createServer((client) => {
      const target = net.connect(targetPort, '127.0.0.1');
      this.#join(client, target, delayMs);
      this.#join(target, client, delayMs);
    });
  }

  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as net.AddressInfo).port));
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(from: net.Socket, to: net.Socket, delayMs: number): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    const later = (act: () => void) => setTimeout(() => !to.destroyed && act(), delayMs);
    from.on('data', (chunk) => later(() => to.write(chunk)));
    from.on('end', () => later(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      later(() => to.end());
    });
  }
}
