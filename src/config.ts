import os from 'node:os';
import path from 'node:path';
import { type Env, EnvReader } from './config-env.ts';
import type { OidcSettings } from './core/oidc.ts';
import { passwordFault } from './domain/password-rules.ts';
import { messageOf } from './errors.ts';
import { parseRedisAddress, type RedisAddress } from './lib/redis.ts';

/** Everything the environment can say, checked once. Times in milliseconds unless the name says otherwise. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Public address used in unsubscribe and tracking links, without a trailing slash; null: this machine, on the port. */
  readonly baseUrl: string | null;
  /** Null: run the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | null;
  /** Null: queues, live events and API limits run on PostgreSQL. */
  readonly redis: RedisAddress | null;
  readonly dataDir: string;
  /** Null: generated into `dataDir` at first start. Required with a `databaseUrl`, where several nodes must agree. */
  readonly appSecret: string | null;
  readonly admin: { readonly email: string | null; readonly password: string | null; readonly apiKey: string | null };
  /** Login by an identity elsewhere; null: passwords and passkeys alone. */
  readonly oidc: OidcSettings | null;
  readonly workers: {
    readonly start: boolean;
    /** Worker processes of this node: how few and how many autoscaling may run. */
    readonly min: number;
    readonly max: number;
    /** Emails an hour that there should be workers for, while there is work. */
    readonly targetThroughput: number;
    /** A worker process that has grown past this is replaced. */
    readonly maxRssMb: number;
    /** Campaigns sending at the same time. */
    readonly campaigns: number;
    /** Batches this process has in hand. */
    readonly batches: number;
    /** Job starts allowed per window. */
    readonly maxJobs: number;
    readonly windowMs: number;
    /** A batch stays with a process that gives no sign of life for this long. */
    readonly leaseMs: number;
  };
  readonly sending: { readonly batchSize: number; readonly batchDelayMs: number };
  readonly sandbox: { readonly enabled: boolean; readonly smtpPort: number };
  /** Where returned mail is taken; null: nowhere. */
  readonly returnPath: { readonly host: string; readonly port: number } | null;
  /** Whether requests of the API are held to limits. */
  readonly rateLimitEnabled: boolean;
  /** Whether workers measure what they do. */
  readonly monitoring: boolean;
  /** Whether /metrics tells everybody of every workspace; else it asks for an API key, and tells of its workspace. */
  readonly metricsPublic: boolean;
  /** Whether Bull Board is mounted at /admin/queues. */
  readonly bullBoard: boolean;
  /** Proxies in front of us whose X-Forwarded-* headers count, with commas between them; null: none. */
  readonly trustProxy: string | null;
  readonly log: { readonly level: string; readonly format: 'pretty' | 'json' };
  /** Makes a sending account at first start; null: none. */
  readonly resendApiKey: string | null;
}

/** Options of the command line that win over the environment. */
export interface ConfigOverrides {
  readonly port?: string;
  readonly host?: string;
  readonly dataDir?: string;
  readonly role?: string;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Reads and checks the environment; throws CONFIG_INVALID with one finding for every problem. */
export function readConfig(env: Env, overrides: ConfigOverrides = {}): Config {
  const { port: PORT, host: HOST, dataDir: DATA_DIR, role: ROLE } = overrides;
  const read = new EnvReader(env, { PORT, HOST, DATA_DIR, ROLE });
  const databaseUrl = read.url('DATABASE_URL', ['postgres:', 'postgresql:']);
  const embedded = databaseUrl === null;
  const port = read.integer('PORT', 3000, 0, 65_535);
  const role = read.oneOf('ROLE', ['all', 'api', 'worker'], 'all');
  const appSecret = read.text('APP_SECRET');
  if (appSecret !== null && appSecret.length < 16) read.problem('APP_SECRET', 'needs at least 16 characters');
  if (!embedded && appSecret === null) {
    read.problem(
      'APP_SECRET',
      'is required when DATABASE_URL is set, so that every node can open stored credentials; make one with: openssl rand -hex 32',
    );
  }
  const config: Config = {
    port,
    host: read.text('HOST') ?? '127.0.0.1',
    baseUrl: read.url('BASE_URL', ['http:', 'https:'])?.replace(/\/+$/, '') ?? null,
    databaseUrl,
    redis: readRedis(read),
    dataDir: path.resolve(read.text('DATA_DIR') ?? 'data'),
    appSecret,
    admin: readAdmin(read),
    oidc: readOidc(read),
    workers: {
      start: read.boolean('START_WORKERS', true) && read.boolean('AUTO_START_WORKERS', true) && role !== 'api',
      ...readScaling(read),
      campaigns: read.integer('WORKER_CONCURRENCY', 5, 1, 1000),
      batches: read.integer('QUEUE_CONCURRENCY', 5, 1, 1000),
      maxJobs: read.integer('WORKER_MAX_JOBS', 10, 1, 1_000_000),
      windowMs: read.integer('WORKER_DURATION', 1000, 1, 3_600_000),
      leaseMs: read.integer('WORKER_LEASE_MS', 30_000, 3000, 600_000),
    },
    sending: {
      batchSize: read.integer('EMAIL_BATCH_SIZE', 50, 1, 1000),
      batchDelayMs: read.integer('EMAIL_BATCH_DELAY', 0, 0, 3_600_000),
    },
    sandbox: {
      enabled: read.boolean('SANDBOX', embedded),
      smtpPort: read.integer('SANDBOX_SMTP_PORT', 1025, 0, 65_535),
    },
    returnPath: readReturnPath(read),
    rateLimitEnabled: read.boolean('RATE_LIMIT_ENABLED', true),
    monitoring: read.boolean('MONITORING', true),
    metricsPublic: read.boolean('METRICS_PUBLIC', false),
    bullBoard: read.boolean('BULL_BOARD', false),
    trustProxy: read.networks('TRUST_PROXY'),
    log: {
      level: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
      format: read.oneOf('LOG_FORMAT', ['pretty', 'json'], process.stderr.isTTY ? 'pretty' : 'json') as
        | 'pretty'
        | 'json',
    },
    resendApiKey: readResendKey(read),
  };
  read.finish();
  return Object.freeze(config);
}

function readResendKey(read: EnvReader): string | null {
  const key = read.text('RESEND_API_KEY');
  if (key !== null && !/^[\x21-\x7e]+$/.test(key))
    read.problem('RESEND_API_KEY', 'holds a space or a character that is not ASCII: copy the key again');
  return key;
}

function readScaling(read: EnvReader): Pick<Config['workers'], 'min' | 'max' | 'targetThroughput' | 'maxRssMb'> {
  const cores = os.availableParallelism();
  const min = read.integer('MIN_WORKERS', 1, 0, 1000);
  const max = read.integer('MAX_WORKERS', Math.max(cores, min), 1, 1000);
  if (min > max) read.problem('MIN_WORKERS', `is ${min}, more than MAX_WORKERS (${max})`);
  return {
    min,
    max,
    targetThroughput: read.integer('TARGET_THROUGHPUT', 10_000, 1, 1_000_000_000),
    maxRssMb: read.integer('WORKER_MAX_RSS_MB', 512, 128, 65_536),
  };
}

/** All interfaces by default: mail comes from the outside. */
function readReturnPath(read: EnvReader): Config['returnPath'] {
  const host = read.text('RETURN_PATH_HOST') ?? '0.0.0.0';
  if (read.text('RETURN_PATH_PORT') === null) return null;
  return { host, port: read.integer('RETURN_PATH_PORT', 25, 0, 65_535) };
}

/** REDIS_URL, or the parts of an address one by one. */
function readRedis(read: EnvReader): RedisAddress | null {
  const url = read.text('REDIS_URL');
  const host = read.text('REDIS_HOST');
  const port = read.integer('REDIS_PORT', 6379, 1, 65_535);
  const db = read.integer('REDIS_DB', 0, 0, 1_000_000);
  if (url === null && host === null) return null;
  if (url !== null && host !== null) read.problem('REDIS_HOST', 'and REDIS_URL say the same thing: set one of them');
  const login = `:${encodeURIComponent(read.text('REDIS_PASSWORD') ?? '')}@`;
  const literal = host?.includes(':') ? `[${host}]` : host;
  try {
    return parseRedisAddress(url ?? `redis://${login}${literal}:${port}/${db}`);
  } catch (error) {
    read.problem(url === null ? 'REDIS_HOST' : 'REDIS_URL', messageOf(error));
    return null;
  }
}

function readAdmin(read: EnvReader): Config['admin'] {
  const admin = {
    email: read.text('ADMIN_EMAIL'),
    password: read.text('ADMIN_PASSWORD'),
    apiKey: read.text('ADMIN_API_KEY'),
  };
  if (admin.email !== null && !/^[^\s@]+@[^\s@]+$/.test(admin.email))
    read.problem('ADMIN_EMAIL', 'is not an email address');
  if ((admin.email === null) !== (admin.password === null)) {
    read.problem('ADMIN_PASSWORD', 'and ADMIN_EMAIL belong together: set both or neither');
  }
  const fault = admin.password === null ? null : passwordFault(admin.password, [admin.email ?? '']);
  if (fault !== null) read.problem('ADMIN_PASSWORD', fault);
  if (admin.apiKey !== null && !/^[\x21-\x7e]{24,128}$/.test(admin.apiKey)) {
    read.problem('ADMIN_API_KEY', 'needs 24 to 128 printable characters without spaces');
  }
  return admin;
}

function readOidc(read: EnvReader): OidcSettings | null {
  const issuer = read.url('OIDC_ISSUER', ['https:', 'http:']);
  const clientId = read.text('OIDC_CLIENT_ID');
  const settings = {
    clientSecret: read.text('OIDC_CLIENT_SECRET'),
    name: read.text('OIDC_NAME') ?? 'single sign-on',
    role: readOidcRole(read),
  };
  if (issuer === null) {
    if (clientId !== null) read.problem('OIDC_ISSUER', 'is missing: OIDC_CLIENT_ID is set');
    return null;
  }
  if (clientId === null) read.problem('OIDC_CLIENT_ID', 'is required when OIDC_ISSUER is set');
  if (!isSafeIssuer(issuer)) {
    read.problem('OIDC_ISSUER', 'must be an https:// address; http:// only for a provider on this machine');
    return null;
  }
  return { issuer, clientId: clientId ?? '', ...settings };
}

function readOidcRole(read: EnvReader): OidcSettings['role'] {
  const role = read.oneOf('OIDC_ROLE', ['none', 'viewer', 'editor', 'admin'], 'none');
  return role === 'none' ? null : (role as OidcSettings['role']);
}

function isSafeIssuer(issuer: string): boolean {
  if (!URL.canParse(issuer)) return false;
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
