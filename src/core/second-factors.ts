import type { SecondFactorDue } from '../contract/auth.ts';
import { type Executor, inTransaction } from '../db/database.ts';
import {
  deleteOneTimeTokensOf,
  findOneTimeToken,
  insertOneTimeToken,
  takeOneTimeToken,
  tryOneTimeToken,
} from '../db/one-time-tokens.ts';
import { deleteRecoveryCodes } from '../db/recovery-codes.ts';
import { countFactors, type FactorCounts, lockUser } from '../db/second-factors.ts';
import { deleteSessionsOf } from '../db/sessions.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { AppError } from '../errors.ts';
import type { Core, Person } from './context.ts';
import { hashToken, newToken } from './opaque-token.ts';
import { makeRecoveryCodes } from './recovery-codes.ts';

const TICKET_SECONDS = 300;
/** Wrong answers, after which the password is asked for again. */
const TRIES = 5;

export const TICKET_EXPIRED = 'This login took longer than 5 minutes, or was tried too often. Begin it again.';

/** What a login that is half done has come from. */
export interface Ticket {
  readonly userId: string;
  readonly tokenHash: Buffer;
  readonly data: { readonly workspaceId?: string; readonly challenge?: string };
}

/** Asks for a second factor; null for who has none. */
export async function beginSecondFactor(
  core: Pick<Core, 'db'>,
  userId: string,
  workspaceId?: string,
): Promise<SecondFactorDue | null> {
  const { totp, passkeys, recoveryCodes } = await countFactors(core.db.sql, userId);
  if (!totp && passkeys === 0) return null;
  const ticket = newToken();
  await insertOneTimeToken(core.db.sql, {
    tokenHash: hashToken(ticket),
    purpose: 'second-factor',
    userId,
    data: workspaceId === undefined ? {} : { workspaceId },
    seconds: TICKET_SECONDS,
  });
  const secondFactor: SecondFactorDue['secondFactor'] = [];
  if (totp) secondFactor.push('totp');
  if (passkeys > 0) secondFactor.push('passkey');
  if (recoveryCodes > 0) secondFactor.push('recovery');
  return { secondFactor, ticket };
}

/** Counts a try with a ticket; throws TOKEN_EXPIRED when it is good for none any more. */
export async function tryTicket(core: Pick<Core, 'db'>, ticket: string): Promise<Ticket> {
  const tokenHash = hashToken(ticket);
  const row = await tryOneTimeToken(core.db.sql, 'second-factor', tokenHash, TRIES);
  if (!row?.userId) throw new AppError('TOKEN_EXPIRED', TICKET_EXPIRED);
  return { userId: row.userId, tokenHash, data: row.data as Ticket['data'] };
}

/** A ticket that is still good, without counting a try. */
export async function getTicket(core: Pick<Core, 'db'>, ticket: string): Promise<Ticket> {
  const tokenHash = hashToken(ticket);
  const row = await findOneTimeToken(core.db.sql, 'second-factor', tokenHash);
  if (!row?.userId || row.attempts >= TRIES) throw new AppError('TOKEN_EXPIRED', TICKET_EXPIRED);
  return { userId: row.userId, tokenHash, data: row.data as Ticket['data'] };
}

/** The login is done: the ticket is used up, and only one of two who come at once has it. */
export async function spendTicket(core: Pick<Core, 'db'>, ticket: Ticket): Promise<void> {
  if (await takeOneTimeToken(core.db.sql, 'second-factor', ticket.tokenHash)) return;
  throw new AppError('TOKEN_EXPIRED', TICKET_EXPIRED);
}

/**
 * After a factor was added: the first brings recovery codes. Sessions elsewhere were opened without it, and logins that are
 * half done began without it: both end.
 */
export async function settleEnrolment(tx: Executor, person: Person): Promise<string[] | null> {
  const { totp, passkeys } = await countFactors(tx, person.userId);
  await deleteSessionsOf(tx, person.userId, person.sessionId);
  await deleteOneTimeTokensOf(tx, person.userId, 'second-factor');
  const isFirst = (totp ? 1 : 0) + passkeys === 1;
  return isFirst ? makeRecoveryCodes(tx, person.userId) : null;
}

/** Takes a factor away, unless it is the last one and a workspace of theirs asks for one. */
export async function removeFactor(
  core: Pick<Core, 'db'>,
  person: Person,
  remove: (tx: Executor) => Promise<void>,
): Promise<void> {
  await inTransaction(core.db.sql, async (tx) => {
    await lockUser(tx, person.userId);
    await remove(tx);
    const left = await countFactors(tx, person.userId);
    if (isEnrolled(left)) return;
    if (await isRequired(tx, person.workspaceId)) {
      throw new AppError(
        'SECOND_FACTOR_REQUIRED',
        'The workspace asks everybody for a second factor, and this is your last. Set up another first. Nothing was changed.',
      );
    }
    await deleteRecoveryCodes(tx, person.userId);
  });
}

export function isEnrolled({ totp, passkeys }: FactorCounts): boolean {
  return totp || passkeys > 0;
}

async function isRequired(db: Executor, workspaceId: string): Promise<boolean> {
  const { settings } = await getWorkspace(db, workspaceId);
  return (settings as { requireSecondFactor?: boolean }).requireSecondFactor === true;
}
