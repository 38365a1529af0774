import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { LONGEST_PASSWORD, passwordFault } from '../domain/password-rules.ts';
import { invalid } from './content.ts';

/**
 * Argon2id with OWASP's parameters (19 MiB, two passes), which are the library's defaults. About 20 ms. Throws VALIDATION
 * for a password that will not do; `own` are words that are the person's, `path` names the field.
 */
export function hashPassword(password: string, own: readonly string[] = [], path = 'password'): Promise<string> {
  const fault = passwordFault(password, own);
  if (fault !== null) throw invalid(path, fault);
  return hash(password);
}

let decoy: Promise<string> | null = null;

/** Takes as long for an account that does not exist as for one that does, so that time tells nobody which do. */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hash(randomBytes(16).toString('hex'));
  const matches = await verify(stored ?? (await decoy), password.slice(0, LONGEST_PASSWORD));
  return stored !== null && matches;
}

export function makeUpPassword(): string {
  return randomBytes(15).toString('base64url');
}
