import type { Account, AccountChange, DomainLimits } from '../contract/accounts.ts';
import type { AccountHealthRow } from '../db/account-health.ts';
import type { AccountRow, NewAccount } from '../db/accounts.ts';
import { type Limits, type PermitWindow, windowsOf, withBuffer, withWarmup } from '../domain/permit-window.ts';
import { USUAL_WARMUP, type Warmup, warmupAllows, warmupDay } from '../domain/warmup.ts';
import type { SecretBox } from '../lib/secret-box.ts';
import { isTopic } from '../mail/webhooks/sns.ts';
import { checkDestination } from './account-destination.ts';
import { showHealth } from './account-health.ts';
import { readSecrets } from './account-secrets.ts';
import { ACCOUNT_TYPES, type TypeSetting } from './account-types.ts';
import { readMailbox } from './campaign-message.ts';
import { invalid } from './content.ts';
import { readDomainLimits } from './domain-limits.ts';
import { faultOfHookSecret, hookUrl } from './provider-hooks.ts';

type Given = Omit<AccountChange, 'name'>;
type Columns = Partial<NewAccount> & { secure?: 'starttls' | 'tls' | 'none' };

/** No limit, as the column holds it: it has to be above 0. */
const UNLIMITED = 2_147_483_647;
const MOST_AHEAD_MS = 366 * 86_400_000;

/**
 * The settings of a request as columns; only what it names. Credentials are sealed. `before` is the account as it is, `type`
 * what it is to be. Throws VALIDATION for settings that this type does not know, and when a stored password would go elsewhere.
 */
export function readAccountSettings(
  secrets: SecretBox,
  before: AccountRow | null,
  given: Given,
  type: string,
): Columns {
  checkSettings(given, type, given.auth ?? before?.auth ?? 'password');
  checkDestination(before, given, type);
  const { from, limits, domainLimits, warmup, maxMessagesPerConnection, ...rest } = given;
  const { username: _1, password: _2, serviceAccountKey: _3, oauth: _4, ...others } = rest;
  const { webhookSecret, webhookTopic, ...plain } = others;
  if (typeof from === 'string') readMailbox(from, 'from');
  return {
    ...plain,
    ...(from === undefined ? {} : { fromAddress: from }),
    ...(maxMessagesPerConnection === undefined
      ? {}
      : { maxMessagesPerConnection: maxMessagesPerConnection || UNLIMITED }),
    ...(domainLimits === undefined ? {} : { domainLimits: JSON.stringify(readDomainLimits(domainLimits)) }),
    ...(warmup === undefined ? {} : { warmup: warmup && JSON.stringify(readWarmup(before, warmup)) }),
    ...(webhookSecret === undefined ? {} : { webhookSecret: sealHookSecret(secrets, webhookSecret, type) }),
    ...(webhookTopic === undefined ? {} : { webhookTopic: readTopic(webhookTopic, type) }),
    ...(limits?.perSecond === undefined ? {} : { limitPerSecond: limits.perSecond }),
    ...(limits?.perMinute === undefined ? {} : { limitPerMinute: limits.perMinute }),
    ...(limits?.perHour === undefined ? {} : { limitPerHour: limits.perHour }),
    ...(limits?.perDay === undefined ? {} : { limitPerDay: limits.perDay }),
    ...(limits?.perUserPerDay === undefined ? {} : { limitPerUserPerDay: limits.perUserPerDay }),
    ...readSecrets(secrets, before, given, type),
    // Other users, as likely as not.
    ...(given.adminEmail || given.serviceAccountKey ? { usersNextSyncAt: new Date(0) } : {}),
  };
}

function sealHookSecret(secrets: SecretBox, secret: string | null, type: string): Buffer | null {
  if (secret === null) return null;
  const fault = faultOfHookSecret(type, secret);
  if (fault !== null) throw invalid('webhookSecret', fault);
  return secrets.seal(secret);
}

function readTopic(topic: string | null, type: string): string | null {
  if (topic === null) return null;
  if (type !== 'ses') throw invalid('webhookTopic', `is no setting of an account of type ${type}`);
  if (!isTopic(topic))
    throw invalid('webhookTopic', 'must be the ARN of a topic: arn:aws:sns:eu-west-1:123456789012:name');
  return topic;
}

const TYPE_SETTINGS: readonly TypeSetting[] = ['host', 'port', 'region', 'domain', 'stream', 'endpoint', 'adminEmail'];

function checkSettings(given: Given, type: string, auth: string): void {
  const known = ACCOUNT_TYPES.get(type)?.settings ?? TYPE_SETTINGS;
  const stranger = TYPE_SETTINGS.find((name) => (given[name] ?? null) !== null && !known.includes(name));
  if (stranger !== undefined) throw invalid(stranger, `is no setting of an account of type ${type}`);
  if (type === 'smtp' && auth !== 'xoauth2' && (given.endpoint ?? null) !== null)
    throw invalid(
      'endpoint',
      'is no setting of an SMTP account that logs in with a password: it is where tokens are asked for',
    );
  if (type !== 'gmail' && (given.limits?.perUserPerDay ?? null) !== null)
    throw invalid('limits/perUserPerDay', `is no setting of an account of type ${type}: it has no users`);
}

function limitsOf(row: AccountRow): Limits {
  return {
    perSecond: row.limitPerSecond,
    perMinute: row.limitPerMinute,
    perHour: row.limitPerHour,
    perDay: row.limitPerDay,
  };
}

/** 250 quota units a second, of which a message takes 100 (developers.google.com/gmail/api/reference/quota). */
const USER_PER_SECOND = 2;

/** What each user of an account may send in 24 hours (support.google.com/a/answer/166852). */
export function perUserPerDay({ limitPerUserPerDay }: Pick<AccountRow, 'limitPerUserPerDay'>): number {
  return limitPerUserPerDay ?? 2000;
}

/** The windows of one user of an account; `buffer` as above. */
export function userWindows(
  account: Pick<AccountRow, 'limitPerUserPerDay'>,
  user: { readonly limitPerDay: number | null },
  buffer: number,
): PermitWindow[] {
  const perDay = user.limitPerDay ?? perUserPerDay(account);
  return withBuffer(windowsOf({ perSecond: USER_PER_SECOND, perDay }), buffer);
}

/** The windows of an account's own limits; `buffer` is the workspace's `rateLimitBuffer`, in percent. */
export function accountWindows(row: AccountRow, buffer: number, now = Date.now()): PermitWindow[] {
  return withBuffer(withWarmup(windowsOf(limitsOf(row)), row.warmup as unknown as Warmup | null, now), buffer);
}

/** What is not named stays as it is, or is as usual. A warm-up begins when it is set, unless it says otherwise. */
function readWarmup(before: AccountRow | null, given: NonNullable<Given['warmup']>): Warmup {
  const known = (before?.warmup ?? { ...USUAL_WARMUP, startedAt: new Date().toISOString() }) as unknown as Warmup;
  const warmup = { ...known, ...given };
  if (warmup.targetPerDay < warmup.startPerDay)
    throw invalid('warmup/targetPerDay', `is below startPerDay (${warmup.startPerDay}): a warm-up only grows`);
  if (Date.parse(warmup.startedAt) > Date.now() + MOST_AHEAD_MS)
    throw invalid('warmup/startedAt', 'is more than a year ahead');
  return warmup;
}

function showWarmup({ warmup }: AccountRow, now: number): Account['warmup'] {
  if (!warmup) return null;
  const stored = warmup as unknown as Warmup;
  const today = warmupAllows(stored, now);
  return { ...stored, day: warmupDay(stored, now), todayPerDay: today, isDone: today >= stored.targetPerDay };
}

function showWebhook(baseUrl: string, row: AccountRow): Account['webhook'] {
  const url = hookUrl(baseUrl, row);
  return url === null ? null : { url, hasSecret: row.webhookSecret !== null, topic: row.webhookTopic };
}

export function showAccount(baseUrl: string, row: AccountRow, health: AccountHealthRow | undefined): Account {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    preset: row.preset,
    host: row.host,
    port: row.port,
    secure: row.secure,
    region: row.region,
    domain: row.domain,
    stream: row.stream,
    endpoint: row.endpoint,
    adminEmail: row.adminEmail,
    auth: row.auth as Account['auth'],
    oauth: row.oauth as Account['oauth'],
    users: row.type === 'gmail' ? { syncedAt: row.usersSyncedAt?.toISOString() ?? null, error: row.usersError } : null,
    hasCredentials: row.credentials !== null,
    webhook: showWebhook(baseUrl, row),
    serverGroup: row.serverGroup,
    weight: row.weight,
    from: row.fromAddress,
    maxConnections: row.maxConnections,
    maxMessagesPerConnection: row.maxMessagesPerConnection === UNLIMITED ? 0 : row.maxMessagesPerConnection,
    timeoutMs: row.timeoutMs,
    batchSize: row.batchSize,
    batchDelayMs: row.batchDelayMs,
    limits: { ...limitsOf(row), perUserPerDay: row.type === 'gmail' ? perUserPerDay(row) : null },
    domainLimits: row.domainLimits as unknown as DomainLimits,
    warmup: showWarmup(row, Date.now()),
    state: row.state,
    stateReason: row.stateReason,
    health: showHealth(health),
    isSandbox: row.isSandbox,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
