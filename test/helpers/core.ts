import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Caller, Core } from '../../src/core/context.ts';
import { type AccountRow, insertAccount } from '../../src/db/accounts.ts';
import { openDatabase } from '../../src/db/database.ts';
import { insertWorkspace } from '../../src/db/workspaces.ts';
import { LinkTokens } from '../../src/domain/link-tokens.ts';
import { PageTokens } from '../../src/domain/page-token.ts';
import { RecipientTokens } from '../../src/domain/tokens.ts';
import { PostgresEventBus } from '../../src/events/postgres-bus.ts';
import { RedisEventBus } from '../../src/events/redis-bus.ts';
import { Durations } from '../../src/lib/durations.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { connectRedis, parseRedisAddress } from '../../src/lib/redis.ts';
import { deriveKey, SecretBox } from '../../src/lib/secret-box.ts';
import { openPostgresQueues } from '../../src/queue/postgres-queues.ts';
import { openRedisQueues } from '../../src/queue/redis-queues.ts';
import { freshDatabase, type TestDatabase } from './database.ts';

export interface TestCore {
  readonly core: Core;
  readonly caller: Caller;
  readonly database: TestDatabase;
  /** A sending account on a loopback server. */
  addAccount(port: number, settings?: Partial<Parameters<typeof insertAccount>[1]>): Promise<AccountRow>;
  close(): Promise<void>;
}

/** What everything else is to run on. */
export interface TestParts {
  /** Queues, events and limits of the API go through this Redis. */
  readonly redisUrl?: string | undefined;
}

/** The real parts on a database of their own: what main.ts builds, without the server around it. */
export async function openTestCore(parts: TestParts = {}): Promise<TestCore> {
  const database = await freshDatabase();
  const log = createLogger({ level: process.env.TEST_LOG ?? 'silent', format: 'json' });
  const db = openDatabase(database.config, () => {});
  const address = parts.redisUrl === undefined ? null : parseRedisAddress(parts.redisUrl);
  const own = address && connectRedis(address, 'prompt', () => {});
  const events = address ? new RedisEventBus(address, () => {}) : new PostgresEventBus(db.pool, database.config);
  const queues = address ? openRedisQueues(address, () => {}) : await openPostgresQueues(database.config, () => {});
  const secret = randomBytes(32).toString('hex');
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-test-'));
  const core: Core = {
    db,
    queues,
    events,
    redis: own,
    log,
    durations: new Durations(),
    dataDir,
    secrets: new SecretBox(secret),
    tokens: new RecipientTokens(deriveKey(secret, 'test')),
    linkTokens: new LinkTokens(deriveKey(secret, 'test links')),
    pageTokens: new PageTokens(deriveKey(secret, 'test pages')),
    baseUrl: 'http://localhost:3000',
    sending: { batchSize: 50, batchDelayMs: 0 },
  };
  const workspace = await insertWorkspace(db.sql, 'Test');
  return {
    core,
    database,
    caller: { workspaceId: workspace.id, role: 'owner', userId: null },
    addAccount: (port, settings = {}) =>
      insertAccount(db.sql, {
        workspaceId: workspace.id,
        name: `account ${port}`,
        type: 'smtp',
        host: '127.0.0.1',
        port,
        secure: 'none',
        fromAddress: 'News <news@sender.test>',
        maxConnections: 10,
        maxMessagesPerConnection: 1000,
        timeoutMs: 10_000,
        batchSize: 50,
        batchDelayMs: 0,
        ...settings,
      }),
    close: async () => {
      await queues.close();
      await events.close();
      own?.disconnect();
      await db.close();
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
