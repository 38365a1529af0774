import type { SecondFactorBody } from '../contract/second-factors.ts';
import { AppError } from '../errors.ts';
import type { Core } from './context.ts';
import { checkPasskeyFactor } from './passkeys.ts';
import { spendRecoveryCode } from './recovery-codes.ts';
import { spendTicket, type Ticket, tryTicket } from './second-factors.ts';
import { openSession, type Session, type Visitor } from './sessions.ts';
import { spendTotpCode } from './totp.ts';

type LoginCore = Pick<Core, 'db' | 'secrets' | 'baseUrl' | 'log'>;

/** Ends a login that is half done. `ofUser` is told whose it is before the answer is looked at, and may throw. */
export async function logInBySecondFactor(
  core: LoginCore,
  body: SecondFactorBody,
  visitor: Visitor,
  ofUser: (userId: string) => void,
): Promise<Session> {
  const ticket = await tryTicket(core, body.ticket);
  ofUser(ticket.userId);
  if (!(await isProved(core, ticket, body))) throw new AppError('AUTHENTICATION_REQUIRED', wrongWords(body));
  await spendTicket(core, ticket);
  return openSession(core, ticket.userId, visitor, ticket.data.workspaceId);
}

async function isProved(core: LoginCore, ticket: Ticket, body: SecondFactorBody): Promise<boolean> {
  const { totp, recoveryCode, passkey } = body;
  if (totp !== undefined) return spendTotpCode(core, ticket.userId, totp);
  if (recoveryCode !== undefined) return spendRecoveryCode(core, ticket.userId, recoveryCode);
  return passkey !== undefined && checkPasskeyFactor(core, ticket, passkey);
}

function wrongWords({ totp, recoveryCode, passkey }: SecondFactorBody): string {
  if (totp !== undefined) return 'This code is not the one of now, or was used already. Take the next one.';
  if (recoveryCode !== undefined) return 'This recovery code is wrong or was used already.';
  if (passkey !== undefined) return 'The answer of the passkey is not right. Begin the login again.';
  return 'Send a code (totp), a recoveryCode or the answer of a passkey.';
}
