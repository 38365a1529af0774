import fs from 'node:fs';
import { ChrootTree, missingInTree } from './chroot-tree.ts';
import { freePorts, type MailServerPorts } from './mail-server.ts';

const PROGRAM = '/usr/sbin/dovecot';

export const MAILBOX_LOGIN = { username: 'bounces', password: 'correct-horse-battery' } as const;

/** A real IMAP server with one user, whose mail lies in a Maildir. */
export interface Dovecot {
  readonly port: number;
  /** Puts a message into INBOX, as a delivery agent does. */
  deliver(raw: string): void;
  /** How many messages lie in a folder; INBOX when none is named. */
  count(folder?: string): number;
  /** Flags of the messages of INBOX, as their file names tell. */
  flags(): string[];
  /** The server forgets its index: it numbers the messages anew, under another UIDVALIDITY. */
  renumber(): void;
  stop(): Promise<void>;
}

export function dovecotMissing(): string | null {
  return missingInTree('Dovecot', PROGRAM);
}

export async function startDovecot(): Promise<Dovecot> {
  const tree = new ChrootTree();
  try {
    const ports = await freePorts();
    tree.write('etc/dovecot/dovecot.conf', config(ports));
    tree.directory('run/dovecot', 'root');
    tree.directory('var/lib/dovecot', 'root');
    for (const name of ['new', 'cur', 'tmp', '']) tree.directory(`var/mail/bounces/${name}`, 'vmail', 0o700);
    tree.start(PROGRAM, ['-F']);
    await tree.untilListening(ports.starttls);
    const mail = tree.at('var/mail/bounces');
    let delivered = 0;
    const filesIn = (folder: string) =>
      ['new', 'cur'].flatMap((kind) => (fs.existsSync(`${folder}/${kind}`) ? fs.readdirSync(`${folder}/${kind}`) : []));
    return {
      port: ports.starttls,
      deliver: (raw) => {
        const name = `${1_700_000_000 + ++delivered}.M${delivered}P1.host`;
        fs.writeFileSync(`${mail}/tmp/${name}`, raw);
        fs.chownSync(`${mail}/tmp/${name}`, 604, 604);
        fs.renameSync(`${mail}/tmp/${name}`, `${mail}/new/${name}`);
      },
      count: (folder) => filesIn(folder === undefined ? mail : `${mail}/.${folder}`).length,
      flags: () => filesIn(mail).map((name) => name.split(':2,')[1] ?? ''),
      renumber: () => {
        for (const name of fs.readdirSync(mail))
          if (/^dovecot/.test(name)) fs.rmSync(`${mail}/${name}`, { recursive: true });
      },
      stop: () => tree.stop(),
    };
  } catch (error) {
    await tree.stop();
    throw error;
  }
}

/** Of Dovecot 2.4, whose settings have other names than before. */
function config({ starttls }: MailServerPorts): string {
  return `dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = /run/dovecot
protocols = imap
listen = 127.0.0.1
log_path = /output
ssl = no
auth_allow_cleartext = yes
default_internal_user = nobody
default_internal_group = nobody
default_login_user = nobody
mail_driver = maildir
mail_path = /var/mail/bounces
mail_uid = vmail
mail_gid = vmail
first_valid_uid = 1
first_valid_gid = 1
service imap-login {
  chroot =
  inet_listener imap {
    port = ${starttls}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
passdb static {
  password = ${MAILBOX_LOGIN.password}
}
userdb static {
  fields {
    uid = vmail
    gid = vmail
    home = /var/mail/bounces
  }
}
`;
}
