import type { AccountChange } from '../contract/accounts.ts';
import type { AccountRow } from '../db/accounts.ts';
import { invalid } from './content.ts';

/** Where a password goes, and whose it is. */
const PLACES = ['host', 'port', 'endpoint'] as const;

/**
 * A stored password goes to the server it was entered for, and to no other: whoever may change an account, or try one out,
 * could else have it sent to a server of his own and read it there. Throws VALIDATION when it would be kept for another place,
 * another user, or a connection without encryption.
 */
export function checkDestination(before: AccountRow | null, given: Omit<AccountChange, 'name'>, type: string): void {
  if (before === null || before.credentials === null) return;
  if (isGivenAnew(given) || given.username === null) return;
  const moved = type !== before.type ? 'type' : PLACES.find((name) => (given[name] ?? before[name]) !== before[name]);
  const removed = before.endpoint !== null && given.endpoint === null ? 'endpoint' : undefined;
  const opened = given.secure === 'none' && before.secure !== 'none' ? 'secure' : undefined;
  const other = typeof given.username === 'string' ? 'username' : undefined;
  const changed = moved ?? removed ?? opened ?? other;
  if (changed === undefined) return;
  const secret = before.auth === 'xoauth2' ? 'oauth' : type === 'gmail' ? 'serviceAccountKey' : 'password';
  throw invalid(
    secret,
    `has to be entered again, because ${changed} changes: the stored one only goes to the server and user it was entered for`,
  );
}

function isGivenAnew({ password, serviceAccountKey, oauth }: Omit<AccountChange, 'name'>): boolean {
  return typeof password === 'string' || typeof serviceAccountKey === 'string' || (oauth ?? null) !== null;
}
