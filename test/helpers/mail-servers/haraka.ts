import { spawn } from 'node:child_process';
import { getDiffieHellman } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SINK_CERTIFICATE, SINK_KEY } from '../smtp-sink-certificate.ts';
import { mailServersDirectory } from './chroot-tree.ts';
import {
  endProcess,
  freePorts,
  isRunning,
  LOGIN,
  type MailServerKind,
  type MailServerPorts,
  SIZE_LIMIT,
  tailOf,
  UNKNOWN_LOCAL_PART,
  untilListening,
} from './mail-server.ts';

const installed = () => path.join(mailServersDirectory(), 'haraka', 'node_modules', 'Haraka');

/** A plugin of our own takes the mail: Haraka stores none itself. The file appears before the reply to the final dot. */
const KEEP = `
const fs = require('node:fs');
const path = require('node:path');
exports.hook_rcpt = (next, connection, [rcpt]) =>
  rcpt.user === '${UNKNOWN_LOCAL_PART}' ? next(DENY, 'no such user here') : next(OK);
exports.hook_queue = (next, connection) => {
  const transaction = connection.transaction;
  const file = fs.createWriteStream(path.join(process.env.MAIL_DIR, transaction.uuid));
  file.once('close', () => next(OK));
  transaction.message_stream.pipe(file);
};
exports.hook_queue_outbound = exports.hook_queue;
`;

export const haraka: MailServerKind = {
  name: 'Haraka',
  offersSmtpUtf8: true,
  missing: () => (fs.existsSync(installed()) ? null : 'Haraka is not installed: run scripts/install-mail-servers.sh'),
  start: async () => {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-haraka-'));
    const at = (name: string) => path.join(home, name);
    const ports = await freePorts();
    for (const dir of ['config', 'plugins', 'mail']) fs.mkdirSync(at(dir));
    for (const [name, text] of Object.entries(files(ports))) fs.writeFileSync(at(name), text);
    const log = fs.openSync(at('log'), 'a');
    const child = spawn(process.execPath, [path.join(installed(), 'bin', 'haraka'), '-c', home], {
      stdio: ['ignore', log, log],
      env: { ...process.env, MAIL_DIR: at('mail') },
    });
    fs.closeSync(log);
    const stop = async () => {
      await endProcess(child);
      fs.rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    };
    try {
      await untilListening({
        port: ports.tls,
        timeoutMs: 15_000,
        isRunning: () => isRunning(child),
        explain: () => tailOf(at('log')),
      });
    } catch (error) {
      await stop();
      throw error;
    }
    return {
      ports,
      lineEnd: '\r\n',
      stored: async () => fs.readdirSync(at('mail')).map((name) => fs.readFileSync(path.join(at('mail'), name))),
      stop,
    };
  },
};

function files({ starttls, tls }: MailServerPorts): Record<string, string> {
  return {
    'config/me': 'mx.example.test\n',
    'config/plugins': 'tls\nauth/flat_file\nkeep\n',
    'config/smtp.ini': `listen=127.0.0.1:${starttls},127.0.0.1:${tls}\nsmtps_port=${tls}\nnodes=0\nforce_shutdown_timeout=2\n`,
    'config/tls.ini': 'key=tls_key.pem\ncert=tls_cert.pem\n',
    'config/connection.ini': connectionConfig(),
    'config/auth_flat_file.ini': `[core]\nmethods=PLAIN,LOGIN\n[users]\n${LOGIN.username}=${LOGIN.password}\n`,
    'config/tls_key.pem': SINK_KEY,
    'config/tls_cert.pem': SINK_CERTIFICATE,
    'config/dhparams.pem': diffieHellmanGroup(),
    'config/log.ini': 'level=warn\n',
    'plugins/keep.js': KEEP,
  };
}

/** It does not fill in what its own file says beside the limit. */
function connectionConfig(): string {
  const own = fs.readFileSync(path.join(installed(), 'config', 'connection.ini'), 'utf8');
  return own.replace(/^bytes=.*$/m, `bytes=${SIZE_LIMIT}`);
}

/** Without one it has `openssl` look for primes, which takes a core for half a minute: RFC 3526's group 14, as PKCS #3. */
function diffieHellmanGroup(): string {
  const group = getDiffieHellman('modp14');
  const sequence = der(0x30, Buffer.concat([integer(group.getPrime()), integer(group.getGenerator())]));
  const lines = sequence.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN DH PARAMETERS-----\n${lines.join('\n')}\n-----END DH PARAMETERS-----\n`;
}

/** A leading zero keeps a high first bit from making it negative. */
function integer(magnitude: Buffer): Buffer {
  return der(0x02, (magnitude[0] ?? 0) < 0x80 ? magnitude : Buffer.concat([Buffer.of(0), magnitude]));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
