import { type AddressInfo, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { SINK_CERTIFICATE, SINK_KEY } from './smtp-sink-certificate.ts';

/** What a server says: bytes in answer to one packet each, and where it begins TLS. */
export type Score = ReadonlyArray<Uint8Array | 'tls'>;

export interface Audience {
  readonly port: number;
  /** All that came in clear, of every connection, as latin1. */
  heardInClear(): string;
}

/** A server that plays back the bytes it is given on every connection, one piece for each packet it gets, then hangs up. */
export async function playBack(score: Score, use: (audience: Audience) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>();
  const heard: Buffer[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    new Player(socket, score, heard).start();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    await use({ port, heardInClear: () => Buffer.concat(heard).toString('latin1') });
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

class Player {
  private socket: Socket;
  private readonly score: Score;
  private readonly heard: Buffer[];
  private next = 0;

  constructor(socket: Socket, score: Score, heard: Buffer[]) {
    this.socket = socket;
    this.score = score;
    this.heard = heard;
  }

  start(): void {
    this.listen();
    this.say();
  }

  private listen(): void {
    const { socket } = this;
    socket.on('data', (chunk: Buffer) => {
      if (!(socket instanceof TLSSocket)) this.heard.push(chunk);
      this.say();
    });
    socket.on('error', () => undefined);
  }

  /** TLS begins with the piece before it, not with the next packet: that is the client's hello. */
  private say(): void {
    const piece = this.score[this.next++];
    if (piece === undefined) {
      this.socket.end();
      return;
    }
    if (piece !== 'tls' && piece.length > 0) this.socket.write(piece);
    if (piece === 'tls') this.upgrade();
    else if (this.score[this.next] === 'tls') this.say();
  }

  private upgrade(): void {
    if (this.socket instanceof TLSSocket) return;
    this.socket.removeAllListeners('data');
    this.socket = new TLSSocket(this.socket, { isServer: true, key: SINK_KEY, cert: SINK_CERTIFICATE });
    this.listen();
  }
}
