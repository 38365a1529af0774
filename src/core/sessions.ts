import type { SecondFactorDue, SessionInfo } from '../contract/auth.ts';
import type { Executor } from '../db/database.ts';
import { insertLoginLink, takeLoginLink } from '../db/login-links.ts';
import {
  deleteSession,
  deleteSessionById,
  deleteSessionsOf,
  findSession,
  insertSession,
  listSessions,
  replaceSessionToken,
  touchSession,
} from '../db/sessions.ts';
import { findMembership, findUser, findUserByEmail, listMemberships, type UserRow } from '../db/users.ts';
import { AppError, notFound } from '../errors.ts';
import type { Caller, Core, Person, Role } from './context.ts';
import { hashToken, newToken } from './opaque-token.ts';
import { isPassword } from './passwords.ts';
import { beginSecondFactor } from './second-factors.ts';

export const SESSION_SECONDS = 14 * 24 * 3600;
const LOGIN_LINK_SECONDS = 24 * 3600;
const LONGEST_USER_AGENT = 300;

/** Where a request comes from, and with what. */
export interface Visitor {
  readonly address: string | null;
  readonly userAgent: string | null;
}

export interface Session {
  readonly token: string;
  readonly caller: Caller;
}

/** Whoever logs in has a session, or is asked for a second factor first. */
export type Login = { readonly session: Session } | { readonly due: SecondFactorDue };

/** Checks a password; the same error whichever of the two was wrong. */
export async function checkLogin(core: Pick<Core, 'db'>, email: string, password: string): Promise<UserRow> {
  const user = await findUserByEmail(core.db.sql, email.trim().toLowerCase());
  if (!(await isPassword(user?.passwordHash ?? null, password)) || !user) {
    throw new AppError('AUTHENTICATION_REQUIRED', 'The email address or the password is wrong.');
  }
  return user;
}

/** The owner of a one-time link; the link is used up. */
export async function checkLoginLink(core: Pick<Core, 'db'>, token: string): Promise<UserRow> {
  const link = await takeLoginLink(core.db.sql, hashToken(token));
  const user = link && (await findUser(core.db.sql, link.userId));
  if (user) return user;
  throw new AppError(
    'AUTHENTICATION_REQUIRED',
    'This login link was used already or is older than 24 hours. Log in with a password, or make an account with "postrider user create".',
  );
}

/** Goes on with who proved their first factor. `workspaceId`: where they want to; by default the workspace they joined first. */
export async function beginSession(
  core: Pick<Core, 'db'>,
  userId: string,
  visitor: Visitor,
  workspaceId?: string,
): Promise<Login> {
  const due = await beginSecondFactor(core, userId, workspaceId);
  return due ? { due } : { session: await openSession(core, userId, visitor, workspaceId) };
}

/** Only for who has proved every factor there is. */
export async function openSession(
  core: Pick<Core, 'db'>,
  userId: string,
  { address, userAgent }: Visitor,
  wanted?: string,
): Promise<Session> {
  const memberships = await listMemberships(core.db.sql, userId);
  const membership = memberships.find(({ workspaceId }) => workspaceId === wanted) ?? memberships[0];
  if (!membership) throw new AppError('FORBIDDEN', 'This account belongs to no workspace any more.');
  const { workspaceId, role } = membership;
  const token = newToken();
  const sessionId = await insertSession(core.db.sql, {
    tokenHash: hashToken(token),
    userId,
    workspaceId,
    seconds: SESSION_SECONDS,
    address,
    userAgent: userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
  });
  return { token, caller: { userId, workspaceId, sessionId, role: role as Role } };
}

/** A link that logs this person in once within 24 hours. */
export async function createLoginLink(db: Executor, userId: string): Promise<string> {
  const token = newToken();
  await insertLoginLink(db, { tokenHash: hashToken(token), userId, seconds: LOGIN_LINK_SECONDS });
  return token;
}

export async function findSessionCaller(
  core: Pick<Core, 'db' | 'log'>,
  token: string,
  { address, userAgent }: Visitor,
): Promise<Caller | null> {
  const session = await findSession(core.db.sql, hashToken(token));
  if (!session) return null;
  if (session.seenLongAgo) {
    const seen = { address, userAgent: userAgent?.slice(0, LONGEST_USER_AGENT) ?? null };
    touchSession(core.db.sql, session.id, seen).catch((error: unknown) =>
      core.log.debug({ err: error }, 'last use of a session not written'),
    );
  }
  const { userId, workspaceId, role, id, mustEnrol } = session;
  return { userId, workspaceId, role: role as Role, sessionId: id, mustEnrol };
}

export async function logOut(core: Pick<Core, 'db'>, token: string): Promise<void> {
  await deleteSession(core.db.sql, hashToken(token));
}

export async function listOwnSessions(core: Pick<Core, 'db'>, person: Person): Promise<SessionInfo[]> {
  const rows = await listSessions(core.db.sql, person.userId);
  return rows.map((row) => ({
    id: row.id,
    current: row.id === person.sessionId,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    address: row.address,
    userAgent: row.userAgent,
  }));
}

/** Ends one of one's own: it is refused at its next request, and what it has open ends. */
export async function endSession(core: Pick<Core, 'db' | 'events'>, person: Person, id: string): Promise<void> {
  if (!(await deleteSessionById(core.db.sql, person.userId, id))) throw notFound('session', id);
  tellAccessChanged(core, person.userId);
}

/** Ends all of one's own but the one that asks; answers how many there were. */
export async function endOtherSessions(core: Pick<Core, 'db' | 'events'>, person: Person): Promise<number> {
  const ended = await deleteSessionsOf(core.db.sql, person.userId, person.sessionId);
  if (ended > 0) tellAccessChanged(core, person.userId);
  return ended;
}

/** The same session under a new token, because what it may do has changed: whoever had seen the old one has nothing. */
export async function rotateSession(
  db: Executor,
  { sessionId }: Person,
  change: { readonly workspaceId?: string } = {},
): Promise<string> {
  const token = newToken();
  if (await replaceSessionToken(db, sessionId, { ...change, tokenHash: hashToken(token) })) return token;
  throw new AppError('AUTHENTICATION_REQUIRED', 'This session has ended. Log in again.');
}

/** Moves a session into another workspace of the person. */
export async function switchWorkspace(
  core: Pick<Core, 'db' | 'events'>,
  person: Person,
  workspaceId: string,
): Promise<Session> {
  const membership = await findMembership(core.db.sql, person.userId, workspaceId);
  if (!membership) throw new AppError('NOT_FOUND', 'You belong to no workspace with this id. Nothing was changed.');
  const token = await rotateSession(core.db.sql, person, { workspaceId });
  tellAccessChanged(core, person.userId); // what is open tells of the workspace of before
  return { token, caller: { ...person, workspaceId, role: membership.role as Role } };
}

/** Who has a stream open with this user's session, or this key, is asked again at once, on every node. */
export function tellAccessChanged(core: Pick<Core, 'events'>, userOrKeyId: string): void {
  core.events.publish({ kind: 'access', id: userOrKeyId });
}
