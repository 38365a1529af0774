import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { killTree } from '../bench/process-tree.ts';
import { freshDatabase, type TestDatabase } from './helpers/database.ts';
import { Program } from './helpers/program.ts';

vi.setConfig({ testTimeout: 180_000 });

const KEY = 'a-key-of-an-administrator-of-tests';
const CLIENTS = 8;
const CONNECTIONS = 4;
/** Accepted emails after which everything is killed, once at the first 202 and then in the middle. */
const KILLS = [1, 60, 120];

let running: Program | null = null;
const sink = new CountingSink(25);
afterEach(async () => {
  if (running) killTree(running.pid);
  running = null;
  await sink.close();
});

it('every email that was accepted goes out once, or is unknown, however often everything is killed', async () => {
  const database = await freshDatabase();
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-emails-'));
  const environment = {
    DATABASE_URL: database.url,
    APP_SECRET: 'a secret of the tests only',
    ADMIN_API_KEY: KEY,
    SANDBOX: 'false',
    DATA_DIR: dataDir,
    RATE_LIMIT_ENABLED: 'false',
  };
  const start = async () => {
    running = await Program.start(['start', '--port', '0'], environment, /listens on \S+/);
    return /listens on (\S+)/.exec(running.greeting)?.[1] ?? '';
  };
  let api = await start();
  const post = (route: string, body: object, headers = {}) =>
    fetch(api + route, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const port = await sink.listen();
  const account = { name: 'sink', type: 'smtp', host: '127.0.0.1', port, secure: 'none', from: 'a@sender.test' };
  expect((await post('/api/accounts', { ...account, maxConnections: CONNECTIONS })).status).toBe(201);

  /** Ids of accepted emails by recipient. */
  const accepted = new Map<string, string>();
  let asked = 0;
  let isKilled = false;
  /** Asks with one key until there is an answer, as a careful client does. */
  const send = async () => {
    const to = `one${asked++}@example.test`;
    const headers = { 'idempotency-key': randomUUID() };
    const body = { to, subject: 'Code', textContent: 'Hello' };
    for (;;) {
      const answer = await post('/api/emails', body, headers).catch(() => null);
      if (answer?.status === 202) {
        accepted.set(to, ((await answer.json()) as { id: string }).id);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const client = async (until: number) => {
    while (accepted.size < until) await send();
  };
  for (const until of KILLS) {
    const clients = Array.from({ length: CLIENTS }, () => client(until));
    await Promise.race(clients);
    killTree(running?.pid ?? 0);
    isKilled = true;
    // A request of a process that is gone keeps its key for a minute, which nobody waits for here.
    await database.pool.query(`update idempotency_keys set claimed_at = '-infinity' where status is null`);
    api = await start();
    await Promise.all(clients);
  }
  expect(isKilled).toBe(true);

  const open = 'select count(*)::int as n from email_sends where state in (0, 1, 3)';
  await expect.poll(() => count(database, open), { timeout: 60_000, interval: 100 }).toBe(0);
  await expect
    .poll(() => count(database, `select count(*)::int as n from campaigns where state <> 'completed'`), {
      timeout: 60_000,
    })
    .toBe(0);
  const { rows } = await database.pool.query<{ email: string; state: string; send_id: string }>(
    'select email, state, send_id from email_send_states',
  );
  expect(rows.length).toBe(asked);
  expect(new Set(rows.map(({ email }) => email)).size).toBe(asked);
  for (const { email, state, send_id } of rows) {
    expect(accepted.get(email), email).toBe(send_id);
    const copies = sink.copies.get(email) ?? 0;
    if (state === 'sent') expect(copies, email).toBe(1);
    else expect([state, copies <= 1], email).toEqual(['unknown', true]);
  }
  const unknown = rows.filter(({ state }) => state === 'unknown').length;
  expect(unknown).toBeLessThanOrEqual(KILLS.length * CONNECTIONS * 2);
  fs.rmSync(dataDir, { recursive: true, force: true });
});

async function count({ pool }: TestDatabase, query: string): Promise<number> {
  return (await pool.query<{ n: number }>(query)).rows[0]?.n ?? 0;
}
