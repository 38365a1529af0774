import { SINK_KEY } from '../smtp-sink-certificate.ts';
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

const PROGRAM = '/usr/sbin/exim4';

/** Exim as Debian builds it, with GnuTLS. Its smtp_enforce_sync (on by default) refuses commands sent too early. */
export const exim: MailServerKind = {
  name: 'Exim',
  offersSmtpUtf8: true,
  missing: () => missingInTree('Exim', PROGRAM),
  start: async () => {
    const tree = new ChrootTree();
    try {
      const ports = await freePorts();
      tree.write('etc/exim4/exim4.conf', config(ports));
      for (const name of ['var/spool/exim4', 'var/log/exim4']) tree.directory(name, 'Debian-exim');
      tree.directory('var/mail', 'vmail');
      tree.directory('run', 'root');
      tree.write('etc/tls/exim-key.pem', SINK_KEY); // read without root's rights
      tree.start(PROGRAM, ['-bdf', '-q1m']);
      await tree.untilListening(ports.tls, 'var/log/exim4/main');
      return {
        ports,
        lineEnd: '\n',
        stored: async (timeoutMs) => {
          await untilEmpty([tree.at('var/spool/exim4/input')], timeoutMs);
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

function config({ starttls, tls }: MailServerPorts): string {
  return `primary_hostname = mx.example.test
keep_environment =
spool_directory = /var/spool/exim4
log_file_path = /var/log/exim4/%s
pid_file_path = /run/exim.pid
disable_ipv6
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${starttls} : ${tls}
tls_on_connect_ports = ${tls}
tls_advertise_hosts = *
tls_certificate = /etc/tls/cert.pem
tls_privatekey = /etc/tls/exim-key.pem
smtputf8_advertise_hosts = *
host_lookup =
rfc1413_hosts =
message_size_limit = ${SIZE_LIMIT}
smtp_accept_queue_per_connection = 0
smtp_accept_max = 100
never_users = root
acl_smtp_rcpt = recipient
begin acl
recipient:
  deny !authenticated = *
       message = relay not permitted
  require verify = recipient
  accept
begin routers
mailbox:
  driver = accept
  local_parts = ! ${UNKNOWN_LOCAL_PART}
  transport = keep
begin transports
keep:
  driver = appendfile
  directory = /var/mail/all
  maildir_format
  user = vmail
  delivery_date_add
  envelope_to_add
  return_path_add
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and {{eq{$auth2}{${LOGIN.username}}}{eq{$auth3}{${LOGIN.password}}}}}
  server_set_id = $auth2
  server_advertise_condition = \${if def:tls_in_cipher}
`;
}
