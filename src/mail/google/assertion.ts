import { sign } from 'node:crypto';
import type { ServiceAccountKey } from './service-account-key.ts';

/** How long an assertion holds, in seconds; Google takes an hour at most. */
const LIFE_S = 3600;
/** A clock that is a little fast must not make assertions from the future. */
const BACK_S = 30;

/**
 * A service account's claim to act as a user (RFC 7523, RS256 of RFC 7518; developers.google.com/identity/protocols/oauth2
 * /service-account, "Preparing to make an authorized API call"). `now` in milliseconds since 1970.
 */
export function signAssertion(key: ServiceAccountKey, subject: string, scope: string, now: number): string {
  const iat = Math.floor(now / 1000) - BACK_S;
  const header = { alg: 'RS256', typ: 'JWT', kid: key.keyId };
  const claims = { iss: key.clientEmail, scope, aud: key.tokenUri, sub: subject, iat, exp: iat + LIFE_S };
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key.privateKey).toString('base64url')}`;
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}
