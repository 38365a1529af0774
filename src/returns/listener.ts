import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Core } from '../core/context.ts';
import { keepReturnedMail, rowOfReturnPath } from '../core/returned-mail.ts';
import { isDatabaseAway } from '../db/database.ts';
import type { RecipientRef } from '../domain/tokens.ts';
import { AppError } from '../errors.ts';
import { listenForMail, octetsOf, smtpError } from '../lib/smtp-reception.ts';

export interface ListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface ReturnPathListener {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Mail systems return less than this; what is over it is refused as too large (552). */
const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;
const MAX_CLIENTS = 100;
const MAX_RECIPIENTS = 10;
const IDLE_MS = 60_000;
const CLOSE_MS = 500;

/**
 * Takes mail for return paths that we made, and nothing else: no relay, no login, no other address. A mail is kept in the
 * database before its sender is told 250; it is read afterwards, by a worker.
 */
export async function startReturnPathListener(
  core: Pick<Core, 'db' | 'tokens' | 'log'>,
  { host, port: wanted }: ListenerOptions,
): Promise<ReturnPathListener> {
  const server = new SMTPServer({
    banner: 'Postrider takes returned mail',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: true,
    size: MAX_MESSAGE_BYTES,
    maxClients: MAX_CLIENTS,
    socketTimeout: IDLE_MS,
    closeTimeout: CLOSE_MS,
    onRcptTo: ({ address }, session, done) => {
      if (rowOfReturnPath(core.tokens, address) === null)
        return done(smtpError(550, '5.1.1 This address is not known here'));
      if (session.envelope.rcptTo.length >= MAX_RECIPIENTS)
        return done(smtpError(452, '4.5.3 Too many recipients in one transaction'));
      done();
    },
    onData: (stream, session, done) => {
      take(core, stream, session).then(
        (reply) => done(null, reply),
        (error: unknown) => done(error as Error),
      );
    },
  });
  const port = await listenForMail(server, host, wanted).catch((error: NodeJS.ErrnoException) => {
    throw listenError(error, host, wanted);
  });
  server.on('error', (error: Error) =>
    core.log.debug({ err: error }, 'a connection to the return-path listener broke'),
  );
  return { host, port, stop: () => new Promise<void>((resolve) => server.close(resolve)) };
}

async function take(
  core: Pick<Core, 'db' | 'tokens' | 'log'>,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<string> {
  const raw = await octetsOf(stream);
  if (stream.sizeExceeded) throw smtpError(552, '5.3.4 The message is larger than is taken here');
  const to = session.envelope.rcptTo.flatMap(({ address }) => {
    const ref: RecipientRef | null = rowOfReturnPath(core.tokens, address);
    return ref === null ? [] : [{ address, ref }];
  });
  try {
    await keepReturnedMail(core, to, raw);
  } catch (error) {
    if (!isDatabaseAway(error)) core.log.error({ err: error }, 'a returned mail could not be kept');
    throw smtpError(451, '4.3.0 It cannot be kept at the moment; try again later');
  }
  return '2.0.0 Ok: kept';
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return error;
  const why = error.code === 'EACCES' ? 'may not listen' : 'cannot listen: another program does';
  return new AppError(
    'PORT_IN_USE',
    `The return-path listener ${why} on ${host}:${port}. Set RETURN_PATH_PORT to another port, or leave it out to go without it.`,
    { cause: error },
  );
}
