import type { Socket } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { SandboxControls } from '../core/sandbox.ts';
import { type Database, isDatabaseAway } from '../db/database.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../lib/logger.ts';
import { sleep } from '../lib/sleep.ts';
import { listenForMail, octetsOf, smtpError } from '../lib/smtp-reception.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { Behaviour } from './behaviour.ts';
import { type MailboxBound, MailboxTrimmer } from './mailbox-trimmer.ts';
import { MailboxWriter } from './mailbox-writer.ts';
import { readHeaders } from './read-headers.ts';

export interface SandboxOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly workspaceId: string;
  readonly log: Logger;
  /** How much is kept; 10,000 messages and 200 MB, whichever comes first. */
  readonly bound?: MailboxBound;
}

export interface SandboxServer {
  readonly host: string;
  readonly port: number;
  readonly controls: SandboxControls;
  stop(): Promise<void>;
}

const BOUND: MailboxBound = { messages: 10_000, bytes: 200 * 1024 * 1024 };
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
const CLOSE_MS = 500;

/** The built-in mailbox: an SMTP server on this machine that keeps what it gets, and can be told to misbehave. */
export async function startSandbox(db: Database, options: SandboxOptions): Promise<SandboxServer> {
  const { host, workspaceId, log } = options;
  const behaviour = new Behaviour();
  const trimmer = new MailboxTrimmer(db.pool, workspaceId, options.bound ?? BOUND, (error) =>
    log.warn({ err: error }, 'the built-in mailbox could not be trimmed; it will be tried again'),
  );
  const sockets = new Map<number, Socket>();
  const writer = new MailboxWriter(db.pool, workspaceId, {
    senders: () => sockets.size,
    onStored: (messages, bytes) => trimmer.stored(messages, bytes),
  });
  const receive = new Receiver(behaviour, writer, sockets, log);
  const server = new SMTPServer({
    name: 'postrider.localhost',
    banner: 'Postrider built-in mailbox; nothing leaves this machine',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: true,
    size: MAX_MESSAGE_BYTES,
    rejectOversized: true,
    closeTimeout: CLOSE_MS,
    onRcptTo: ({ address }, _session, done) => {
      const refusal = behaviour.refusalOf(address);
      done(refusal && smtpError(refusal.code, refusal.text));
    },
    onData: (stream, session, done) => {
      const socket = sockets.get(session.remotePort);
      receive.message(stream, session).then(
        (reply) => reply === null || writeTogether(socket, () => done(null, reply)),
        (error: unknown) => writeTogether(socket, () => done(error as Error)),
      );
    },
  });
  server.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.prependListener('data', () => writeTogether(socket, () => {}));
    socket.once('close', () => sockets.delete(port));
  });
  const port = await listenForMail(server, host, options.port).catch((error: NodeJS.ErrnoException) => {
    throw listenError(error, host, options.port);
  });
  // A client that resets its connection is its own business.
  server.on('error', (error: Error) => log.debug({ err: error }, 'a connection to the built-in mailbox broke'));
  trimmer.trim();
  return {
    host,
    port,
    controls: behaviour,
    stop: async () => {
      await new Promise<void>((resolve) => server.close(resolve));
      await trimmer.idle();
    },
  };
}

/** Takes messages off the wire and answers them. */
class Receiver {
  readonly #behaviour: Behaviour;
  readonly #writer: MailboxWriter;
  readonly #sockets: ReadonlyMap<number, Socket>;
  readonly #log: Logger;

  constructor(behaviour: Behaviour, writer: MailboxWriter, sockets: ReadonlyMap<number, Socket>, log: Logger) {
    this.#behaviour = behaviour;
    this.#writer = writer;
    this.#sockets = sockets;
    this.#log = log;
  }

  /** The words after 250; null when the connection was cut instead. Throws the refusal. */
  async message(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string | null> {
    const raw = await octetsOf(stream);
    if (stream.sizeExceeded) return ''; // the server answers 552 itself
    const { mailFrom, rcptTo } = session.envelope;
    const recipients = rcptTo.map((recipient) => recipient.address);
    const { delayMs, drop } = this.#behaviour.receptionOf(recipients);
    const cut = () => this.#sockets.get(session.remotePort)?.destroy();
    if (delayMs > 0) await sleep(delayMs);
    if (drop === 'before-keeping') {
      cut();
      return null;
    }
    const id = await this.#keep(mailFrom ? mailFrom.address : '', recipients, raw);
    if (drop === 'no') return `2.0.0 Ok: queued as ${id}`;
    cut();
    return null;
  }

  async #keep(envelopeFrom: string, recipients: readonly string[], raw: Buffer): Promise<string> {
    const headers = readHeaders(raw);
    const copies = recipients.map((envelopeTo) => ({ id: uuid7(), envelopeFrom, envelopeTo, raw, ...headers }));
    try {
      await this.#writer.keep(copies);
    } catch (error) {
      if (!isDatabaseAway(error)) this.#log.error({ err: error }, 'the built-in mailbox could not keep a message');
      throw smtpError(451, '4.3.0 The built-in mailbox cannot reach its database; try again later');
    }
    return copies[0]?.id ?? '';
  }
}

/** One packet for all replies to pipelined commands, for a system call here and one at the client: a third more messages a second. */
function writeTogether(socket: Socket | undefined, replies: () => void): void {
  socket?.cork();
  replies();
  process.nextTick(() => socket?.uncork());
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const remedy = 'Set SANDBOX_SMTP_PORT to another port (0 takes any free one), or SANDBOX=false to go without it.';
  if (error.code === 'EADDRINUSE')
    return new AppError(
      'PORT_IN_USE',
      `The built-in mailbox cannot listen on ${host}:${port}: another program does. ${remedy}`,
      { cause: error },
    );
  if (error.code === 'EACCES')
    return new AppError('PORT_IN_USE', `The built-in mailbox may not listen on ${host}:${port}. ${remedy}`, {
      cause: error,
    });
  return error;
}
