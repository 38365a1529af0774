import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits for a session or a login link. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token or key: it is long and random, so a fast hash is enough. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
