import type { ConfirmBody, PasswordChange } from '../contract/auth.ts';
import { type Executor, inTransaction } from '../db/database.ts';
import {
  deleteOneTimeTokensOf,
  findOneTimeToken,
  insertOneTimeToken,
  takeOneTimeToken,
} from '../db/one-time-tokens.ts';
import { confirmSession, deleteSessionsOf, isSessionConfirmed } from '../db/sessions.ts';
import { findUser, findUserByEmail, listMemberships, type UserRow, updateUser } from '../db/users.ts';
import { AppError } from '../errors.ts';
import { sendAccountMail } from './account-mail.ts';
import { invalid } from './content.ts';
import type { Core, Person } from './context.ts';
import { hashToken, newToken } from './opaque-token.ts';
import { hashPassword, isPassword } from './passwords.ts';
import { rotateSession, tellAccessChanged } from './sessions.ts';
import { spendTotpCode } from './totp.ts';

type PasswordCore = Pick<Core, 'db' | 'events'>;

const RESET_SECONDS = 3600;
/** How long a proof of who one is lasts for what could lock the person out. */
const CONFIRMED_SECONDS = 30 * 60;

/** Changes one's own password; every other session ends, and this one gets a new token. */
export async function changePassword(core: PasswordCore, person: Person, change: PasswordChange): Promise<string> {
  const user = await getUser(core, person);
  const { currentPassword, newPassword } = change;
  if (user.passwordHash === null) await checkConfirmed(core, person);
  else if (!(await isPassword(user.passwordHash, currentPassword ?? '')))
    throw invalid('currentPassword', 'is not your password');
  const passwordHash = await hashPassword(newPassword, ownWords(user), 'newPassword');
  const token = await inTransaction(core.db.sql, async (tx) => {
    await storePassword(tx, user.id, passwordHash, person.sessionId);
    return rotateSession(tx, person);
  });
  tellAccessChanged(core, user.id);
  return token;
}

/** Proves once more who one is, before something that could lock the person out. */
export async function confirmIdentity(
  core: Pick<Core, 'db' | 'secrets'>,
  person: Person,
  { password, totp }: ConfirmBody,
): Promise<void> {
  const user = await getUser(core, person);
  if (password !== undefined) {
    if (!(await isPassword(user.passwordHash, password))) throw invalid('password', 'is not your password');
  } else if (totp === undefined || !(await spendTotpCode(core, user.id, totp))) {
    throw invalid('totp', 'is not the code of now, or was used already');
  }
  await confirmSession(core.db.sql, person.sessionId);
}

/** Throws CONFIRMATION_REQUIRED unless the person proved within the last half hour who they are. */
export async function checkConfirmed(core: Pick<Core, 'db'>, person: Person): Promise<void> {
  if (await isSessionConfirmed(core.db.sql, person.sessionId, CONFIRMED_SECONDS)) return;
  throw new AppError(
    'CONFIRMATION_REQUIRED',
    'Your login was a while ago: confirm with your password or a code that it is you (POST /api/auth/confirm), or log in anew. Nothing was done.',
  );
}

/** Mails a link to somebody who forgot their password, if there is such a person. */
export async function requestPasswordReset(
  core: Pick<Core, 'db' | 'secrets' | 'baseUrl' | 'log'>,
  email: string,
): Promise<void> {
  const user = await findUserByEmail(core.db.sql, email.trim().toLowerCase());
  if (!user) return;
  const link = await createResetLink(core, user.id);
  const workspaceIds = (await listMemberships(core.db.sql, user.id)).map(({ workspaceId }) => workspaceId);
  const trouble = await sendAccountMail(core, workspaceIds, {
    to: user.email,
    subject: 'Choose a new password',
    words: 'You, or somebody who typed your address, asked for a new password for Postrider.',
    button: 'Choose a password',
    link,
    note: 'The link is good for one hour and once. If this was not you, do nothing: your password stays as it is.',
  });
  if (trouble !== null) {
    core.log.warn(
      { userId: user.id, err: trouble },
      'the mail with a link for a new password was not sent; "postrider user reset-password" prints one',
    );
  }
}

/** A link that sets a password once within an hour; it takes the place of those made before. The token stands behind the #, which no server is told. */
export async function createResetLink(core: Pick<Core, 'db' | 'baseUrl'>, userId: string): Promise<string> {
  const token = newToken();
  await inTransaction(core.db.sql, async (tx) => {
    await deleteOneTimeTokensOf(tx, userId, 'password-reset');
    await insertOneTimeToken(tx, {
      tokenHash: hashToken(token),
      purpose: 'password-reset',
      userId,
      seconds: RESET_SECONDS,
    });
  });
  return `${core.baseUrl}/reset-password#token=${token}`;
}

/** For the command line: somebody who cannot be mailed to. */
export async function createResetLinkFor(core: Pick<Core, 'db' | 'baseUrl'>, email: string): Promise<string> {
  const user = await findUserByEmail(core.db.sql, email.trim().toLowerCase());
  if (!user) throw new AppError('NOT_FOUND', `There is no account for ${email}.`);
  return createResetLink(core, user.id);
}

/** Sets a password by a link, and ends every session. A password that will not do leaves the link as it is. */
export async function resetPassword(
  core: PasswordCore,
  { token, password }: { readonly token: string; readonly password: string },
): Promise<UserRow> {
  const tokenHash = hashToken(token);
  const known = await findOneTimeToken(core.db.sql, 'password-reset', tokenHash);
  const user = known?.userId ? await findUser(core.db.sql, known.userId) : null;
  if (!user) throw resetExpired();
  const passwordHash = await hashPassword(password, ownWords(user));
  await inTransaction(core.db.sql, async (tx) => {
    if (!(await takeOneTimeToken(tx, 'password-reset', tokenHash))) throw resetExpired();
    await storePassword(tx, user.id, passwordHash, null);
  });
  tellAccessChanged(core, user.id);
  return user;
}

/** With it goes whatever was begun under the old one. */
async function storePassword(tx: Executor, userId: string, passwordHash: string, keep: string | null): Promise<void> {
  await updateUser(tx, userId, { passwordHash });
  await deleteSessionsOf(tx, userId, keep);
  await deleteOneTimeTokensOf(tx, userId, 'password-reset');
  await deleteOneTimeTokensOf(tx, userId, 'second-factor');
}

function resetExpired(): AppError {
  return new AppError(
    'TOKEN_EXPIRED',
    'This link was used already, is older than one hour, or another was asked for since. Ask for another one. Your password is as it was.',
  );
}

function ownWords({ email, name }: { readonly email: string; readonly name?: string | null }): string[] {
  return name ? [email, name] : [email];
}

async function getUser(core: Pick<Core, 'db'>, { userId }: Person): Promise<UserRow> {
  const user = await findUser(core.db.sql, userId);
  if (user) return user;
  throw new AppError('AUTHENTICATION_REQUIRED', 'This account is gone.');
}
