import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { freshDatabase } from './helpers/database.ts';
import { FeedServer } from './helpers/feed-server.ts';
import { Program } from './helpers/program.ts';

vi.setConfig({ testTimeout: 120_000 });

const KEY = 'a-key-of-an-administrator-of-tests';
const GATE = 4711;

/** Where a launch is when it is killed: the statement waits for a lock that the test has. */
const MOMENTS = [
  ['the campaign is being stored', 'insert on campaigns', 'true'],
  ['the campaign is stored, and being launched', 'update on campaigns', `new.state = 'waiting'`],
  [
    'the campaign is launched, and the occurrence not settled',
    'update on series_occurrences',
    `new.state = 'launched'`,
  ],
] as const;

const running: Program[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.end('SIGKILL')));
});

it('two servers that are killed at every step of a launch: one campaign, and each item in it once', async () => {
  const database = await freshDatabase();
  const { pool } = database;
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-series-'));
  const environment = {
    DATABASE_URL: database.url,
    APP_SECRET: 'a secret of the tests only',
    ADMIN_API_KEY: KEY,
    SANDBOX: 'false',
    DATA_DIR: dataDir,
  };
  const start = async () => {
    const program = await Program.start(['start', '--role', 'api', '--port', '0'], environment, /listens on \S+/);
    running.push(program);
    return program;
  };
  const feed = await FeedServer.start();
  feed.serveRss([2, 1]);
  const api = /listens on (\S+)/.exec((await start()).greeting)?.[1];
  const call = async (url: string, body: object) => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    const answer = await fetch(`${api}${url}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(201);
    return (await answer.json()) as { id: string };
  };
  const account = { type: 'smtp', host: '127.0.0.1', port: 25, secure: 'none', from: 'News <news@sender.test>' };
  await call('/api/accounts', { name: 'Any', ...account });
  const list = await call('/api/lists', { name: 'Readers' });
  const { id } = await call('/api/series', {
    name: 'News',
    subject: '{{ items.size }} posts',
    textContent: '{% for item in items %}{{ item.title }}, {% endfor %}',
    audience: { listIds: [list.id] },
    schedule: { every: 'day', at: '09:00' },
    feed: { url: 'https://blog.test/feed' },
  });
  // A key of an administrator cannot allow it.
  await pool.query(`update series set feed = feed || $1`, [{ url: feed.url, allowPrivateAddresses: true }]);

  const gate = await pool.connect();
  const waiting = async () =>
    (
      await pool.query(
        `select pid from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`,
      )
    ).rows;
  for (const [moment, event, condition] of MOMENTS) {
    await gate.query('select pg_advisory_lock($1)', [GATE]);
    await pool.query(`
      create or replace function wait_at_gate() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock_shared(${GATE}); return new; end $$;
      create trigger gate before ${event} for each row when (${condition}) execute function wait_at_gate();`);
    if (running.length < 2) await start();
    await pool.query(`update series set next_at = now() where not exists (select from series_occurrences)`);
    await pool.query(`update series_occurrences set next_try_at = now()`);
    await expect.poll(waiting, { message: moment, timeout: 30_000, interval: 20 }).toHaveLength(1);
    await Promise.all(running.splice(0).map((program) => program.end('SIGKILL')));
    // What its last statement was about to do is done all the same, or not, as PostgreSQL finds its client gone.
    await gate.query('select pg_advisory_unlock($1)', [GATE]);
    await expect.poll(waiting, { timeout: 10_000, interval: 20 }).toHaveLength(0);
    await pool.query(`drop trigger gate on ${event.split(' ').at(-1)}`);
  }
  gate.release();
  await start();
  await pool.query(`update series_occurrences set next_try_at = now()`);
  const states = async () => (await pool.query('select state from series_occurrences')).rows;
  await expect.poll(states, { timeout: 30_000, interval: 50 }).toEqual([{ state: 'launched' }]);
  const { rows } = await pool.query(
    `select c.state, v.subject, v.text from campaigns c join template_versions v on v.id = c.template_version_id where series_id = $1`,
    [id],
  );
  expect(rows).toEqual([{ state: 'waiting', subject: '2 posts', text: 'Post 2, Post 1, ' }]);
  expect((await pool.query('select 1 from series_items')).rowCount).toBe(2);
  feed.close();
  fs.rmSync(dataDir, { recursive: true, force: true });
});
