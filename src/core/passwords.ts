import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { invalid } from './content.ts';

const LEAST_LENGTH = 10;
/** Argon2 reads all of it; longer ones only cost time. */
const MOST_LENGTH = 256;

/** Argon2id with OWASP's parameters (19 MiB, two passes), which are the library's defaults. About 20 ms. */
export function hashPassword(password: string): Promise<string> {
  if (password.length < LEAST_LENGTH) throw invalid('password', `needs at least ${LEAST_LENGTH} characters`);
  if (password.length > MOST_LENGTH) throw invalid('password', `may have at most ${MOST_LENGTH} characters`);
  return hash(password);
}

let decoy: Promise<string> | null = null;

/** Takes as long for an account that does not exist as for one that does, so that time tells nobody which do. */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hash(randomBytes(16).toString('hex'));
  const matches = await verify(stored ?? (await decoy), password.slice(0, MOST_LENGTH));
  return stored !== null && matches;
}

export function makeUpPassword(): string {
  return randomBytes(15).toString('base64url');
}
