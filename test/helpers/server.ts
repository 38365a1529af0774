import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Postrider, readConfig, type StartOptions, startPostrider } from '../../src/main.ts';
import { freshDatabase } from './database.ts';

export interface TestServer {
  readonly postrider: Postrider;
  /** Where dashboard and API listen. */
  readonly url: string;
  /** For the one-time login link. */
  readonly loginToken: string;
  /** An administrator's key. */
  readonly apiKey: string;
  stop(): Promise<void>;
}

interface TestServerOptions extends Pick<StartOptions, 'hysteresis'> {
  /** With a database server of its own, as on a fresh machine; else with a database of the one that all tests share. */
  readonly embedded?: boolean;
}

/** The whole product as main.ts builds it, built-in mailbox included, on free ports. */
export async function startTestServer(
  environment: Readonly<Record<string, string>> = {},
  workers: StartOptions['workers'] = 'inside',
  { embedded = false, ...options }: TestServerOptions = {},
): Promise<TestServer> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-server-'));
  const apiKey = randomBytes(24).toString('hex');
  const config = readConfig({
    DATA_DIR: dataDir,
    PORT: '0',
    SANDBOX: 'true',
    SANDBOX_SMTP_PORT: '0',
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
    ADMIN_API_KEY: apiKey,
    ...(embedded ? {} : { DATABASE_URL: (await freshDatabase()).url, APP_SECRET: randomBytes(32).toString('hex') }),
    ...environment,
  });
  const postrider = await startPostrider(config, { api: true, workers, ...options });
  const { url, loginToken } = postrider;
  if (url === null || loginToken === null) throw new Error('The test server has no address or no login link');
  return {
    postrider,
    url,
    loginToken,
    apiKey,
    stop: async () => {
      await postrider.stop();
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
