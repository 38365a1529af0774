import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { SINK_CERTIFICATE, SINK_KEY } from '../smtp-sink-certificate.ts';
import { LOGIN, type MailServerKind, SIZE_LIMIT, UNKNOWN_LOCAL_PART } from './mail-server.ts';

/** The npm package smtp-server, in this process: the one that is there on every machine. */
export const nodeSmtpServer: MailServerKind = {
  name: 'smtp-server',
  offersSmtpUtf8: true,
  missing: () => null,
  start: async () => {
    const taken: Buffer[] = [];
    const servers = [createServer(taken, false), createServer(taken, true)] as const;
    await Promise.all(
      servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))),
    );
    const [starttls, tls] = servers.map((server) => (server.server.address() as AddressInfo).port);
    return {
      ports: { starttls: starttls ?? 0, tls: tls ?? 0 },
      lineEnd: '\r\n',
      stored: async () => taken,
      stop: async () => {
        await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
      },
    };
  },
};

function createServer(taken: Buffer[], secure: boolean): SMTPServer {
  const server = new SMTPServer({
    secure,
    key: SINK_KEY,
    cert: SINK_CERTIFICATE,
    size: SIZE_LIMIT,
    authMethods: ['PLAIN', 'LOGIN'],
    onAuth: ({ username, password }, _session, done) => {
      if (username === LOGIN.username && password === LOGIN.password) done(null, { user: username });
      else done(new Error('Invalid username or password'));
    },
    onRcptTo: ({ address }, _session, done) => {
      if (!address.startsWith(`${UNKNOWN_LOCAL_PART}@`)) done();
      else done(Object.assign(new Error('No such user here'), { responseCode: 550 }));
    },
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        taken.push(Buffer.concat(chunks));
        done();
      });
    },
    logger: false,
  });
  server.on('error', () => undefined);
  return server;
}
