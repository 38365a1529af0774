import os from 'node:os';
import type { NewAccount } from '../contract/accounts.ts';
import type { HttpTransportOptions } from '../mail/http/http-transport.ts';
import type { Transport } from '../mail/transport.ts';
import { mailgunTransport } from '../mail/transports/mailgun.ts';
import { postmarkTransport } from '../mail/transports/postmark.ts';
import { resendTransport } from '../mail/transports/resend.ts';
import { sendGridTransport } from '../mail/transports/sendgrid.ts';
import { sesTransport } from '../mail/transports/ses.ts';
import { smtpTransport } from '../mail/transports/smtp.ts';
import { readEndpoint } from './account-endpoint.ts';
import { gmailType } from './gmail-type.ts';
import { smtpLogin } from './oauth-login.ts';
import type { Credentials, OpenWay, WayOut } from './transports.ts';

type TypeName = NewAccount['type'];
/** Settings that only some types know. */
export type TypeSetting = 'host' | 'port' | 'region' | 'domain' | 'stream' | 'endpoint' | 'adminEmail';

/** What a type of sending account needs, and how it is opened. */
export interface AccountType {
  /** Which of the settings that are not everybody's it knows. */
  readonly settings: readonly TypeSetting[];
  /** What its login is: a user name and a password (or tokens), a key alone, or the key of a service account. */
  readonly login: 'user' | 'key' | 'service-account';
  /** What is not asked for. */
  readonly usual: { readonly maxConnections?: number; readonly batchSize?: number };
  /** The first setting that it cannot do without and that is not there. */
  missing(account: WayOut, credentials: Credentials): string | null;
  /** The host that it connects to. */
  host(account: WayOut): string;
  /** Nothing is missing. Throws TypeError on values that can never work. */
  open(account: WayOut, credentials: Credentials, way: OpenWay): Transport;
}

interface Api {
  readonly settings: readonly ApiSetting[];
  readonly required?: readonly ApiSetting[];
  readonly hasUsername?: boolean;
  readonly usual?: AccountType['usual'];
  /** Messages share requests: then `batchSize` is how many, and `maxConnections` the requests on the way. */
  readonly hasBatches?: boolean;
  readonly apiHost: (account: WayOut) => string;
  readonly open: (account: WayOut, credentials: Login, options: ApiOptions) => Transport;
}
type ApiSetting = Exclude<TypeSetting, 'host' | 'port' | 'endpoint' | 'adminEmail'>;
type Login = Required<Pick<Credentials, 'username' | 'password'>>;
type ApiOptions = HttpTransportOptions & { readonly maxBatch: number; readonly baseUrl?: URL };

/** Every type that can send. */
export const ACCOUNT_TYPES: ReadonlyMap<string, AccountType> = new Map<TypeName, AccountType>([
  ['smtp', smtpType()],
  [
    'resend',
    apiType({
      settings: [],
      // Two requests a second with up to 100 messages each (resend.com/docs/api-reference/rate-limit).
      usual: { maxConnections: 2, batchSize: 100 },
      hasBatches: true,
      apiHost: () => 'api.resend.com',
      open: (_account, { password }, options) => resendTransport({ ...options, apiKey: password }),
    }),
  ],
  [
    'ses',
    apiType({
      settings: ['region'],
      required: ['region'],
      hasUsername: true,
      apiHost: ({ region }) => `email.${region}.amazonaws.com`,
      open: ({ region }, { username, password }, options) =>
        sesTransport({ ...options, region: region ?? '', accessKeyId: username, secretAccessKey: password }),
    }),
  ],
  [
    'sendgrid',
    apiType({
      settings: [],
      apiHost: () => 'api.sendgrid.com',
      open: (_account, { password }, options) => sendGridTransport({ ...options, apiKey: password }),
    }),
  ],
  [
    'mailgun',
    apiType({
      settings: ['region', 'domain'],
      required: ['domain'],
      apiHost: ({ region }) => (region === 'eu' ? 'api.eu.mailgun.net' : 'api.mailgun.net'),
      open: ({ region, domain }, { password }, options) => {
        if (region !== null && region !== 'us' && region !== 'eu') throw new TypeError('region must be us or eu');
        return mailgunTransport({ ...options, apiKey: password, domain: domain ?? '', ...(region && { region }) });
      },
    }),
  ],
  [
    'postmark',
    apiType({
      settings: ['stream'],
      usual: { maxConnections: 4, batchSize: 50 },
      hasBatches: true,
      apiHost: () => 'api.postmarkapp.com',
      open: ({ stream }, { password }, options) =>
        postmarkTransport({ ...options, token: password, ...(stream && { stream }) }),
    }),
  ],
  ['gmail', gmailType()],
]);

function smtpType(): AccountType {
  return {
    settings: ['host', 'port', 'endpoint'],
    login: 'user',
    usual: {},
    missing: ({ host, port, auth }, { username }) => {
      if (host === null) return 'host';
      if (port === null) return 'port';
      return auth === 'xoauth2' && username === undefined ? 'username' : null;
    },
    host: ({ host }) => host ?? '',
    open: (account, credentials, way) =>
      smtpTransport({
        host: account.host ?? '',
        port: account.port ?? 0,
        secure: account.secure as 'starttls' | 'tls' | 'none',
        name: ehloName(),
        maxConnections: Math.min(account.maxConnections, account.batchSize),
        maxMessagesPerConnection: account.maxMessagesPerConnection,
        timeoutMs: { connectMs: account.timeoutMs, commandMs: account.timeoutMs },
        ...smtpLogin(account, credentials, way.onRefreshToken),
      }),
  };
}

/** What goes into a header must not end it. */
const KEY = /^[\x21-\x7e]+$/;

function apiType(api: Api): AccountType {
  const { settings, required = [], hasUsername = false, usual = {}, hasBatches = false } = api;
  return {
    settings: [...settings, 'endpoint'],
    login: hasUsername ? 'user' : 'key',
    usual,
    missing: (account, { username, password }) => {
      if (hasUsername && !username) return 'username';
      if (!password) return 'password';
      return required.find((setting) => !account[setting]) ?? null;
    },
    host: (account) => (account.endpoint === null ? api.apiHost(account) : readEndpoint(account.endpoint).hostname),
    open: (account, { username = '', password = '' }) => {
      if (!KEY.test(password)) throw new TypeError('password holds a space or a character that is not ASCII');
      if (hasUsername && !KEY.test(username))
        throw new TypeError('username holds a space or a character that is not ASCII');
      const { endpoint, maxConnections, batchSize, timeoutMs } = account;
      return api.open(
        account,
        { username, password },
        {
          maxRequests: hasBatches ? maxConnections : Math.min(maxConnections, batchSize),
          maxBatch: batchSize,
          timeouts: { connectMs: timeoutMs },
          ...(endpoint === null ? {} : { baseUrl: readEndpoint(endpoint) }),
        },
      );
    },
  };
}

/** RFC 5321 section 4.1.4: a fully-qualified name where there is one, an address literal otherwise. */
function ehloName(): string {
  const host = os.hostname();
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(host) ? host : '[127.0.0.1]';
}
