import type { Account, AccountChange, AccountTrial, NewAccount } from '../../../../src/contract/accounts.ts';
import { type AccountKind, type KindField, kindOf } from './account-kinds.ts';
import type { Provider } from './providers.ts';

const NUMBERS = [
  'port',
  'maxConnections',
  'batchSize',
  'batchDelayMs',
  'maxMessagesPerConnection',
  'timeoutMs',
  'weight',
] as const;
const LIMITS = ['perSecond', 'perMinute', 'perHour', 'perDay', 'perUserPerDay'] as const;

type NumberField = (typeof NUMBERS)[number];
export type LimitField = (typeof LIMITS)[number];
type TextField = 'name' | 'host' | 'username' | 'password' | 'serviceAccountKey' | 'from' | 'serverGroup' | KindField;

/** The form of an account as it is typed: everything is text until it is sent. Empty numbers leave the server's own. */
export type AccountFields = Readonly<Record<TextField | NumberField | LimitField, string>> & {
  readonly type: AccountKind;
  readonly secure: 'starttls' | 'tls' | 'none';
};

const KIND_FIELDS: readonly KindField[] = ['region', 'domain', 'stream', 'endpoint', 'adminEmail'];

const EMPTY: AccountFields = {
  type: 'smtp',
  name: '',
  host: '',
  port: '',
  secure: 'starttls',
  username: '',
  password: '',
  serviceAccountKey: '',
  from: '',
  serverGroup: '',
  region: '',
  domain: '',
  stream: '',
  endpoint: '',
  adminEmail: '',
  maxConnections: '',
  batchSize: '',
  batchDelayMs: '',
  maxMessagesPerConnection: '',
  timeoutMs: '',
  weight: '',
  perSecond: '',
  perMinute: '',
  perHour: '',
  perDay: '',
  perUserPerDay: '',
};

export function fieldsOfProvider(provider: Provider, name: string): AccountFields {
  const { type = 'smtp', host = '', port, secure = 'tls', username = '', perMinute, perDay } = provider;
  return {
    ...EMPTY,
    type,
    name,
    host,
    port: port === undefined ? '' : String(port),
    secure,
    username,
    perMinute: perMinute === undefined ? '' : String(perMinute),
    perDay: perDay === undefined ? '' : String(perDay),
  };
}

/** User name and password never come back: their fields are empty, and empty ones keep what there is. */
export function fieldsOfAccount(account: Account): AccountFields {
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, String(account[name] ?? '')]));
  const limits = Object.fromEntries(LIMITS.map((name) => [name, String(account.limits[name] ?? '')]));
  return {
    ...EMPTY,
    ...numbers,
    ...limits,
    ...Object.fromEntries(KIND_FIELDS.map((name) => [name, account[name] ?? ''])),
    type: account.type as AccountKind,
    name: account.name,
    host: account.host ?? '',
    secure: account.secure as AccountFields['secure'],
    from: account.from ?? '',
    serverGroup: account.serverGroup ?? '',
  };
}

/** Which numbers are none; the server says what else is wrong. */
export function badNumbers(fields: AccountFields): ReadonlySet<string> {
  return new Set(
    [...NUMBERS, ...LIMITS].filter((name) => fields[name].trim() !== '' && !/^\d+$/.test(fields[name].trim())),
  );
}

/** Whether there is enough to try it out. */
export function isComplete(fields: AccountFields): boolean {
  const kind = kindOf(fields.type);
  if (kind === null) return fields.host.trim() !== '';
  return KIND_FIELDS.every((name) => kind.fields[name] !== true || fields[name].trim() !== '');
}

export function newAccountOf(fields: AccountFields, preset: NewAccount['preset']): NewAccount {
  const { username, password, serviceAccountKey } = fields;
  return {
    ...settingsOf(fields),
    name: fields.name.trim(),
    type: fields.type,
    ...(preset === undefined ? {} : { preset }),
    ...(fields.from.trim() === '' ? {} : { from: fields.from.trim() }),
    ...(fields.serverGroup.trim() === '' ? {} : { serverGroup: fields.serverGroup.trim() }),
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(serviceAccountKey === '' ? {} : { serviceAccountKey }),
  };
}

/** What is to be changed; `isForgotten` takes user name and password away. */
export function accountChangeOf(fields: AccountFields, isForgotten: boolean): AccountChange {
  const { username, password, serviceAccountKey } = fields;
  const credentials = isForgotten
    ? { username: null, password: null }
    : {
        ...(username === '' ? {} : { username }),
        ...(password === '' ? {} : { password }),
        ...(serviceAccountKey === '' ? {} : { serviceAccountKey }),
      };
  return {
    ...settingsOf(fields),
    name: fields.name.trim(),
    from: fields.from.trim() || null,
    serverGroup: fields.serverGroup.trim() || null,
    ...credentials,
  };
}

/** The same to be tried out first. */
export function trialOf(fields: AccountFields, account: Account | null, isForgotten: boolean): AccountTrial {
  if (account === null) {
    const { name: _, ...trial } = newAccountOf(fields, undefined);
    return trial;
  }
  const { name: _, ...change } = accountChangeOf(fields, isForgotten);
  return { id: account.id, ...change };
}

function settingsOf(fields: AccountFields) {
  const numbers = NUMBERS.filter((name) => fields[name].trim() !== '' && !(name === 'port' && kindOf(fields.type))).map(
    (name) => [name, Number(fields[name])],
  );
  const kind = kindOf(fields.type);
  const limits = LIMITS.filter((name) => name !== 'perUserPerDay' || kind?.hasUsers === true).map((name) => [
    name,
    fields[name].trim() === '' ? null : Number(fields[name]),
  ]);
  return {
    ...(Object.fromEntries(numbers) as Partial<Record<NumberField, number>>),
    ...(kind === null ? { host: fields.host.trim(), secure: fields.secure } : kindSettings(fields)),
    limits: Object.fromEntries(limits) as Record<LimitField, number | null>,
  };
}

/** Of a provider: what it knows, empty ones taken away. */
function kindSettings(fields: AccountFields): Partial<Record<KindField, string | null>> {
  const known = kindOf(fields.type)?.fields ?? {};
  const names = KIND_FIELDS.filter((name) => name === 'endpoint' || name in known);
  return Object.fromEntries(names.map((name) => [name, fields[name].trim() || null]));
}
