import type { Account, AccountChange, AccountReport, AccountTrial, NewAccount } from '../contract/accounts.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import { deleteAccountHealth, listAccountHealth } from '../db/account-health.ts';
import {
  type AccountRow,
  deleteAccount,
  findAccount,
  findCampaignUsing,
  insertAccount,
  listAccounts,
  lockAccount,
  updateAccount,
} from '../db/accounts.ts';
import { inTransaction } from '../db/database.ts';
import { GROUP_CONNECTIONS } from '../domain/server-group.ts';
import { AppError, notFound } from '../errors.ts';
import { checkServer } from './account-check.ts';
import { ACCOUNT_PRESETS } from './account-presets.ts';
import { readAccountSettings, showAccount } from './account-settings.ts';
import { ACCOUNT_TYPES } from './account-types.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { rowsOfPage, toPageWith } from './cursor.ts';
import { openTransport, type WayOut } from './transports.ts';

type AccountCore = Pick<Core, 'db' | 'secrets' | 'sending' | 'events' | 'baseUrl'>;

export async function createAccount(core: AccountCore, caller: Caller, body: NewAccount): Promise<Account> {
  const { name, type, preset, ...given } = body;
  const filled: AccountChange = preset === undefined ? {} : ACCOUNT_PRESETS[preset];
  const limits = { ...filled.limits, ...given.limits };
  const settings = readAccountSettings(core.secrets, null, { ...filled, ...given, limits }, type);
  const row = await inTransaction(core.db.sql, async (tx) => {
    const made = await insertAccount(tx, {
      ...usual(core, given.serverGroup, type),
      ...settings,
      workspaceId: caller.workspaceId,
      name,
      type,
      preset: preset ?? null,
      ...wayOf(type, settings),
    });
    await checkUsable(core, made);
    return made;
  });
  return told(core, row);
}

export async function changeAccount(
  core: AccountCore,
  caller: Caller,
  id: string,
  body: AccountChange,
): Promise<Account> {
  const { name, ...given } = body;
  const row = await inTransaction(core.db.sql, async (tx) => {
    const before = await lockAccount(tx, caller.workspaceId, id);
    if (!before) throw notFound('sending account', id);
    const settings = readAccountSettings(core.secrets, before, given, before.type);
    const changed = await updateAccount(tx, caller.workspaceId, id, {
      ...settings,
      ...(name === undefined ? {} : { name }),
    });
    if (!changed) throw notFound('sending account', id);
    await checkUsable(core, changed);
    return changed;
  });
  return told(core, row);
}

export async function getAccount(core: Pick<Core, 'db' | 'baseUrl'>, caller: Caller, id: string): Promise<Account> {
  return show(core, await findOwn(core, caller, id));
}

export async function listAccountPage(
  core: Pick<Core, 'db' | 'baseUrl'>,
  caller: Caller,
  query: PageQuery,
): Promise<Page<Account>> {
  const { limit = 50 } = query;
  const rows = await listAccounts(core.db.sql, { workspaceId: caller.workspaceId, ...rowsOfPage(query, limit) });
  const find = (ids: string[]) => listAccountHealth(core.db.sql, ids);
  return toPageWith(rows, limit, find, (row, health) => showAccount(core.baseUrl, row, health));
}

/** Sends nothing more through it until it is resumed; campaigns go on through the others, or wait. */
export function pauseAccount(core: AccountCore, caller: Caller, id: string): Promise<Account> {
  return moveAccount(core, caller, id, 'paused');
}

/** Also one that was disabled because of what its server said. It starts clean: full rate, circuit closed. */
export async function resumeAccount(core: AccountCore, caller: Caller, id: string): Promise<Account> {
  await findOwn(core, caller, id);
  await deleteAccountHealth(core.db.sql, id);
  return moveAccount(core, caller, id, 'active');
}

/** Connects and logs in, and answers what the server offers. Sends nothing. */
export async function verifyAccount(core: AccountCore, caller: Caller, id: string): Promise<AccountReport> {
  return checkServer(core, await findOwn(core, caller, id));
}

/** The same with settings that are not saved; what they leave out comes from the account they name, if they name one. */
export async function tryAccount(core: AccountCore, caller: Caller, trial: AccountTrial): Promise<AccountReport> {
  const { id, name, type, preset, ...given } = trial;
  const before = id === undefined ? null : await findOwn(core, caller, id);
  const filled: AccountChange = preset === undefined ? {} : ACCOUNT_PRESETS[preset];
  const tried = type ?? before?.type ?? 'smtp';
  const settings = readAccountSettings(core.secrets, before, { ...filled, ...given }, tried);
  const way: WayOut = {
    ...usual(core, given.serverGroup, tried),
    host: null,
    secure: 'starttls',
    region: null,
    domain: null,
    stream: null,
    endpoint: null,
    adminEmail: null,
    oauth: null,
    credentials: null,
    keyId: null,
    ...before,
    ...settings,
    type: tried,
    auth: settings.auth ?? before?.auth ?? 'password',
    name: name ?? before?.name ?? settings.host ?? tried,
    ...wayOf(tried, { secure: before?.secure, ...settings }, settings.secure === undefined ? before?.port : null),
  };
  try {
    return await checkServer(core, way);
  } catch (error) {
    if (error instanceof TypeError) throw unusable(error);
    throw error;
  }
}

export async function removeAccount(core: AccountCore, caller: Caller, id: string): Promise<void> {
  await inTransaction(core.db.sql, async (tx) => {
    const account = await lockAccount(tx, caller.workspaceId, id);
    if (!account) throw notFound('sending account', id);
    const campaign = await findCampaignUsing(tx, caller.workspaceId, id);
    if (campaign) {
      throw new AppError(
        'ACCOUNT_IN_USE',
        `The campaign "${campaign.name}" may be sending through "${account.name}". Nothing was changed. Pause the account instead, or cancel the campaign first.`,
      );
    }
    await deleteAccount(tx, caller.workspaceId, id);
  });
  core.events.publish({ kind: 'account', id });
}

async function moveAccount(
  core: AccountCore,
  caller: Caller,
  id: string,
  state: 'active' | 'paused',
): Promise<Account> {
  const row = await updateAccount(core.db.sql, caller.workspaceId, id, { state, stateReason: null });
  if (!row) throw notFound('sending account', id);
  return told(core, row);
}

async function findOwn(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<AccountRow> {
  const row = await findAccount(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('sending account', id);
  return row;
}

async function told(core: AccountCore, row: AccountRow): Promise<Account> {
  core.events.publish({ kind: 'account', id: row.id });
  return show(core, row);
}

async function show(core: Pick<Core, 'db' | 'baseUrl'>, row: AccountRow): Promise<Account> {
  return showAccount(core.baseUrl, row, (await listAccountHealth(core.db.sql, [row.id])).get(row.id));
}

/** Settings that can never work are refused when they are saved, not when a campaign is sent. */
async function checkUsable(core: AccountCore, row: AccountRow): Promise<void> {
  try {
    await openTransport(row, core.secrets).close(0);
  } catch (error) {
    if (error instanceof TypeError) throw unusable(error);
    throw error;
  }
}

/** The transports begin their words with the setting they speak of. */
function unusable(error: TypeError): AppError {
  const [, field = 'account', words = error.message] =
    /^(host|port|secure|username|password|region|endpoint|adminEmail|serviceAccountKey|oauth) (.+)$/s.exec(
      error.message,
    ) ?? [];
  return invalid(field, words);
}

/** What is not asked for. */
function usual(core: AccountCore, serverGroup: string | null | undefined, type: string) {
  return {
    maxConnections: serverGroup ? GROUP_CONNECTIONS : 10,
    maxMessagesPerConnection: 100,
    timeoutMs: 10_000,
    batchSize: core.sending.batchSize,
    batchDelayMs: core.sending.batchDelayMs,
    ...ACCOUNT_TYPES.get(type)?.usual,
  };
}

/** How SMTP is spoken, with the port that goes with it; a provider's API has TLS and a port of its own. */
function wayOf(
  type: string,
  { port, secure }: { port?: number | null | undefined; secure?: string | undefined },
  portBefore?: number | null,
): { port: number | null; secure?: string } {
  if (type !== 'smtp') return { port: null, secure: 'tls' };
  return { port: port ?? portBefore ?? defaultPort(secure) };
}

function defaultPort(secure: string | undefined): number {
  return secure === 'tls' ? 465 : secure === 'none' ? 25 : 587;
}
