import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Postfix, postfixMissing, startPostfix } from '../postfix.ts';
import { SINK_CERTIFICATE, SINK_KEY } from '../smtp-sink-certificate.ts';
import { DovecotAuth } from './dovecot-auth.ts';
import { freePorts, type MailServerKind, readMaildir, SIZE_LIMIT, UNKNOWN_LOCAL_PART } from './mail-server.ts';

/** A Postfix as a provider runs it for submission: TLS, login, a limit on size, and one mailbox that does not exist. */
export const postfix: MailServerKind = {
  name: 'Postfix',
  offersSmtpUtf8: true,
  missing: postfixMissing,
  start: async () => {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-submission-'));
    fs.chmodSync(home, 0o755);
    const at = (name: string) => path.join(home, name);
    fs.writeFileSync(at('cert.pem'), SINK_CERTIFICATE);
    fs.writeFileSync(at('key.pem'), SINK_KEY, { mode: 0o600 });
    fs.writeFileSync(at('mailboxes'), `if !/^${UNKNOWN_LOCAL_PART}@/\n/./ all/\nendif\n`);
    const logins = new DovecotAuth();
    await logins.listen(at('auth'));
    const ports = await freePorts();
    let server: Postfix;
    try {
      server = await startPostfix({ main: settings(at), services: services(ports.tls) });
    } catch (error) {
      await logins.close();
      fs.rmSync(home, { recursive: true, force: true });
      throw error;
    }
    return {
      ports: { starttls: server.port, tls: ports.tls },
      lineEnd: '\n',
      stored: async (timeoutMs) => {
        await server.drained(timeoutMs);
        return readMaildir(server.maildir);
      },
      stop: async () => {
        await server.stop();
        await logins.close();
        fs.rmSync(home, { recursive: true, force: true });
      },
    };
  },
};

function settings(at: (name: string) => string): Record<string, string> {
  return {
    smtpd_tls_security_level: 'may',
    smtpd_tls_cert_file: at('cert.pem'),
    smtpd_tls_key_file: at('key.pem'),
    smtpd_tls_auth_only: 'yes',
    smtpd_sasl_auth_enable: 'yes',
    smtpd_sasl_type: 'dovecot',
    smtpd_sasl_path: at('auth'),
    smtpd_recipient_restrictions: 'permit_sasl_authenticated, reject',
    virtual_mailbox_maps: `regexp:${at('mailboxes')}`,
    message_size_limit: String(SIZE_LIMIT),
  };
}

function services(tlsPort: number): string {
  return `127.0.0.1:${tlsPort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
tlsmgr unix - - n 1000? 1 tlsmgr
`;
}
