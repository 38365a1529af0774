import type { Page, PageQuery } from '../contract/common.ts';
import type {
  Invitation,
  InvitationAcceptance,
  NewInvitation,
  OpenInvitation,
  SentInvitation,
} from '../contract/invitations.ts';
import { type Executor, inTransaction } from '../db/database.ts';
import {
  deleteInvitation,
  findInvitation,
  findInvitationByToken,
  type InvitationRow,
  type InvitationView,
  listInvitations,
  renewInvitation,
  storeInvitation,
  takeInvitation,
  takeInvitationsOf,
} from '../db/invitations.ts';
import { findMembership, findUser, findUserByEmail, insertMembership, insertUser, type UserRow } from '../db/users.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { AppError, notFound } from '../errors.ts';
import { sendAccountMail } from './account-mail.ts';
import type { Caller, Core, Person, Role } from './context.ts';
import { rowsOfPage, toPage } from './cursor.ts';
import { hashToken, newToken } from './opaque-token.ts';
import { hashPassword } from './passwords.ts';
import { checkLogin } from './sessions.ts';
import { checkGrant, readAccountEmail } from './users.ts';

type InviteCore = Pick<Core, 'db' | 'secrets' | 'baseUrl'>;

const INVITATION_SECONDS = 7 * 24 * 3600;

/** Invites somebody into the caller's workspace: mails a link, and answers it once. A second one takes the place of the first. */
export async function invite(core: InviteCore, caller: Caller, wanted: NewInvitation): Promise<SentInvitation> {
  checkGrant(caller, wanted.role);
  const { email, emailKey } = readAccountEmail(wanted.email);
  const known = await findUserByEmail(core.db.sql, emailKey);
  if (known && (await findMembership(core.db.sql, known.id, caller.workspaceId))) {
    throw new AppError('NAME_TAKEN', `${email} belongs to this workspace already. Nothing was sent.`);
  }
  const token = newToken();
  const row = await storeInvitation(core.db.sql, {
    workspaceId: caller.workspaceId,
    email,
    emailKey,
    role: wanted.role,
    tokenHash: hashToken(token),
    invitedBy: caller.userId,
    seconds: INVITATION_SECONDS,
  });
  return send(core, caller, row, token);
}

/** A new link by mail; the one before works no more. */
export async function resendInvitation(core: InviteCore, caller: Caller, id: string): Promise<SentInvitation> {
  const before = await findInvitation(core.db.sql, caller.workspaceId, id);
  if (!before) throw notFound('invitation', id);
  checkGrant(caller, before.role as Role);
  const token = newToken();
  const link = { tokenHash: hashToken(token), seconds: INVITATION_SECONDS };
  const row = await renewInvitation(core.db.sql, { workspaceId: caller.workspaceId, id }, link);
  if (!row) throw notFound('invitation', id);
  return send(core, caller, row, token);
}

export async function listInvitationPage(
  core: Pick<Core, 'db'>,
  caller: Caller,
  query: PageQuery,
): Promise<Page<Invitation>> {
  const { limit = 50 } = query;
  const rows = await listInvitations(core.db.sql, { workspaceId: caller.workspaceId, ...rowsOfPage(query, limit) });
  return toPage(rows, limit, (row) => row.id, show);
}

export async function withdrawInvitation(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<Invitation> {
  const row = await deleteInvitation(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('invitation', id);
  return show(row);
}

export async function openInvitation(core: Pick<Core, 'db'>, token: string): Promise<OpenInvitation> {
  const found = await find(core, token);
  const { email, role, workspaceName, inviterName, isKnown, expiresAt } = found;
  const workspace = { name: workspaceName };
  return { email, role, workspace, invitedBy: inviterName, known: isKnown, expiresAt: expiresAt.toISOString() };
}

export interface Joined {
  readonly userId: string;
  readonly workspaceId: string;
}

/** A new person gets an account with the password they chose; a known one joins with theirs. */
export async function acceptInvitation(core: Pick<Core, 'db'>, body: InvitationAcceptance): Promise<Joined> {
  const found = await find(core, body.token);
  if (found.isKnown) {
    const user = await checkLogin(core, found.email, body.password);
    return join(core, found, user);
  }
  const { email, emailKey } = found;
  const name = body.name?.trim() || null;
  const passwordHash = await hashPassword(body.password, name ? [email, name] : [email]);
  return inTransaction(core.db.sql, async (tx) => {
    const taken = await takeInvitation(tx, found.id, found.tokenHash);
    const user = taken && (await insertUser(tx, { email, emailKey, name, passwordHash }));
    if (!user) throw expired();
    return addMember(tx, taken, user);
  });
}

/** Somebody who is logged in joins with their session. */
export async function joinByInvitation(core: Pick<Core, 'db'>, person: Person, token: string): Promise<Joined> {
  const found = await find(core, token);
  const user = await findUser(core.db.sql, person.userId);
  if (user?.emailKey === found.emailKey) return join(core, found, user);
  throw new AppError(
    'FORBIDDEN',
    `The invitation is for ${found.email}, and you are logged in as ${user?.email ?? 'somebody else'}. Log out, and open the link again. Nothing was changed.`,
  );
}

/** Whoever proved in another way that an address is theirs joins wherever they were invited. */
export async function acceptInvitationsOf(tx: Executor, user: UserRow): Promise<Joined[]> {
  const taken = await takeInvitationsOf(tx, user.emailKey);
  return Promise.all(taken.map((invitation) => addMember(tx, invitation, user)));
}

async function join(core: Pick<Core, 'db'>, found: InvitationView, user: UserRow): Promise<Joined> {
  return inTransaction(core.db.sql, async (tx) => {
    const taken = await takeInvitation(tx, found.id, found.tokenHash);
    if (!taken) throw expired();
    return addMember(tx, taken, user);
  });
}

/** Who is a member already keeps the role they have. */
async function addMember(tx: Executor, { workspaceId, role }: InvitationRow, user: UserRow): Promise<Joined> {
  await insertMembership(tx, { workspaceId, userId: user.id, role });
  return { userId: user.id, workspaceId };
}

async function find(core: Pick<Core, 'db'>, token: string): Promise<InvitationView> {
  const found = await findInvitationByToken(core.db.sql, hashToken(token));
  if (!found) throw expired();
  return found;
}

function expired(): AppError {
  return new AppError(
    'TOKEN_EXPIRED',
    'This invitation was used, withdrawn or sent again, or is older than 7 days. Ask whoever invited you for another.',
  );
}

async function send(core: InviteCore, caller: Caller, row: InvitationRow, token: string): Promise<SentInvitation> {
  const link = `${core.baseUrl}/invitation#token=${token}`;
  const { name: workspace } = await getWorkspace(core.db.sql, caller.workspaceId);
  const inviter = caller.userId === null ? null : await findUser(core.db.sql, caller.userId);
  const who = inviter ? (inviter.name ?? inviter.email) : 'Somebody';
  const mailNote = await sendAccountMail(core, [caller.workspaceId], {
    to: row.email,
    subject: `Join ${workspace} on Postrider`,
    words: `${who} invites you into the workspace ${workspace} as ${row.role}.`,
    button: 'Accept the invitation',
    link,
    note: 'The link is good for 7 days and once. If you do not know what this is about, do nothing.',
  });
  return { ...show(row), link, mailed: mailNote === null, mailNote };
}

function show({ id, email, role, createdAt, expiresAt }: InvitationRow): Invitation {
  return {
    id,
    email,
    role,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    expired: expiresAt.getTime() <= Date.now(),
  };
}
