import fs from 'node:fs';
import { Cluster, type CommonRedisOptions, Redis } from 'ioredis';

/** Where Redis is, and how to get in. */
export interface RedisAddress {
  readonly kind: 'standalone' | 'sentinel' | 'cluster';
  /** Of a Sentinel address: the sentinels. */
  readonly nodes: ReadonlyArray<{ readonly host: string; readonly port: number }>;
  /** The name that the sentinels know the master by. */
  readonly master: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly db: number;
  readonly tls: boolean;
  /** A file with certificates of authorities to trust besides those of the system. */
  readonly ca: string | null;
  readonly keepAlive: boolean;
  /** A connection that hears nothing for so long is made anew. */
  readonly socketTimeoutSeconds: number | null;
}

export type RedisClient = Redis | Cluster;

const FORM = /^(rediss?)(\+sentinel|\+cluster)?:\/\/(?:([^@/?]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/;
const PARAMETERS = ['master', 'ca', 'db', 'socket_keepalive', 'socket_timeout'];

/**
 * Reads `redis://[user[:password]@]host[:port][/db]`; `rediss://` with TLS; `redis+sentinel://host,host/db?master=name`;
 * `redis+cluster://host,host`. Parameters: `master`, `ca` (a file), `db`, `socket_keepalive=1`, `socket_timeout` (seconds).
 * Throws with words for the person who wrote the address; the password is not among them.
 */
export function parseRedisAddress(text: string): RedisAddress {
  const match = FORM.exec(text);
  if (!match) throw new Error('must look like redis://user:password@host:6379/0');
  const [, scheme, way, login = '', hosts = '', path = '', query = ''] = match;
  const kind = way === '+sentinel' ? 'sentinel' : way === '+cluster' ? 'cluster' : 'standalone';
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys())
    if (!PARAMETERS.includes(name))
      throw new Error(`has an unknown parameter "${name}" (known: ${PARAMETERS.join(', ')})`);
  const nodes = hosts.split(',').map((host) => nodeOf(host, kind === 'sentinel' ? 26_379 : 6379));
  if (kind === 'standalone' && nodes.length > 1)
    throw new Error('names several hosts: say redis+sentinel:// or redis+cluster://');
  const master = parameters.get('master');
  if (kind === 'sentinel' && !master) throw new Error('needs ?master= with the name that the sentinels know it by');
  const db = wholeNumber(path || (parameters.get('db') ?? '0'), 'the database');
  if (kind === 'cluster' && db !== 0) throw new Error('names a database, but a cluster has only number 0');
  const timeout = parameters.get('socket_timeout');
  return {
    kind,
    nodes,
    master,
    ...loginOf(login),
    db,
    tls: scheme === 'rediss',
    ca: parameters.get('ca'),
    keepAlive: ['1', 'true', 'True'].includes(parameters.get('socket_keepalive') ?? '1'),
    socketTimeoutSeconds: timeout === null ? null : wholeNumber(timeout, 'socket_timeout'),
  };
}

function nodeOf(text: string, usualPort: number): { host: string; port: number } {
  if (text === '') return { host: '127.0.0.1', port: usualPort };
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text);
  if (!match?.[1]) throw new Error(`names the host "${text}", which cannot be read`);
  return { host: match[1].replace(/^\[|\]$/g, ''), port: match[2] ? Number(match[2]) : usualPort };
}

/** `user:password`, `:password`; a word alone is a user, as in any URL. */
function loginOf(text: string): { username: string | null; password: string | null } {
  const colon = text.indexOf(':');
  const username = decodeURIComponent(colon < 0 ? text : text.slice(0, colon));
  const password = colon < 0 ? '' : decodeURIComponent(text.slice(colon + 1));
  return { username: username || null, password: password || null };
}

function wholeNumber(text: string, what: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`gives ${what} as "${text}", which is not a whole number`);
}

/** The address without its password, for a log or a health page. */
export function describeRedis(address: RedisAddress): string {
  const hosts = address.nodes.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  return `${address.kind === 'standalone' ? 'Redis' : `Redis ${address.kind}`} at ${hosts}`;
}

/**
 * `patient`: a command waits for as long as Redis is away (what takes jobs). Otherwise it fails after a second or two, so
 * that whoever asked gets an answer.
 */
export type RedisManner = 'patient' | 'prompt';

const CONNECT_MS = 3000;
const PROMPT_MS = 2000;
const LONGEST_PAUSE_MS = 1000;

/** Connects, and again whenever the connection breaks; `onError` is told of each time it does. */
export function connectRedis(address: RedisAddress, manner: RedisManner, onError: (error: Error) => void): RedisClient {
  const client = address.kind === 'cluster' ? openCluster(address, manner) : new Redis(singleOptions(address, manner));
  client.on('error', onError);
  return client;
}

function singleOptions(address: RedisAddress, manner: RedisManner) {
  const { nodes, master, db } = address;
  const [node] = nodes;
  const login = loginOptions(address, manner);
  if (address.kind === 'sentinel') {
    return {
      ...login,
      db,
      sentinels: [...nodes],
      name: master ?? '',
      sentinelRetryStrategy: pauseAfter,
      ...(address.tls ? { enableTLSForSentinelMode: true, sentinelTLS: tlsOptions(address) } : {}),
    };
  }
  return { ...login, db, host: node?.host ?? '127.0.0.1', port: node?.port ?? 6379 };
}

function openCluster(address: RedisAddress, manner: RedisManner): Cluster {
  return new Cluster([...address.nodes], {
    redisOptions: loginOptions(address, manner),
    clusterRetryStrategy: pauseAfter,
    enableOfflineQueue: true,
  });
}

function loginOptions(address: RedisAddress, manner: RedisManner): CommonRedisOptions & { tls?: object } {
  const { username, password, socketTimeoutSeconds } = address;
  return {
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(address.tls ? { tls: tlsOptions(address) } : {}),
    ...(socketTimeoutSeconds ? { socketTimeout: socketTimeoutSeconds * 1000 } : {}),
    ...(manner === 'prompt' ? { commandTimeout: PROMPT_MS, maxRetriesPerRequest: 1 } : { maxRetriesPerRequest: null }),
    autoResubscribe: false, // see events/redis-bus.ts
    keepAlive: address.keepAlive ? 30_000 : 0,
    connectTimeout: CONNECT_MS,
    retryStrategy: pauseAfter,
  };
}

function tlsOptions(address: RedisAddress): { ca?: Buffer } {
  return address.ca === null ? {} : { ca: fs.readFileSync(address.ca) };
}

function pauseAfter(times: number): number {
  return Math.min(LONGEST_PAUSE_MS, 50 * times);
}

/** Whether Redis answers within two seconds. */
export async function answers(client: RedisClient): Promise<boolean> {
  try {
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  }
}

/** Ends the connection at once, whatever waits in it. */
export function disconnect(client: RedisClient): void {
  client.disconnect();
}
