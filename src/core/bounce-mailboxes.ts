import type {
  BounceMailbox,
  BounceMailboxChange,
  BounceMailboxReport,
  NewBounceMailbox,
} from '../contract/bounce-mailboxes.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import {
  type BounceMailboxRow,
  deleteBounceMailbox,
  findBounceMailbox,
  insertBounceMailbox,
  listBounceMailboxes,
  updateBounceMailbox,
} from '../db/bounce-mailboxes.ts';
import { notFound } from '../errors.ts';
import type { SecretBox } from '../lib/secret-box.ts';
import { type MailboxAddress, MailboxError, MailboxSession } from '../mail/imap/mailbox-session.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { rowsOfPage, toPage } from './cursor.ts';

type MailboxCore = Pick<Core, 'db' | 'secrets'>;

export async function createBounceMailbox(
  core: MailboxCore,
  caller: Caller,
  body: NewBounceMailbox,
): Promise<BounceMailbox> {
  const { name, host, username, password, port, secure = 'tls', ...rest } = body;
  const { afterReading = 'flag', moveTo = null } = rest;
  checkAfterReading(afterReading, moveTo);
  const row = await insertBounceMailbox(core.db.sql, {
    ...rest,
    workspaceId: caller.workspaceId,
    name: name ?? `${username} at ${host}`,
    host,
    port: port ?? (secure === 'tls' ? 993 : 143),
    secure,
    username,
    password: seal(core.secrets, password),
    afterReading,
    moveTo,
  });
  return show(row);
}

export async function changeBounceMailbox(
  core: MailboxCore,
  caller: Caller,
  id: string,
  body: BounceMailboxChange,
): Promise<BounceMailbox> {
  const before = await findOwn(core, caller, id);
  const { password, ...rest } = body;
  const isElsewhere = (['host', 'port', 'secure', 'username'] as const).some(
    (name) => rest[name] !== undefined && rest[name] !== before[name],
  );
  // A stored password must not go to whichever server somebody writes down.
  if (isElsewhere && password === undefined)
    throw invalid('password', 'is needed again when host, port, secure or username change');
  const afterReading = rest.afterReading ?? before.afterReading;
  const moveTo = rest.moveTo !== undefined ? rest.moveTo : afterReading === 'move' ? before.moveTo : null;
  checkAfterReading(afterReading, moveTo);
  // Another folder has UIDs of its own.
  const anew = isElsewhere || (rest.folder !== undefined && rest.folder !== before.folder);
  const row = await updateBounceMailbox(core.db.sql, caller.workspaceId, id, {
    ...rest,
    moveTo,
    ...(password === undefined ? {} : { password: seal(core.secrets, password) }),
    ...(anew ? { uidValidity: null, lastUid: 0 } : {}),
  });
  if (!row) throw notFound('bounce mailbox', id);
  return show(row);
}

export async function listBounceMailboxPage(
  core: Pick<Core, 'db'>,
  caller: Caller,
  query: PageQuery,
): Promise<Page<BounceMailbox>> {
  const { limit = 50 } = query;
  const rows = await listBounceMailboxes(core.db.sql, {
    workspaceId: caller.workspaceId,
    ...rowsOfPage(query, limit),
  });
  return toPage(rows, limit, (row) => row.id, show);
}

export async function getBounceMailbox(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<BounceMailbox> {
  return show(await findOwn(core, caller, id));
}

/** What was fetched from it and is not older than 30 days goes too; events stay. */
export async function removeBounceMailbox(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<void> {
  if (!(await deleteBounceMailbox(core.db.sql, caller.workspaceId, id))) throw notFound('bounce mailbox', id);
}

/** Connects, logs in and opens the folder. Changes and fetches nothing. */
export async function verifyBounceMailbox(core: MailboxCore, caller: Caller, id: string): Promise<BounceMailboxReport> {
  const row = await findOwn(core, caller, id);
  try {
    const session = await MailboxSession.open(addressOf(core.secrets, row));
    const { messages } = session;
    await session.close();
    return { ok: true, message: `The folder "${row.folder}" is open.`, messages };
  } catch (error) {
    if (error instanceof MailboxError) return { ok: false, message: error.message, messages: null };
    throw error;
  }
}

/** Throws a MailboxError when the password was sealed with another APP_SECRET. */
export function addressOf(secrets: SecretBox, row: BounceMailboxRow): MailboxAddress {
  const { host, port, username, folder } = row;
  const secure = row.secure as MailboxAddress['secure'];
  const [keyId, sealed = ''] = row.password.split(':');
  if (keyId !== secrets.keyId)
    throw new MailboxError('The password was stored under another APP_SECRET. Enter it again.');
  return { host, port, secure, username, folder, password: secrets.open(Buffer.from(sealed, 'base64')) };
}

function seal(secrets: SecretBox, password: string): string {
  return `${secrets.keyId}:${secrets.seal(password).toString('base64')}`;
}

function checkAfterReading(afterReading: string, moveTo: string | null): void {
  if (afterReading === 'move' && moveTo === null) throw invalid('moveTo', 'says which folder mail is moved to');
  if (afterReading !== 'move' && moveTo !== null) throw invalid('moveTo', 'is for afterReading "move" alone');
}

async function findOwn(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<BounceMailboxRow> {
  const row = await findBounceMailbox(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('bounce mailbox', id);
  return row;
}

function show(row: BounceMailboxRow): BounceMailbox {
  const { id, name, host, port, secure, username, folder, afterReading, moveTo, enabled, error } = row;
  return {
    id,
    name,
    host,
    port,
    secure,
    username,
    folder,
    afterReading,
    moveTo,
    enabled,
    checkedAt: row.checkedAt?.toISOString() ?? null,
    error,
    createdAt: row.createdAt.toISOString(),
  };
}
