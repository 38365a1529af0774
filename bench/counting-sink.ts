import net from 'node:net';

/** Every copy a server took responsibility for, by recipient: the other side of the ledger. */
export class CountingSink {
  readonly copies = new Map<string, number>();
  accepted = 0;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  readonly #replyDelayMs: number;

  /** `replyDelayMs` is the time between the end of a message and its reply: the window in which a crash is worst. */
  constructor(replyDelayMs = 0) {
    this.#replyDelayMs = replyDelayMs;
    this.#server = net.createServer((socket) => this.#serve(socket));
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

  #serve(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    const session = new SinkSession(
      (reply, delayed) => this.#reply(socket, reply, delayed),
      (recipient) => this.#keep(recipient),
    );
    socket.on('data', (chunk) => session.receive(chunk));
    socket.write('220 sink.test ESMTP\r\n');
  }

  #reply(socket: net.Socket, reply: string, delayed: boolean): void {
    const write = () => {
      if (!socket.destroyed) socket.write(reply);
    };
    if (delayed && this.#replyDelayMs > 0) setTimeout(write, this.#replyDelayMs);
    else write();
  }

  /** Counted when the last byte is in, before the reply: a server that answers 250 has it, whether we hear that or not. */
  #keep(recipient: string): void {
    this.accepted++;
    this.copies.set(recipient, (this.copies.get(recipient) ?? 0) + 1);
  }
}

const END = Buffer.from('\r\n.\r\n');

/** Just enough SMTP to take mail at full speed: any command is fine, messages are counted and dropped. */
class SinkSession {
  readonly #reply: (reply: string, delayed: boolean) => void;
  readonly #keep: (recipient: string) => void;
  #buffer = Buffer.alloc(0);
  #recipient = '';
  #inData = false;

  constructor(reply: (reply: string, delayed: boolean) => void, keep: (recipient: string) => void) {
    this.#reply = reply;
    this.#keep = keep;
  }

  receive(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    while (this.#inData ? this.#takeMessage() : this.#takeCommand());
  }

  #takeMessage(): boolean {
    const end = this.#buffer.indexOf(END);
    if (end < 0) return false;
    this.#buffer = this.#buffer.subarray(end + END.length);
    this.#inData = false;
    this.#keep(this.#recipient);
    this.#reply('250 2.0.0 Ok: kept\r\n', true);
    return true;
  }

  #takeCommand(): boolean {
    const end = this.#buffer.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#buffer.toString('latin1', 0, end);
    this.#buffer = this.#buffer.subarray(end + 2);
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO')
      this.#reply(
        '250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SMTPUTF8\r\n',
        false,
      );
    else if (verb === 'DATA') {
      this.#inData = true;
      this.#reply('354 go on\r\n', false);
    } else {
      if (verb === 'RCPT') this.#recipient = (/<(.*)>/.exec(line)?.[1] ?? '').toLowerCase();
      this.#reply(verb === 'QUIT' ? '221 2.0.0 Bye\r\n' : '250 2.0.0 Ok\r\n', false);
    }
    return true;
  }
}
