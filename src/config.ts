import path from 'node:path';
import { AppError, type ErrorDetail } from './errors.ts';

/** Everything the environment can say, checked once. Times in milliseconds unless the name says otherwise. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Public address used in unsubscribe and tracking links, without a trailing slash; null: this machine, on the port. */
  readonly baseUrl: string | null;
  /** Null: run the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** Null: generated into `dataDir` at first start. Required with a `databaseUrl`, where several nodes must agree. */
  readonly appSecret: string | null;
  readonly admin: { readonly email: string | null; readonly password: string | null; readonly apiKey: string | null };
  readonly workers: {
    readonly start: boolean;
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
  readonly log: { readonly level: string; readonly format: 'pretty' | 'json' };
  /** Variables that are understood but have no effect in this release; said at start, so that nobody relies on them. */
  readonly withoutEffect: readonly string[];
}

/** Options of the command line that win over the environment. */
export interface ConfigOverrides {
  readonly port?: string;
  readonly host?: string;
  readonly dataDir?: string;
  readonly role?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Reads and checks the environment; throws CONFIG_INVALID with one finding for every problem. */
export function readConfig(env: Env, overrides: ConfigOverrides = {}): Config {
  const read = new EnvReader(env, overrides);
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
    dataDir: path.resolve(read.text('DATA_DIR') ?? 'data'),
    appSecret,
    admin: readAdmin(read),
    workers: {
      start: read.boolean('START_WORKERS', true) && read.boolean('AUTO_START_WORKERS', true) && role !== 'api',
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
    log: {
      level: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
      format: read.oneOf('LOG_FORMAT', ['pretty', 'json'], process.stderr.isTTY ? 'pretty' : 'json') as
        | 'pretty'
        | 'json',
    },
    withoutEffect: WITHOUT_EFFECT.filter((name) => read.text(name) !== null),
  };
  checkAutoscaling(read);
  read.finish();
  return Object.freeze(config);
}

/** Redis, autoscaling and provider accounts come with later releases; until then their variables are only checked. */
const WITHOUT_EFFECT = [
  'REDIS_URL',
  'REDIS_HOST',
  'MIN_WORKERS',
  'MAX_WORKERS',
  'TARGET_THROUGHPUT',
  'RATE_LIMIT_ENABLED',
  'RESEND_API_KEY',
];

function checkAutoscaling(read: EnvReader): void {
  const min = read.integer('MIN_WORKERS', 1, 0, 1000);
  const max = read.integer('MAX_WORKERS', 1000, 1, 1000);
  if (min > max) read.problem('MIN_WORKERS', `is ${min}, more than MAX_WORKERS (${max})`);
  read.integer('TARGET_THROUGHPUT', 10_000, 1, 1_000_000_000);
  read.boolean('RATE_LIMIT_ENABLED', true);
  read.url('REDIS_URL', ['redis:', 'rediss:']);
  read.integer('REDIS_PORT', 6379, 1, 65_535);
  read.integer('REDIS_DB', 0, 0, 1_000_000);
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
  if (admin.password !== null && admin.password.length < 10)
    read.problem('ADMIN_PASSWORD', 'needs at least 10 characters');
  if (admin.apiKey !== null && !/^[\x21-\x7e]{24,128}$/.test(admin.apiKey)) {
    read.problem('ADMIN_API_KEY', 'needs 24 to 128 printable characters without spaces');
  }
  return admin;
}

class EnvReader {
  readonly #values: Env;
  readonly #problems: ErrorDetail[] = [];

  constructor(env: Env, overrides: ConfigOverrides) {
    this.#values = {
      ...env,
      ...(overrides.port === undefined ? {} : { PORT: overrides.port }),
      ...(overrides.host === undefined ? {} : { HOST: overrides.host }),
      ...(overrides.dataDir === undefined ? {} : { DATA_DIR: overrides.dataDir }),
      ...(overrides.role === undefined ? {} : { ROLE: overrides.role }),
    };
  }

  problem(name: string, message: string): void {
    this.#problems.push({ path: name, message });
  }

  text(name: string): string | null {
    const value = this.#values[name]?.trim();
    return value ? value : null;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const text = this.text(name);
    if (text === null) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    this.problem(name, `must be a whole number from ${min} to ${max}, but is "${text}"`);
    return fallback;
  }

  boolean(name: string, fallback: boolean): boolean {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return fallback;
    if (['true', '1', 'yes', 'on'].includes(text)) return true;
    if (['false', '0', 'no', 'off'].includes(text)) return false;
    this.problem(name, `must be true or false, but is "${text}"`);
    return fallback;
  }

  oneOf(name: string, allowed: readonly string[], fallback: string): string {
    const text = this.text(name);
    if (text === null) return fallback;
    if (allowed.includes(text)) return text;
    this.problem(name, `must be one of ${allowed.join(', ')}, but is "${text}"`);
    return fallback;
  }

  url(name: string, protocols: readonly string[]): string | null {
    const text = this.text(name);
    if (text === null) return null;
    // A socket address (`postgresql:///db?host=/run/…`, `postgresql://u:p@/db`) has no host, which the URL class refuses.
    const protocol = /^([a-z]+:)\/\//i.exec(text)?.[1]?.toLowerCase();
    if (protocol && protocols.includes(protocol)) return text;
    this.problem(name, `must be an address that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`);
    return null;
  }

  finish(): void {
    if (this.#problems.length === 0) return;
    const lines = this.#problems.map(({ path: name, message }) => `  ${name} ${message}`);
    throw new AppError(
      'CONFIG_INVALID',
      `The configuration has ${lines.length === 1 ? 'a problem' : `${lines.length} problems`}:\n${lines.join('\n')}`,
      {
        details: this.#problems,
      },
    );
  }
}
