import type { AccountRow } from '../db/accounts.ts';
import { AppError } from '../errors.ts';
import type { SecretBox } from '../lib/secret-box.ts';
import type { Transport } from '../mail/transport.ts';
import { ACCOUNT_TYPES } from './account-types.ts';

/** What is needed of an account to open it, saved or not. */
export type WayOut = Pick<
  AccountRow,
  | 'name'
  | 'type'
  | 'host'
  | 'port'
  | 'secure'
  | 'region'
  | 'domain'
  | 'stream'
  | 'endpoint'
  | 'maxConnections'
  | 'batchSize'
  | 'maxMessagesPerConnection'
  | 'timeoutMs'
  | 'credentials'
  | 'keyId'
  | 'adminEmail'
  | 'auth'
  | 'oauth'
>;

export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  /** Google's JSON file, as it is. */
  readonly serviceAccountKey?: string;
  readonly clientSecret?: string;
  readonly refreshToken?: string;
}

export interface OpenWay {
  readonly user?: string | undefined;
  /** Told when what access tokens are made from was exchanged for something newer. */
  readonly onRefreshToken?: ((was: string, is: string) => void) | undefined;
}

/**
 * Opens the way out that an account describes. Connections are made when the first message comes. Throws VALIDATION for what is
 * missing, TypeError for values that can never work. `way.user`: as whom it sends, of an account with users; else as its administrator.
 */
export function openTransport(account: WayOut, secrets: SecretBox, way: OpenWay = {}): Transport {
  const type = ACCOUNT_TYPES.get(account.type);
  if (type === undefined)
    throw new AppError('VALIDATION', `Sending accounts of type ${account.type} cannot be used yet.`, {
      details: [{ path: 'type', message: `accounts of type ${account.type} cannot send yet` }],
    });
  const credentials = readCredentials(account, secrets);
  const missing = type.missing(account, credentials);
  if (missing !== null) {
    const problem = `${missing} is missing`;
    throw new AppError('VALIDATION', `The account "${account.name}" cannot send: ${problem}.`, {
      details: [{ path: missing, message: 'is missing' }],
    });
  }
  return type.open(account, credentials, way);
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
