import net from 'node:net';

/** Every copy a server took responsibility for, by recipient: the other side of the ledger. */
export class CountingSink {
  readonly copies = new Map<string, number>();
  /** When each copy was taken, in milliseconds by this process's clock. */
  readonly times: number[] = [];
  /** The reply to RCPT of a recipient that is to be refused; null lets it pass. */
  refuse: (recipient: string) => string | null = () => null;
  /** Told of every copy as it is taken. */
  onKept: (recipient: string) => void = () => {};
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  readonly #replyDelayMs: number;

  /** `replyDelayMs` is the time between the end of a message and its reply: the window in which a crash is worst. */
  constructor(replyDelayMs = 0) {
    this.#replyDelayMs = replyDelayMs;
    this.#server = net.createServer((socket) => this.#serve(socket));
  }

  get accepted(): number {
    return this.times.length;
  }

  listen(port = 0): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => resolve((this.#server.address() as net.AddressInfo).port));
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
    const replies = new OrderedReplies(socket);
    const session = new SinkSession({
      reply: (reply, delayed) => replies.write(reply, delayed ? this.#replyDelayMs : 0),
      keep: (recipient) => this.#keep(recipient),
      refuse: (recipient) => this.refuse(recipient),
    });
    socket.on('data', (chunk) => session.receive(chunk));
    socket.write('220 sink.test ESMTP\r\n');
  }

  /** Counted when the last byte is in, before the reply: a server that answers 250 has it, whether we hear that or not. */
  #keep(recipient: string): void {
    this.times.push(performance.now());
    this.copies.set(recipient, (this.copies.get(recipient) ?? 0) + 1);
    this.onKept(recipient);
  }
}

/** Replies leave in the order of their commands, also when one of them is held back. */
class OrderedReplies {
  readonly #socket: net.Socket;
  #held: string | null = null;

  constructor(socket: net.Socket) {
    this.#socket = socket;
  }

  write(reply: string, delayMs: number): void {
    if (this.#held !== null) {
      this.#held += reply;
      return;
    }
    if (delayMs === 0) {
      this.#socket.write(reply);
      return;
    }
    this.#held = reply;
    setTimeout(() => {
      if (!this.#socket.destroyed) this.#socket.write(this.#held ?? '');
      this.#held = null;
    }, delayMs);
  }
}

const END = Buffer.from('\r\n.\r\n');

interface SessionHost {
  reply(reply: string, delayed: boolean): void;
  keep(recipient: string): void;
  refuse(recipient: string): string | null;
}

/** Just enough SMTP to take mail at full speed: any command is fine, messages are counted and dropped. */
class SinkSession {
  readonly #host: SessionHost;
  #buffer: Buffer = Buffer.alloc(0);
  #recipient = '';
  #inData = false;
  /** Bytes of a BDAT chunk that are still to come. */
  #chunkLeft = 0;

  constructor(host: SessionHost) {
    this.#host = host;
  }

  receive(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    while (this.#takeNext());
  }

  #takeNext(): boolean {
    if (this.#chunkLeft > 0) return this.#takeChunk();
    return this.#inData ? this.#takeMessage() : this.#takeCommand();
  }

  /** RFC 3030: read whatever became of its envelope. */
  #takeChunk(): boolean {
    if (this.#buffer.length < this.#chunkLeft) return false;
    this.#buffer = this.#buffer.subarray(this.#chunkLeft);
    this.#chunkLeft = 0;
    if (this.#recipient === '') this.#host.reply('503 5.5.1 No valid recipients\r\n', false);
    else this.#kept();
    return true;
  }

  #kept(): void {
    this.#host.keep(this.#recipient);
    this.#recipient = '';
    this.#host.reply('250 2.0.0 Ok: kept\r\n', true);
  }

  #takeMessage(): boolean {
    const end = this.#buffer.indexOf(END);
    if (end < 0) return false;
    this.#buffer = this.#buffer.subarray(end + END.length);
    this.#inData = false;
    this.#kept();
    return true;
  }

  #takeCommand(): boolean {
    const end = this.#buffer.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#buffer.toString('latin1', 0, end);
    this.#buffer = this.#buffer.subarray(end + 2);
    if (/^BDAT [1-9]\d* LAST$/i.test(line)) this.#chunkLeft = Number(line.split(' ')[1]);
    else this.#host.reply(this.#answer(line), false);
    return true;
  }

  #answer(line: string): string {
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
        return '250-sink.test\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SMTPUTF8\r\n';
      case 'RCPT': {
        const recipient = (/<(.*)>/.exec(line)?.[1] ?? '').toLowerCase();
        const refusal = this.#host.refuse(recipient);
        if (refusal === null) this.#recipient = recipient;
        return refusal === null ? '250 2.1.5 Ok\r\n' : `${refusal}\r\n`;
      }
      case 'DATA':
        if (this.#recipient === '') return '503 5.5.1 No valid recipients\r\n';
        this.#inData = true;
        return '354 Go on\r\n';
      case 'RSET':
        this.#recipient = '';
        return '250 2.0.0 Ok\r\n';
      case 'QUIT':
        return '221 2.0.0 Bye\r\n';
      default:
        return '250 2.0.0 Ok\r\n';
    }
  }
}
