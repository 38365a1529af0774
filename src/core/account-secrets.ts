import type { AccountChange } from '../contract/accounts.ts';
import { type AccountRow, keepCredentials, lockAccountForSending } from '../db/accounts.ts';
import { inTransaction } from '../db/database.ts';
import type { SecretBox } from '../lib/secret-box.ts';
import { ACCOUNT_TYPES } from './account-types.ts';
import { invalid } from './content.ts';
import type { Core } from './context.ts';
import { readOauthLogin } from './oauth-login.ts';
import { type Credentials, readCredentials } from './transports.ts';

type Given = Pick<AccountChange, 'username' | 'password' | 'serviceAccountKey' | 'oauth' | 'auth'>;

/** Columns of a login; empty when the request says nothing of it. */
interface SecretColumns {
  credentials?: Buffer | null;
  keyId?: string | null;
  oauth?: string | null;
}

/** The login of a request, sealed. Throws VALIDATION for what this type of account has no use for, and for what is incomplete. */
export function readSecrets(secrets: SecretBox, before: AccountRow | null, given: Given, type: string): SecretColumns {
  const login = ACCOUNT_TYPES.get(type)?.login ?? 'user';
  const auth = given.auth ?? before?.auth ?? 'password';
  if (type !== 'smtp' && given.auth !== undefined) throw invalid('auth', `is no setting of an account of type ${type}`);
  if (login === 'service-account') return readServiceAccount(secrets, given);
  if (type === 'smtp' && auth === 'xoauth2') return readTokenLogin(secrets, before, given);
  const stranger = (['serviceAccountKey', 'oauth'] as const).find((name) => given[name]);
  if (stranger !== undefined)
    throw invalid(stranger, type === 'smtp' ? 'needs auth to be xoauth2' : `is not part of the login of type ${type}`);
  const wasToken = before?.auth === 'xoauth2';
  if (given.username === undefined && given.password === undefined)
    return wasToken ? { credentials: null, keyId: null, oauth: null } : {};
  return {
    ...(login === 'key' ? readKey(secrets, given, type) : readPassword(secrets, wasToken ? null : before, given)),
    ...(wasToken && { oauth: null }),
  };
}

function sealed(secrets: SecretBox, credentials: Credentials): { credentials: Buffer; keyId: string } {
  return { credentials: secrets.seal(JSON.stringify(credentials)), keyId: secrets.keyId };
}

/** Keys of providers have no user name. */
function readKey(secrets: SecretBox, { username, password }: Given, type: string): SecretColumns {
  if (username) throw invalid('username', `is not part of the login of type ${type}: its key alone is`);
  return password ? sealed(secrets, { password }) : { credentials: null, keyId: null };
}

/** A new password keeps the user name; a null user name takes both away. */
function readPassword(secrets: SecretBox, before: AccountRow | null, given: Given): SecretColumns {
  const complete = typeof given.username === 'string' && typeof given.password === 'string';
  // What cannot be opened any more (another APP_SECRET) need not be, when all of it is given anew.
  const old: Credentials = before && !complete ? readCredentials(before, secrets) : {};
  const username = given.username === undefined ? old.username : (given.username ?? undefined);
  const password = given.password === undefined ? old.password : (given.password ?? undefined);
  if (!username) {
    if (typeof given.password === 'string') throw invalid('username', 'is missing: a password needs one');
    return { credentials: null, keyId: null };
  }
  if (password === undefined) throw invalid('password', 'is missing: a user name needs one');
  return sealed(secrets, { username, password });
}

function readServiceAccount(secrets: SecretBox, given: Given): SecretColumns {
  const stranger = (['username', 'password', 'oauth'] as const).find((name) => given[name]);
  if (stranger !== undefined)
    throw invalid(stranger, 'is not part of the login of type gmail: its serviceAccountKey alone is');
  if (given.serviceAccountKey === null) return { credentials: null, keyId: null, oauth: null };
  const login = readOauthLogin(given);
  return login === null ? {} : { ...sealed(secrets, login.secrets), oauth: JSON.stringify(login.shown) };
}

/** A user name with what tokens are made from; either stays where the other is given alone. */
function readTokenLogin(secrets: SecretBox, before: AccountRow | null, given: Given): SecretColumns {
  if (given.password) throw invalid('password', 'is not used with auth xoauth2: give oauth or serviceAccountKey');
  const login = readOauthLogin(given);
  const isNew = before?.auth !== 'xoauth2';
  if (login === null && given.username === undefined && !isNew) return {};
  const old: Credentials = before && !isNew && login === null ? readCredentials(before, secrets) : {};
  const username = given.username ?? (before && !isNew ? readCredentials(before, secrets).username : undefined);
  if (!username) throw invalid('username', 'is missing: it is the address of the mailbox that the tokens are for');
  if (login === null && old.refreshToken === undefined && old.serviceAccountKey === undefined)
    throw invalid('oauth', 'is missing: auth xoauth2 needs it, or a serviceAccountKey');
  return {
    ...sealed(secrets, { ...old, ...login?.secrets, username }),
    ...(login && { oauth: JSON.stringify(login.shown) }),
  };
}

/**
 * Microsoft gives another refresh token with every use, and the first ends after 90 days: the latest is kept, unless somebody
 * entered another meanwhile. Never rejects: what is not kept now is kept the next time.
 */
export async function keepRefreshToken(
  { db, secrets, log }: Pick<Core, 'db' | 'secrets' | 'log'>,
  accountId: string,
  was: string,
  is: string,
): Promise<void> {
  try {
    await inTransaction(db.sql, async (tx) => {
      const account = await lockAccountForSending(tx, accountId);
      const old: Credentials = account ? readCredentials(account, secrets) : {};
      if (old.refreshToken !== was) return;
      await keepCredentials(tx, accountId, sealed(secrets, { ...old, refreshToken: is }));
    });
  } catch (error) {
    log.warn({ err: error, accountId }, 'a new refresh token could not be kept; the old one still holds');
  }
}
