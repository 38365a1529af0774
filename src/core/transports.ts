import os from 'node:os';
import type { AccountRow } from '../db/accounts.ts';
import { AppError } from '../errors.ts';
import type { SecretBox } from '../lib/secret-box.ts';
import type { Transport } from '../mail/transport.ts';
import { smtpTransport } from '../mail/transports/smtp.ts';

/** What is needed of an account to open it, saved or not. */
export type WayOut = Pick<
  AccountRow,
  | 'name'
  | 'type'
  | 'host'
  | 'port'
  | 'secure'
  | 'maxConnections'
  | 'batchSize'
  | 'maxMessagesPerConnection'
  | 'timeoutMs'
  | 'credentials'
  | 'keyId'
>;

export interface Credentials {
  readonly username?: string;
  readonly password?: string;
}

/** Opens the way out that an account describes. Connections are made when the first message comes. */
export function openTransport(account: WayOut, secrets: SecretBox): Transport {
  if (account.type !== 'smtp' || account.host === null || account.port === null) {
    throw new AppError(
      'VALIDATION',
      `Sending accounts of type ${account.type} cannot be used yet: use an SMTP account.`,
    );
  }
  return smtpTransport({
    host: account.host,
    port: account.port,
    secure: account.secure as 'starttls' | 'tls' | 'none',
    name: ehloName(),
    maxConnections: Math.min(account.maxConnections, account.batchSize),
    maxMessagesPerConnection: account.maxMessagesPerConnection,
    timeoutMs: { connectMs: account.timeoutMs, commandMs: account.timeoutMs },
    ...readCredentials(account, secrets),
  });
}

export function readCredentials(
  account: Pick<WayOut, 'name' | 'credentials' | 'keyId'>,
  secrets: SecretBox,
): Credentials {
  if (!account.credentials) return {};
  try {
    return JSON.parse(secrets.open(account.credentials)) as Credentials;
  } catch (error) {
    throw new AppError(
      'CREDENTIALS_UNREADABLE',
      `The password of account "${account.name}" was stored under another APP_SECRET (key ${account.keyId}, now ${secrets.keyId}). Start with the old APP_SECRET, or enter the password again.`,
      { cause: error },
    );
  }
}

/** RFC 5321 section 4.1.4: a fully-qualified name where there is one, an address literal otherwise. */
function ehloName(): string {
  const host = os.hostname();
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(host) ? host : '[127.0.0.1]';
}
