import { SINK_CERTIFICATE } from '../smtp-sink-certificate.ts';
import { ChrootTree, missingInTree } from './chroot-tree.ts';
import {
  freePorts,
  LOGIN,
  type MailServerKind,
  type MailServerPorts,
  readMaildir,
  SIZE_LIMIT,
  UNKNOWN_LOCAL_PART,
  untilEmpty,
} from './mail-server.ts';

const PROGRAM = '/usr/sbin/smtpd';

export const openSmtpd: MailServerKind = {
  name: 'OpenSMTPD',
  offersSmtpUtf8: false,
  missing: () => missingInTree('OpenSMTPD', PROGRAM),
  start: async () => {
    const tree = new ChrootTree();
    try {
      const ports = await freePorts();
      const password = tree.run('/usr/libexec/opensmtpd/encrypt', [LOGIN.password]).trim();
      tree.write('etc/smtpd.conf', config(ports, password));
      tree.write('etc/ssl/certs/ca-certificates.crt', SINK_CERTIFICATE); // it does not start without any
      tree.directory('var/lib/opensmtpd/empty', 'root');
      tree.directory('var/spool/smtpd', 'root', 0o711);
      tree.directory('var/mail', 'vmail');
      tree.directory('run', 'root');
      tree.directory('var/run', 'root');
      tree.directory('tmp', 'root', 0o1777);
      tree.start(PROGRAM, ['-d', '-f', '/etc/smtpd.conf']);
      await tree.untilListening(ports.tls);
      return {
        ports,
        lineEnd: '\n',
        stored: async (timeoutMs) => {
          await untilEmpty([tree.at('var/spool/smtpd/queue'), tree.at('var/spool/smtpd/incoming')], timeoutMs);
          return readMaildir(tree.at('var/mail/all'));
        },
        stop: () => tree.stop(),
      };
    } catch (error) {
      await tree.stop();
      throw error;
    }
  },
};

function config({ starttls, tls }: MailServerPorts, password: string): string {
  return `pki own cert "/etc/tls/cert.pem"
pki own key "/etc/tls/key.pem"
table logins { "${LOGIN.username}" = "${password}" }
table catchall { "@" = "vmail" }
smtp max-message-size ${SIZE_LIMIT}
listen on 127.0.0.1 port ${starttls} tls-require pki own auth <logins> hostname mx.example.test
listen on 127.0.0.1 port ${tls} smtps pki own auth <logins> hostname mx.example.test
action keep maildir "/var/mail/all" virtual <catchall>
match from any auth for rcpt-to regex "^${UNKNOWN_LOCAL_PART}@" reject
match from any auth for any action keep
`;
}
