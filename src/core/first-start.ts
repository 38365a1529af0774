import { sql } from 'kysely';
import {
  type AccountRow,
  findSandboxAccount,
  insertAccount,
  listAccountsOfWorkspace,
  updateAccount,
} from '../db/accounts.ts';
import { type Executor, inTransaction } from '../db/database.ts';
import { findUserByEmail } from '../db/users.ts';
import { findFirstWorkspace, insertWorkspace, markSetUp } from '../db/workspaces.ts';
import { createAccount } from './accounts.ts';
import { storeApiKey } from './api-keys.ts';
import type { Core } from './context.ts';
import { hashPassword, makeUpPassword } from './passwords.ts';
import { createLoginLink } from './sessions.ts';
import { storeUser } from './users.ts';

/** ADMIN_EMAIL and ADMIN_PASSWORD (both or neither), and ADMIN_API_KEY. */
export interface FirstAdmin {
  readonly email: string | null;
  readonly password: string | null;
  readonly apiKey: string | null;
}

export interface FirstStart {
  readonly workspaceId: string;
  readonly created: boolean;
  /** Logs the owner in once within 24 hours; only when the workspace was made just now, for an owner without a password. */
  readonly loginToken?: string;
}

/** "POSTRIDR", "1ST ": one process at a time makes the first things. */
const LOCK = [0x504f5354, 0x31535420] as const;

/** Makes the workspace, its owner and the API key that the environment asks for. Any number of starts, at once or later, make them once. */
export async function firstStart(core: Pick<Core, 'db'>, admin: FirstAdmin): Promise<FirstStart> {
  const given =
    admin.email !== null && admin.password !== null ? { email: admin.email, password: admin.password } : null;
  const { loginToken, ...first } = await inTransaction(core.db.sql, async (tx) => {
    await sql`select pg_advisory_xact_lock(${LOCK[0]}::int, ${LOCK[1]}::int)`.execute(tx);
    const known = await findFirstWorkspace(tx);
    const workspaceId = known?.id ?? (await insertWorkspace(tx, 'My workspace')).id;
    const userId = given || !known ? await ensureOwner(tx, workspaceId, given) : null;
    if (given) await markSetUp(tx, workspaceId);
    const byLink = !known && !given && userId !== null;
    return { workspaceId, created: !known, loginToken: byLink ? await createLoginLink(tx, userId) : null };
  });
  if (admin.apiKey !== null) {
    const key = { name: 'ADMIN_API_KEY', role: 'admin', key: admin.apiKey } as const;
    await storeApiKey(core, { ...key, workspaceId: first.workspaceId });
  }
  return loginToken === null ? first : { ...first, loginToken };
}

/** Without an address of their own the first person logs in by link, and can be given a password later. */
async function ensureOwner(
  tx: Executor,
  workspaceId: string,
  given: { email: string; password: string } | null,
): Promise<string> {
  const { email, password } = given ?? { email: 'owner@localhost', password: makeUpPassword() };
  const known = await findUserByEmail(tx, email.toLowerCase());
  if (known) return known.id;
  const user = { email, passwordHash: await hashPassword(password, [email]) };
  return (await storeUser(tx, workspaceId, user, 'owner')).id;
}

/**
 * The built-in mailbox as a sending account, with the port it listens on now. Null: it does not run in this process,
 * and the account stays as it is, because another process may run it.
 */
export async function ensureSandboxAccount(
  core: Pick<Core, 'db'>,
  workspaceId: string,
  sandbox: { readonly port: number; readonly host?: string } | null,
): Promise<AccountRow | null> {
  const known = await findSandboxAccount(core.db.sql, workspaceId);
  if (!sandbox) return known;
  const where = { host: sandbox.host ?? '127.0.0.1', port: sandbox.port };
  if (known) return updateAccount(core.db.sql, workspaceId, known.id, where);
  return insertAccount(core.db.sql, {
    ...where,
    workspaceId,
    name: 'Built-in mailbox',
    type: 'smtp',
    secure: 'none',
    fromAddress: 'Postrider <hello@postrider.test>',
    maxConnections: 20,
    maxMessagesPerConnection: 1000,
    timeoutMs: 10_000,
    batchSize: 50,
    batchDelayMs: 0,
    isSandbox: true,
  });
}

/**
 * The Resend account that RESEND_API_KEY asks for, made when the workspace has none. A key that was changed in the account since
 * stays; to use another one from the environment, change it there.
 */
export async function ensureResendAccount(
  core: Pick<Core, 'db' | 'secrets' | 'sending' | 'events' | 'baseUrl'>,
  workspaceId: string,
  key: string | null,
): Promise<void> {
  if (key === null) return;
  await inTransaction(core.db.sql, async (tx) => {
    await sql`select pg_advisory_xact_lock(${LOCK[0]}::int, ${LOCK[1]}::int)`.execute(tx);
    const accounts = await listAccountsOfWorkspace(tx, workspaceId);
    if (accounts.some(({ type }) => type === 'resend')) return;
    const caller = { workspaceId, role: 'owner', userId: null } as const;
    await createAccount(core, caller, { name: 'Resend', type: 'resend', password: key });
  });
}
