import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../src/lib/free-port.ts';

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

/** A Postfix of our own on an ephemeral loopback port, beside any other on the machine: own queue, own log, own spool. */
export async function startPostfix(): Promise<Postfix> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-postfix-'));
  fs.chmodSync(home, 0o755);
  const at = (name: string) => path.join(home, name);
  const port = await freePort(0, '127.0.0.1');
  const uid = idOf('nobody', 'u');
  for (const dir of ['etc', 'queue', 'data', 'mail']) fs.mkdirSync(at(dir), { mode: 0o755 });
  fs.chownSync(at('data'), idOf('postfix', 'u'), idOf('postfix', 'g'));
  fs.chownSync(at('mail'), uid, idOf('nobody', 'g'));
  fs.writeFileSync(at('etc/main.cf'), mainConfig(home, uid, idOf('nobody', 'g')));
  fs.writeFileSync(at('etc/master.cf'), masterConfig(port));
  execFileSync('/usr/sbin/postfix', ['-c', at('etc'), 'check'], { stdio: 'ignore' });
  const master = spawn('/usr/lib/postfix/sbin/master', ['-c', at('etc'), '-d'], { stdio: 'ignore' });
  await untilListening(port, 15_000).catch(() => {
    throw new Error(
      `Postfix did not start:\n${fs.existsSync(at('log')) ? fs.readFileSync(at('log'), 'utf8').slice(-2000) : ''}`,
    );
  });
  return {
    port,
    maildir: at('mail/all'),
    drained: (timeoutMs) => untilDrained(at('etc'), timeoutMs),
    stop: async () => {
      const ended = new Promise((resolve) => master.once('exit', resolve));
      master.kill('SIGTERM');
      await ended;
      fs.rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function mainConfig(home: string, uid: number, gid: number): string {
  return `compatibility_level = 3.6
queue_directory = ${home}/queue
data_directory = ${home}/data
maillog_file = ${home}/log
maillog_file_prefixes = ${home}
mail_owner = postfix
setgid_group = postdrop
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
myhostname = mx.example.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
biff = no
append_dot_mydomain = no
recipient_delimiter =
virtual_mailbox_domains = static:all
virtual_mailbox_base = ${home}/mail
virtual_mailbox_maps = static:all/
virtual_minimum_uid = 1
virtual_uid_maps = static:${uid}
virtual_gid_maps = static:${gid}
virtual_transport = virtual
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtputf8_enable = yes
message_size_limit = 41943040
mailbox_size_limit = 0
virtual_mailbox_limit = 0
default_process_limit = 40
qmgr_message_active_limit = 20000
virtual_destination_concurrency_limit = 20
alias_maps =
alias_database =
`;
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

async function untilListening(port: number, timeoutMs: number): Promise<void> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await delay(50)) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.end('QUIT\r\n'));
    });
    if (open) return;
  }
  throw new Error(`nothing listens on port ${port}`);
}

async function untilDrained(config: string, timeoutMs: number): Promise<void> {
  const queue = execFileSync('/usr/sbin/postconf', ['-c', config, '-h', 'queue_directory'], {
    encoding: 'utf8',
  }).trim();
  for (const end = Date.now() + timeoutMs; Date.now() < end; await delay(200)) {
    if (['maildrop', 'incoming', 'active', 'deferred'].every((name) => isEmpty(path.join(queue, name)))) return;
  }
  throw new Error('Postfix has not delivered everything in time');
}

function isEmpty(dir: string): boolean {
  if (!fs.existsSync(dir)) return true;
  return fs
    .readdirSync(dir, { withFileTypes: true })
    .every((entry) => entry.isDirectory() && isEmpty(path.join(dir, entry.name)));
}
