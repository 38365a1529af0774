import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { freshDatabase } from './helpers/database.ts';
import { Program } from './helpers/program.ts';

vi.setConfig({ testTimeout: 120_000 });

const KEY = 'a-key-of-an-administrator-of-tests';
const EVENTS = 60;

let running: Program | null = null;
afterEach(async () => {
  await running?.end('SIGKILL');
  running = null;
});

/** Counts what was posted, by id. While it is slow, answers are held, so that a kill finds posts on their way. */
class Endpoint {
  readonly posts = new Map<string, number>();
  isSlow = true;
  readonly #server = http.createServer((request, response) => {
    const id = String(request.headers['webhook-id']);
    this.posts.set(id, (this.posts.get(id) ?? 0) + 1);
    request.resume();
    // A few are answered at once; the rest waits for the kill.
    if (this.isSlow && this.posts.size > 25) return;
    response.writeHead(204).end();
  });

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

it('a server that is killed while it posts: every event arrives, under the id it had', async () => {
  const database = await freshDatabase();
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-webhooks-'));
  const environment = {
    DATABASE_URL: database.url,
    APP_SECRET: 'a secret of the tests only',
    ADMIN_API_KEY: KEY,
    SANDBOX: 'false',
    DATA_DIR: dataDir,
  };
  const start = () => Program.start(['start', '--role', 'api', '--port', '0'], environment, /listens on \S+/);
  const endpoint = new Endpoint();
  const url = await endpoint.listen();
  running = await start();
  const api = /listens on (\S+)/.exec(running.greeting)?.[1];
  const made = await fetch(`${api}/api/webhooks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url, types: ['email.opened'] }),
  });
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as { id: string };
  await database.pool.query('update webhooks set allow_private_addresses = true');
  await database.pool.query(
    `insert into webhook_deliveries (webhook_id, event_id, type, body) select $1, 'event_' || i, 'email.opened', '{}' from generate_series(1, $2) i`,
    [id, EVENTS],
  );
  await expect.poll(() => endpoint.posts.size, { timeout: 30_000, interval: 20 }).toBeGreaterThan(25);
  await running.end('SIGKILL');
  const { rows: left } = await database.pool.query(`select 1 from webhook_deliveries where state = 'pending'`);
  expect(left.length).toBeGreaterThan(EVENTS / 2);
  // What was taken is held for two minutes, which nobody waits for here.
  await database.pool.query(`update webhook_deliveries set next_attempt_at = now() where state = 'pending'`);
  endpoint.isSlow = false;
  running = await start();
  const open = async () =>
    (await database.pool.query(`select 1 from webhook_deliveries where state <> 'delivered'`)).rows.length;
  await expect.poll(open, { timeout: 30_000, interval: 50 }).toBe(0);
  const { rows } = await database.pool.query<{ id: string }>(`select 'msg_' || id as id from webhook_deliveries`);
  expect([...endpoint.posts.keys()].sort()).toEqual(rows.map((row) => row.id).sort());
  expect([...endpoint.posts.values()].filter((times) => times > 1).length).toBeGreaterThan(0);
  endpoint.close();
  fs.rmSync(dataDir, { recursive: true, force: true });
});
