import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

/**
 * - `tls`: TLS from the first byte (port 465).
 * - `starttls`: the connection is upgraded before anything is said, or it fails.
 * - `opportunistic`: upgraded where the server offers it; a password never goes over a connection that was not.
 * - `none`: plain text, for relays on this machine or a trusted network.
 */
type SmtpSecurity = 'tls' | 'starttls' | 'opportunistic' | 'none';

/** How long each step may take. The defaults after the first two are those of RFC 5321 section 4.5.3.2. */
export interface SmtpTimeouts {
  /** TCP connect, TLS handshake and access token, each. */
  readonly connectMs: number;
  /** Greeting and every reply to a command. */
  readonly commandMs: number;
  /** A body that makes no progress. */
  readonly bodyMs: number;
  /** The reply after the final dot: too short a wait makes duplicates (RFC 5321 section 4.5.3.2.6). */
  readonly finalDotMs: number;
  /** A connection without work is closed. */
  readonly idleMs: number;
}

type SmtpTlsOptions = Pick<
  ConnectionOptions,
  'rejectUnauthorized' | 'ca' | 'servername' | 'minVersion' | 'cert' | 'key'
>;

export interface SmtpTransportOptions {
  readonly host: string;
  readonly port: number;
  readonly secure: SmtpSecurity;
  readonly username?: string;
  readonly password?: string;
  /** Bearer tokens for XOAUTH2; called again with the token the server has just rejected, once a connection. */
  readonly getAccessToken?: (rejected?: string) => Promise<string>;
  /** What EHLO says; by default the host name of this machine, or its address as a literal. */
  readonly name?: string;
  readonly maxConnections?: number;
  /** 0 or Infinity: no cap. */
  readonly maxMessagesPerConnection?: number;
  readonly timeoutMs?: Partial<SmtpTimeouts>;
  readonly tls?: SmtpTlsOptions;
  readonly localAddress?: string;
}

/** The options with every default filled in and every value checked. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly secure: SmtpSecurity;
  readonly credentials: SmtpCredentials | null;
  readonly name: string | null;
  readonly maxConnections: number;
  readonly maxMessagesPerConnection: number;
  readonly timeouts: SmtpTimeouts;
  readonly tls: SmtpTlsOptions;
  readonly localAddress: string | null;
}

export type SmtpCredentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'token';
      readonly username: string;
      readonly getAccessToken: (rejected?: string) => Promise<string>;
    };

const DEFAULT_TIMEOUTS: SmtpTimeouts = {
  connectMs: 10_000,
  commandMs: 10_000,
  bodyMs: 5 * 60_000,
  finalDotMs: 10 * 60_000,
  idleMs: 30_000,
};

/** A host name or an address literal: what RFC 5321 section 4.1.1.1 lets EHLO say, and nothing that could end the line. */
const EHLO_NAME = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_])?|\[[A-Za-z0-9:.]{2,64}\])$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Throws TypeError on a value that could never work, so that a bad account fails when it is saved, not when it sends. */
export function smtpSettings(options: SmtpTransportOptions): SmtpSettings {
  if (options.host === '' || CONTROL.test(options.host) || options.host.includes(' '))
    throw new TypeError('host is not a host name or address');
  if (!Number.isInteger(options.port) || options.port < 1 || options.port > 65535)
    throw new TypeError('port must be 1 to 65535');
  if (options.name !== undefined && !EHLO_NAME.test(options.name))
    throw new TypeError('name is not a host name or address literal');
  if (options.localAddress !== undefined && isIP(options.localAddress) === 0)
    throw new TypeError('localAddress is not an IP address');
  const maxConnections = options.maxConnections ?? 5;
  if (!Number.isInteger(maxConnections) || maxConnections < 1) throw new TypeError('maxConnections must be 1 or more');
  const perConnection = options.maxMessagesPerConnection ?? 100;
  if (Number.isNaN(perConnection) || perConnection < 0)
    throw new TypeError('maxMessagesPerConnection must be 0 or more');
  return {
    host: options.host,
    port: options.port,
    secure: options.secure,
    credentials: credentials(options),
    name: options.name ?? null,
    maxConnections,
    maxMessagesPerConnection: perConnection === 0 ? Number.POSITIVE_INFINITY : perConnection,
    timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeoutMs },
    tls: options.tls ?? {},
    localAddress: options.localAddress ?? null,
  };
}

function credentials(options: SmtpTransportOptions): SmtpCredentials | null {
  const { username, password, getAccessToken } = options;
  if (username === undefined) {
    if (password !== undefined || getAccessToken !== undefined) throw new TypeError('username is missing');
    return null;
  }
  // NUL and ^A separate the fields of PLAIN and XOAUTH2: inside a field they would forge another one.
  if (username === '' || CONTROL.test(username)) throw new TypeError('username holds control characters or is empty');
  if (getAccessToken !== undefined) return { kind: 'token', username, getAccessToken };
  if (password === undefined) throw new TypeError('password is missing');
  if (password.includes('\0')) throw new TypeError('password holds a NUL');
  return { kind: 'password', username, password };
}
