import type { Account, AccountChange, AccountTrial, NewAccount } from '../../../../src/contract/accounts.ts';
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
const LIMITS = ['perSecond', 'perMinute', 'perHour', 'perDay'] as const;

type NumberField = (typeof NUMBERS)[number];
export type LimitField = (typeof LIMITS)[number];
type TextField = 'name' | 'host' | 'username' | 'password' | 'from' | 'serverGroup';

/** The form of an account as it is typed: everything is text until it is sent. Empty numbers leave the server's own. */
export type AccountFields = Readonly<Record<TextField | NumberField | LimitField, string>> & {
  readonly secure: 'starttls' | 'tls' | 'none';
};

const EMPTY: AccountFields = {
  name: '',
  host: '',
  port: '',
  secure: 'starttls',
  username: '',
  password: '',
  from: '',
  serverGroup: '',
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
};

export function fieldsOfProvider(provider: Provider, name: string): AccountFields {
  const { host, port, secure, username = '', perMinute, perDay } = provider;
  return {
    ...EMPTY,
    name,
    host,
    port: String(port),
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

export function newAccountOf(fields: AccountFields, preset: NewAccount['preset']): NewAccount {
  const { username, password } = fields;
  return {
    ...settingsOf(fields),
    name: fields.name.trim(),
    type: 'smtp',
    ...(preset === undefined ? {} : { preset }),
    ...(fields.from.trim() === '' ? {} : { from: fields.from.trim() }),
    ...(fields.serverGroup.trim() === '' ? {} : { serverGroup: fields.serverGroup.trim() }),
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
  };
}

/** What is to be changed; `isForgotten` takes user name and password away. */
export function accountChangeOf(fields: AccountFields, isForgotten: boolean): AccountChange {
  const { username, password } = fields;
  const credentials = isForgotten
    ? { username: null, password: null }
    : { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) };
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
  const numbers = NUMBERS.filter((name) => fields[name].trim() !== '').map((name) => [name, Number(fields[name])]);
  const limits = LIMITS.map((name) => [name, fields[name].trim() === '' ? null : Number(fields[name])]);
  return {
    ...(Object.fromEntries(numbers) as Partial<Record<NumberField, number>>),
    host: fields.host.trim(),
    secure: fields.secure,
    limits: Object.fromEntries(limits) as Record<LimitField, number | null>,
  };
}
