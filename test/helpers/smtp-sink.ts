import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { SinkAuth } from './smtp-sink-auth.ts';
import { SINK_CERTIFICATE, SINK_KEY } from './smtp-sink-certificate.ts';
import { SinkSession } from './smtp-sink-session.ts';

/** Where a script may step in. `body` comes once a message, with the first bytes after 354; `dot` with the whole, also of a chunk. */
export type SinkStage =
  | 'connect'
  | 'ehlo'
  | 'helo'
  | 'starttls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'bdat'
  | 'body'
  | 'dot'
  | 'rset'
  | 'noop'
  | 'quit'
  | 'other';

interface SinkContext {
  readonly stage: SinkStage;
  /** The command without its CRLF; empty for `connect`, `body` and `dot`. */
  readonly line: string;
  /** Connections count from 1, and so do the messages (MAIL commands) on each. */
  readonly connection: number;
  readonly message: number;
  /** Copies accepted on this connection so far. */
  readonly acceptedHere: number;
  readonly from: string;
  readonly to: readonly string[];
}

export interface SinkStep {
  /** Text is a reply line (CRLF is added); a Buffer goes out as it is; null says nothing. */
  readonly reply?: string | Buffer | null;
  readonly delayMs?: number;
  /** At `dot`: whether the copy counts as taken, where that is not what the reply says. */
  readonly accept?: boolean;
  /** After the reply: FIN, RST, or neither reading nor speaking any more. */
  readonly after?: 'close' | 'reset' | 'stall';
}

/** Undefined: what a well-behaved server would do. A string: that reply. */
export type SinkAction = SinkStep | string | undefined;
export type SinkScript = (context: SinkContext) => SinkAction;

export interface SinkOptions {
  /** What EHLO offers; default PIPELINING, 8BITMIME, SMTPUTF8, ENHANCEDSTATUSCODES, SIZE. AUTH and STARTTLS are added. */
  readonly extensions?: readonly string[];
  readonly auth?: SinkAuth;
  /** With the certificate for localhost in test/fixtures. */
  readonly tls?: 'implicit' | 'starttls';
  readonly script?: SinkScript;
  /** Cuts what is written into pieces, each in a packet of its own. */
  readonly fragment?: (bytes: Buffer) => Buffer[];
  readonly host?: string;
}

export interface SinkCopy {
  readonly atMs: number;
  readonly connection: number;
  readonly from: string;
  readonly to: readonly string[];
  /** As it came over the wire, dot-stuffed, without the closing dot. */
  readonly raw: Buffer;
  /** Without dot-stuffing. */
  readonly content: Buffer;
}

/** An SMTP server on a loopback port that keeps to no rule its script breaks, and remembers all it took. */
export class SmtpSink {
  readonly options: SinkOptions;
  readonly accepted: SinkCopy[] = [];
  /** Every command line of every connection, in order of arrival. */
  readonly commands: Array<{ readonly connection: number; readonly line: string }> = [];
  readonly sessions = new Set<SinkSession>();
  connections = 0;
  peakConnections = 0;
  private readonly server: Server;

  constructor(options: SinkOptions) {
    this.options = options;
    const onSocket = (socket: Socket) => {
      this.connections++;
      const session = new SinkSession(this, socket, this.connections);
      this.sessions.add(session);
      this.peakConnections = Math.max(this.peakConnections, this.sessions.size);
      session.start();
    };
    this.server =
      options.tls === 'implicit'
        ? createTlsServer({ key: SINK_KEY, cert: SINK_CERTIFICATE, noDelay: true }, onSocket)
        : createServer({ noDelay: true }, onSocket);
    this.server.on('error', () => undefined);
    if (options.tls === 'implicit') this.server.on('tlsClientError', () => undefined);
  }

  get host(): string {
    return this.options.host ?? '127.0.0.1';
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, this.host, resolve);
    });
    return this;
  }

  /** How many copies each recipient got. */
  copiesByRecipient(): Map<string, number> {
    const copies = new Map<string, number>();
    for (const { to } of this.accepted) for (const address of to) copies.set(address, (copies.get(address) ?? 0) + 1);
    return copies;
  }

  /** The commands as one line each, for asserting an order: `MAIL`, `RCPT`, `DATA`, … */
  verbs(connection?: number): string[] {
    const mine = this.commands.filter((command) => connection === undefined || command.connection === connection);
    return mine.map(({ line }) => (line.split(' ')[0] ?? '').toUpperCase());
  }

  async close(): Promise<void> {
    for (const session of this.sessions) session.reset();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }
}

export async function startSink(options: SinkOptions = {}): Promise<SmtpSink> {
  return await new SmtpSink(options).listen();
}
