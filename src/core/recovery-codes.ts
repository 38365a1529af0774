import { randomInt } from 'node:crypto';
import { type Executor, inTransaction } from '../db/database.ts';
import { replaceRecoveryCodes, takeRecoveryCode } from '../db/recovery-codes.ts';
import { countFactors, lockUser } from '../db/second-factors.ts';
import { AppError } from '../errors.ts';
import type { Core, Person } from './context.ts';
import { hashToken } from './opaque-token.ts';

const HOW_MANY = 10;
const GROUPS = 4;
const GROUP = 4;
/** Crockford's Base32: no letter that could be read as a digit. Sixteen of them are 80 bits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Ten codes that each let somebody in once who has lost their authenticator, in the place of all before. Only hashes are kept. */
export async function makeRecoveryCodes(tx: Executor, userId: string): Promise<string[]> {
  const codes = Array.from({ length: HOW_MANY }, makeCode);
  await replaceRecoveryCodes(
    tx,
    userId,
    codes.map((code) => hashOf(code)),
  );
  return codes;
}

/** New ones, asked for by the person themselves. */
export async function renewRecoveryCodes(core: Pick<Core, 'db'>, { userId }: Person): Promise<string[]> {
  return inTransaction(core.db.sql, async (tx) => {
    await lockUser(tx, userId);
    const { totp, passkeys } = await countFactors(tx, userId);
    if (!totp && passkeys === 0) {
      throw new AppError('VALIDATION', 'Set up an authenticator app or a passkey first. Nothing was changed.');
    }
    return makeRecoveryCodes(tx, userId);
  });
}

/** Uses a code up; however it is typed. */
export function spendRecoveryCode(core: Pick<Core, 'db'>, userId: string, typed: string): Promise<boolean> {
  return takeRecoveryCode(core.db.sql, userId, hashOf(typed));
}

function makeCode(): string {
  const group = () => Array.from({ length: GROUP }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

function hashOf(code: string): Buffer {
  const plain = code
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
    .replace(/[^0-9A-Z]/g, '');
  return hashToken(`recovery ${plain}`);
}
