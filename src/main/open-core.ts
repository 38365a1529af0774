import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import type { Config } from '../config.ts';
import type { Core } from '../core/context.ts';
import { openDatabase } from '../db/database.ts';
import { LinkTokens } from '../domain/link-tokens.ts';
import { PageTokens } from '../domain/page-token.ts';
import { RecipientTokens } from '../domain/tokens.ts';
import type { EventBus } from '../events/bus.ts';
import { PostgresEventBus } from '../events/postgres-bus.ts';
import { RedisEventBus } from '../events/redis-bus.ts';
import { Durations } from '../lib/durations.ts';
import type { Logger } from '../lib/logger.ts';
import { connectRedis, describeRedis, disconnect, type RedisClient } from '../lib/redis.ts';
import { deriveKey, SecretBox } from '../lib/secret-box.ts';
import { openPostgresQueues } from '../queue/postgres-queues.ts';
import type { Queues } from '../queue/queues.ts';
import { openRedisQueues } from '../queue/redis-queues.ts';
import type { Stop } from './stops.ts';

/** The parts that use cases are built on; how to take them down again is added to `stops`. */
export async function openCore(
  config: Config,
  connection: pg.PoolConfig,
  baseUrl: string,
  log: Logger,
  stops: Stop[],
): Promise<Core> {
  const away = quietly(log, 'the database is away');
  const db = openDatabase(connection, away);
  stops.push({ part: 'database connections', stop: () => db.close() });
  const { redis, events, queues } = await openMessaging(config, connection, db.pool, log, away);
  if (redis) stops.push({ part: 'Redis', stop: async () => disconnect(redis) });
  stops.push({ part: 'events', stop: () => events.close() });
  stops.push({ part: 'queues', stop: () => queues.close() });
  const secret = config.appSecret ?? storedSecret(config.dataDir);
  return {
    db,
    queues,
    events,
    redis,
    log,
    durations: config.monitoring ? new Durations() : null,
    secrets: new SecretBox(secret),
    tokens: new RecipientTokens(deriveKey(secret, 'postrider recipient tokens v1')),
    linkTokens: new LinkTokens(deriveKey(secret, 'postrider link tokens v1')),
    pageTokens: new PageTokens(deriveKey(secret, 'postrider page tokens v1')),
    baseUrl,
    dataDir: config.dataDir,
    sending: config.sending,
  };
}

/** What passes between processes: over Redis where it is configured, else over PostgreSQL. */
async function openMessaging(
  { redis: address }: Config,
  connection: pg.PoolConfig,
  pool: pg.Pool,
  log: Logger,
  databaseAway: (error: Error) => void,
): Promise<{ redis: RedisClient | null; events: EventBus; queues: Queues }> {
  const overPostgres = new PostgresEventBus(pool, connection);
  if (address === null) {
    const queues = await openPostgresQueues(connection, databaseAway);
    return { redis: null, events: overPostgres, queues };
  }
  const away = quietly(log, `${describeRedis(address)} is away`);
  const redis = connectRedis(address, 'prompt', away);
  const events = new RedisEventBus(address, away, overPostgres);
  return { redis, events, queues: openRedisQueues(address, away) };
}

/** APP_SECRET of an installation that was not given one: made once, kept in the data directory. */
function storedSecret(dataDir: string): string {
  const file = path.join(dataDir, 'app-secret');
  try {
    fs.writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return fs.readFileSync(file, 'utf8').trim();
}

const SAY_AGAIN_MS = 30_000;

/** Logs a repeated trouble once in a while instead of hundreds of times. */
function quietly(log: Logger, message: string): (error: Error) => void {
  let saidAt = 0;
  return (error) => {
    if (Date.now() - saidAt < SAY_AGAIN_MS) return;
    saidAt = Date.now();
    log.warn({ err: error }, message);
  };
}
