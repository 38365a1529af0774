import { createPrivateKey, type KeyObject } from 'node:crypto';
import { jsonOf } from '../http/read-answer.ts';

/** A service account's key, as Google's console hands it out in a JSON file. */
export interface ServiceAccountKey {
  readonly clientEmail: string;
  /** What domain-wide delegation is given to in the admin console. */
  readonly clientId: string;
  readonly keyId: string;
  readonly privateKey: KeyObject;
  /** Where tokens are asked for, and what the assertion is made out to. */
  readonly tokenUri: string;
}

/** Google's own; an assertion must not be sent wherever a file says. */
const TOKEN_URIS = new Set([
  'https://oauth2.googleapis.com/token',
  'https://accounts.google.com/o/oauth2/token',
  'https://www.googleapis.com/oauth2/v4/token',
]);
const LEAST_BITS = 1024;

/** Throws TypeError, beginning with `serviceAccountKey`, for what is no such key; nothing of the key is in its words. */
export function readServiceAccountKey(text: string): ServiceAccountKey {
  const value = jsonOf(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong('is not JSON: paste the whole file that Google made, from { to }');
  const key = value as Readonly<Record<string, unknown>>;
  if (key.type !== 'service_account')
    throw wrong(
      `is of type ${JSON.stringify(key.type ?? null).slice(0, 60)}, not "service_account": make a JSON key of a service account (IAM, Service accounts, Keys), not an OAuth client`,
    );
  const tokenUri = field(key, 'token_uri');
  if (!TOKEN_URIS.has(tokenUri)) throw wrong('names a token_uri that is not one of Google: leave it as Google made it');
  return {
    clientEmail: field(key, 'client_email'),
    clientId: field(key, 'client_id'),
    keyId: field(key, 'private_key_id'),
    privateKey: readPrivateKey(field(key, 'private_key')),
    tokenUri,
  };
}

function field(key: Readonly<Record<string, unknown>>, name: string): string {
  const value = key[name];
  if (typeof value !== 'string' || value === '') throw wrong(`has no ${name}: paste the whole file that Google made`);
  return value;
}

function readPrivateKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw wrong(
      'holds a private_key that cannot be read: it begins with -----BEGIN PRIVATE KEY-----, with its line ends as \\n',
    );
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw wrong(`holds a private_key of type ${key.asymmetricKeyType}: Google makes RSA keys`);
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_BITS) throw wrong('holds an RSA key that is too short');
  return key;
}

function wrong(words: string): TypeError {
  return new TypeError(`serviceAccountKey ${words}`);
}
