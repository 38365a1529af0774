import type { Account, AccountChange, DomainLimits } from '../contract/accounts.ts';
import type { AccountHealthRow } from '../db/account-health.ts';
import type { AccountRow, NewAccount } from '../db/accounts.ts';
import { type Limits, type PermitWindow, windowsOf, withBuffer } from '../domain/permit-window.ts';
import type { SecretBox } from '../lib/secret-box.ts';
import { showHealth } from './account-health.ts';
import { readMailbox } from './campaign-message.ts';
import { invalid } from './content.ts';
import { readDomainLimits } from './domain-limits.ts';
import { type Credentials, readCredentials } from './transports.ts';

type Given = Omit<AccountChange, 'name'>;
type Columns = Partial<NewAccount> & { secure?: 'starttls' | 'tls' | 'none' };

/** No limit, as the column holds it: it has to be above 0. */
const UNLIMITED = 2_147_483_647;

/** The settings of a request as columns; only what it names. Credentials are sealed. */
export function readAccountSettings(secrets: SecretBox, before: AccountRow | null, given: Given): Columns {
  const { from, limits, domainLimits, username, password, maxMessagesPerConnection, ...plain } = given;
  if (typeof from === 'string') readMailbox(from, 'from');
  return {
    ...plain,
    ...(from === undefined ? {} : { fromAddress: from }),
    ...(maxMessagesPerConnection === undefined
      ? {}
      : { maxMessagesPerConnection: maxMessagesPerConnection || UNLIMITED }),
    ...(domainLimits === undefined ? {} : { domainLimits: JSON.stringify(readDomainLimits(domainLimits)) }),
    ...(limits?.perSecond === undefined ? {} : { limitPerSecond: limits.perSecond }),
    ...(limits?.perMinute === undefined ? {} : { limitPerMinute: limits.perMinute }),
    ...(limits?.perHour === undefined ? {} : { limitPerHour: limits.perHour }),
    ...(limits?.perDay === undefined ? {} : { limitPerDay: limits.perDay }),
    ...(username === undefined && password === undefined ? {} : readSecrets(secrets, before, { username, password })),
  };
}

/** A new password keeps the user name and the other way round; a null user name takes both away. */
function readSecrets(
  secrets: SecretBox,
  before: AccountRow | null,
  given: { username: string | null | undefined; password: string | null | undefined },
): { credentials: Buffer | null; keyId: string | null } {
  const complete = typeof given.username === 'string' && typeof given.password === 'string';
  // What cannot be opened any more (another APP_SECRET) need not be, when all of it is given anew.
  const old: Credentials = before && !complete ? readCredentials(before, secrets) : {};
  const username = given.username === undefined ? old.username : (given.username ?? undefined);
  const password = given.password === undefined ? old.password : (given.password ?? undefined);
  if (!username) {
    if (typeof given.password === 'string') throw invalid('username', 'is missing: a password needs one');
    return { credentials: null, keyId: null };
  }
  if (password === undefined) throw invalid('password', 'is missing: a user name needs one');
  return { credentials: secrets.seal(JSON.stringify({ username, password })), keyId: secrets.keyId };
}

function limitsOf(row: AccountRow): Limits {
  return {
    perSecond: row.limitPerSecond,
    perMinute: row.limitPerMinute,
    perHour: row.limitPerHour,
    perDay: row.limitPerDay,
  };
}

/** The windows of an account's own limits; `buffer` is the workspace's `rateLimitBuffer`, in percent. */
export function accountWindows(row: AccountRow, buffer: number): PermitWindow[] {
  return withBuffer(windowsOf(limitsOf(row)), buffer);
}

export function showAccount(row: AccountRow, health: AccountHealthRow | undefined): Account {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    preset: row.preset,
    host: row.host,
    port: row.port,
    secure: row.secure,
    hasCredentials: row.credentials !== null,
    serverGroup: row.serverGroup,
    weight: row.weight,
    from: row.fromAddress,
    maxConnections: row.maxConnections,
    maxMessagesPerConnection: row.maxMessagesPerConnection === UNLIMITED ? 0 : row.maxMessagesPerConnection,
    timeoutMs: row.timeoutMs,
    batchSize: row.batchSize,
    batchDelayMs: row.batchDelayMs,
    limits: limitsOf(row),
    domainLimits: row.domainLimits as unknown as DomainLimits,
    state: row.state,
    stateReason: row.stateReason,
    health: showHealth(health),
    isSandbox: row.isSandbox,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
