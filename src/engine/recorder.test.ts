import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../test/helpers/database.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { Recorder } from './recorder.ts';

const NOTHING_MORE = { charged: true, class: null, dueAt: null, since: null, suppressIn: null };

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = new pg.Pool({ ...database.config, max: 1 });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
});
afterAll(() => pool.end());

it('gives a connection back that is cut before its first statement', async () => {
  let cuts = 3;
  const recorder = new Recorder({
    connect: async () => {
      const client = await pool.connect();
      if (cuts-- > 0) {
        const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
        await database.pool.query('select pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
      }
      return client;
    },
    onRecorded: () => {},
    onError: () => {},
  });
  const outcome = { sendId: uuid7(), campaignId: uuid7(), accountId: uuid7(), seq: 1, fence: 1, attempt: 1 };
  const kept = await new Promise((resolve) => {
    const sent = { ...NOTHING_MORE, state: STATE_CODE.sent, code: 250, response: '250 OK', sentAt: new Date() };
    recorder.add({ ...sent, ...outcome }, resolve);
  });
  recorder.close();
  expect(kept).toBe(true);
  expect(cuts).toBe(-1);
});
