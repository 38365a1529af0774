import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { linuxMissing, runsHere } from '../../../test/helpers/runs-here.ts';
import { accountOf, unprivilegedAccount } from './accounts.ts';
import { connectionUrl } from './connection.ts';
import { isPostgres, isProcess, startOf } from './processes.ts';
import { ServerLog } from './server-log.ts';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-test-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));
afterEach(() => {
  for (const name of fs.readdirSync(dir)) fs.rmSync(path.join(dir, name));
});

describe('the log', () => {
  it('is bounded at a start and shows only lines of this start', () => {
    const file = path.join(dir, 'log');
    fs.writeFileSync(file, 'old\n');
    fs.truncateSync(file, 11 * 1024 * 1024);
    const log = new ServerLog(file);
    fs.writeSync(log.fd, 'one\ntwo\n');
    expect(log.tail(1)).toEqual(['two']);
    expect(log.tail()).toEqual(['one', 'two']);
    expect([file, `${file}.1`].map((name) => fs.statSync(name).size)).toEqual([8, 11 * 1024 * 1024]);
    log.close();
    const again = new ServerLog(file);
    expect(again.tail()).toEqual([]);
    again.close();
  });
});

describe('accounts', () => {
  it('prefers nobody, takes any but root, and knows when there is none', () => {
    const file = path.join(dir, 'passwd');
    const read = (text: string) => {
      fs.writeFileSync(file, text);
      return unprivilegedAccount(file)?.name ?? null;
    };
    expect(read('root:x:0:0::/root:\npostgres:x:101:104::/:\nnobody:x:65534:65534::/:\n')).toBe('nobody');
    expect(read('root:x:0:0::/root:\nnode:x:1000:1000::/:\n')).toBe('node');
    expect(read('root:x:0:0::/root:\nbroken\n')).toBe(null);
    expect(accountOf(7, file)).toBe(null);
    expect(unprivilegedAccount(path.join(dir, 'absent'))).toBe(null);
  });
});

describe('processes', () => {
  it('knows a postmaster and its children from programs that only mention them', () => {
    const lines = [
      '/opt/My Dir/bin/postgres\0-D\0/x',
      'postgres: postrider-1: checkpointer ',
      'postgres: a: u db [local] idle\0\0',
    ];
    expect(lines.map(isPostgres)).toEqual([true, true, true]);
    expect(['vim\0/etc/postgres', 'postgres_exporter\0', 'grep\0postgres: x', ''].map(isPostgres)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it.runIf(runsHere('telling processes apart', linuxMissing()))('tells a process from a later one with its pid', () => {
    const start = startOf(process.pid);
    expect(isProcess(process.pid, start!)).toBe(true);
    expect(isProcess(process.pid, start! - 1)).toBe(false);
  });
});

describe('a connection as an address', () => {
  it('is read back by pg', () => {
    const connection = {
      host: '/run/a b/ü',
      port: 5432,
      user: 'postrider',
      password: 'p@ss/w:rd',
      database: 'postrider',
    };
    expect(new pg.Client({ connectionString: connectionUrl(connection) })).toMatchObject(connection);
    const loopback = { ...connection, host: '127.0.0.1', port: 6000 };
    expect(new pg.Client({ connectionString: connectionUrl(loopback) })).toMatchObject(loopback);
  });
});
