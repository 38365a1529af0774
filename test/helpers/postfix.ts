import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../../src/lib/free-port.ts';
import { endProcess, isRunning, tailOf, untilEmpty, untilListening } from './mail-servers/mail-server.ts';

export interface Postfix {
  readonly port: number;
  /** One Maildir takes the mail of every address; each message says in Delivered-To whose it is. */
  readonly maildir: string;
  /** Resolves when nothing is queued any more. */
  drained(timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Why Postfix cannot be started here, in one line; null when it can. */
export function postfixMissing(): string | null {
  if (!fs.existsSync('/usr/sbin/postfix')) return 'Postfix is not installed';
  return process.getuid?.() === 0 ? null : 'Postfix can be started by root only';
}

const QUEUES = ['maildrop', 'incoming', 'active', 'deferred'];

/** What one Postfix has that the plain one has not. */
export interface PostfixExtras {
  /** Settings of main.cf, which go before the usual ones. */
  readonly main?: Readonly<Record<string, string>>;
  /** More lines of master.cf. */
  readonly services?: string;
}

/**
 * A Postfix of our own on an ephemeral loopback port, beside any other on the machine: own queue, own log, own spool. It
 * takes all mail, without login or TLS, unless `extras` say otherwise.
 */
export async function startPostfix({ main = {}, services = '' }: PostfixExtras = {}): Promise<Postfix> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-postfix-'));
  fs.chmodSync(home, 0o755);
  const at = (name: string) => path.join(home, name);
  const port = await freePort(0, '127.0.0.1');
  const uid = idOf('nobody', 'u');
  for (const dir of ['etc', 'queue', 'data', 'mail']) fs.mkdirSync(at(dir), { mode: 0o755 });
  fs.chownSync(at('data'), idOf('postfix', 'u'), idOf('postfix', 'g'));
  fs.chownSync(at('mail'), uid, idOf('nobody', 'g'));
  fs.writeFileSync(at('etc/main.cf'), text({ ...mainConfig(home, uid, idOf('nobody', 'g')), ...main }));
  fs.writeFileSync(at('etc/master.cf'), masterConfig(port) + services);
  execFileSync('/usr/sbin/postfix', ['-c', at('etc'), 'check'], { stdio: 'ignore' });
  const master = spawn('/usr/lib/postfix/sbin/master', ['-c', at('etc'), '-d'], { stdio: 'ignore' });
  await untilListening({
    port,
    timeoutMs: 15_000,
    isRunning: () => isRunning(master),
    explain: () => tailOf(at('log')),
  });
  return {
    port,
    maildir: at('mail/all'),
    drained: (timeoutMs) =>
      untilEmpty(
        QUEUES.map((name) => at(`queue/${name}`)),
        timeoutMs,
      ),
    stop: async () => {
      await endProcess(master);
      fs.rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function mainConfig(home: string, uid: number, gid: number): Record<string, string> {
  return {
    compatibility_level: '3.6',
    queue_directory: `${home}/queue`,
    data_directory: `${home}/data`,
    maillog_file: `${home}/log`,
    maillog_file_prefixes: home,
    mail_owner: 'postfix',
    setgid_group: 'postdrop',
    command_directory: '/usr/sbin',
    daemon_directory: '/usr/lib/postfix/sbin',
    myhostname: 'mx.example.test',
    mydestination: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    biff: 'no',
    append_dot_mydomain: 'no',
    recipient_delimiter: '',
    virtual_mailbox_domains: 'static:all',
    virtual_mailbox_base: `${home}/mail`,
    virtual_mailbox_maps: 'static:all/',
    virtual_minimum_uid: '1',
    virtual_uid_maps: `static:${uid}`,
    virtual_gid_maps: `static:${gid}`,
    virtual_transport: 'virtual',
    smtpd_recipient_restrictions: 'permit_mynetworks, reject',
    smtpd_peername_lookup: 'no',
    smtputf8_enable: 'yes',
    message_size_limit: '41943040',
    mailbox_size_limit: '0',
    virtual_mailbox_limit: '0',
    default_process_limit: '40',
    qmgr_message_active_limit: '20000',
    virtual_destination_concurrency_limit: '20',
    alias_maps: '',
    alias_database: '',
  };
}

function text(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

function masterConfig(port: number): string {
  return `127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
`;
}

function idOf(user: string, kind: 'u' | 'g'): number {
  return Number(execFileSync('id', [`-${kind}`, user], { encoding: 'utf8' }));
}
