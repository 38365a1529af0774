import type { Executor } from '../db/database.ts';
import { deleteSession, findSession, insertLoginLink, insertSession, takeLoginLink } from '../db/sessions.ts';
import { findMembership, findUserByEmail } from '../db/users.ts';
import { AppError } from '../errors.ts';
import type { Caller, Core, Role } from './context.ts';
import { hashToken, newToken } from './opaque-token.ts';
import { isPassword } from './passwords.ts';

export const SESSION_SECONDS = 14 * 24 * 3600;
const LOGIN_LINK_SECONDS = 24 * 3600;

export interface Session {
  readonly token: string;
  readonly caller: Caller;
}

/** Logs a person in; the same error whichever of the two was wrong. */
export async function logIn(core: Pick<Core, 'db'>, email: string, password: string): Promise<Session> {
  const user = await findUserByEmail(core.db.sql, email.trim().toLowerCase());
  if (!(await isPassword(user?.passwordHash ?? null, password)) || !user) {
    throw new AppError('AUTHENTICATION_REQUIRED', 'The email address or the password is wrong.');
  }
  return openSession(core, user.id);
}

/** Logs the owner of a one-time link in, and uses the link up. */
export async function logInByLink(core: Pick<Core, 'db'>, token: string): Promise<Session> {
  const link = await takeLoginLink(core.db.sql, hashToken(token));
  if (!link) {
    throw new AppError(
      'AUTHENTICATION_REQUIRED',
      'This login link was used already or is older than 24 hours. Log in with a password, or make an account with "postrider user create".',
    );
  }
  return openSession(core, link.userId);
}

/** A link that logs this person in once within 24 hours. */
export async function createLoginLink(db: Executor, userId: string): Promise<string> {
  const token = newToken();
  await insertLoginLink(db, { tokenHash: hashToken(token), userId, seconds: LOGIN_LINK_SECONDS });
  return token;
}

export async function findSessionCaller(core: Pick<Core, 'db'>, token: string): Promise<Caller | null> {
  const session = await findSession(core.db.sql, hashToken(token));
  return session && { userId: session.userId, workspaceId: session.workspaceId, role: session.role as Role };
}

export async function logOut(core: Pick<Core, 'db'>, token: string): Promise<void> {
  await deleteSession(core.db.sql, hashToken(token));
}

async function openSession(core: Pick<Core, 'db'>, userId: string): Promise<Session> {
  const membership = await findMembership(core.db.sql, userId);
  if (!membership) throw new AppError('FORBIDDEN', 'This account belongs to no workspace any more.');
  const { workspaceId, role } = membership;
  const token = newToken();
  await insertSession(core.db.sql, { tokenHash: hashToken(token), userId, workspaceId, seconds: SESSION_SECONDS });
  return { token, caller: { userId, workspaceId, role: role as Role } };
}
