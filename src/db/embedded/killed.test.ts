import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { linuxMissing, rootMissing, runsHere } from '../../../test/helpers/runs-here.ts';
import { programsWithoutLinks } from '../../../test/helpers/unlinked-programs.ts';
import { packageRoot } from '../../lib/package-root.ts';
import type { EmbeddedConnection } from './connection.ts';
import { isRunning, lineOf } from './processes.ts';
import { type EmbeddedPostgresOptions, type Internals, startWith } from './supervisor.ts';

/** A whole Node process that owns a database: what can be killed. It answers with one line and stops at the end of its input. */
const OWNER = `
import { startWith } from './supervisor.ts';
const { options, internals } = JSON.parse(process.argv[2]);
const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
try {
  const server = await startWith(options, internals);
  const { connection, pid, recovered } = server;
  process.stdin.on('end', () => server.stop()).resume();
  say({ ok: true, connection, pid, recovered });
} catch (error) {
  say({ ok: false, code: error.code, message: error.message });
}`;

interface Answer {
  readonly ok: boolean;
  readonly pid: number;
  readonly recovered: boolean;
  readonly connection: EmbeddedConnection;
  readonly code?: string;
  readonly message?: string;
}

const program = path.join(packageRoot(), 'node_modules', '.cache', `postrider-owner-${process.pid}.mjs`);
const undo: Array<() => unknown> = [];
const runsAsRoot = runsHere('what a killed root leaves of another user', rootMissing());
const runsOnLinux = runsHere('a PostgreSQL that dies with its owner', linuxMissing());

let used = '';

beforeAll(async () => {
  used = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-test-'));
  await (await startWith({ dataDir: used, durable: false }, {})).stop();
  await build({
    stdin: { contents: OWNER, resolveDir: import.meta.dirname, loader: 'ts' },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
});
afterAll(() => {
  for (const file of [program, used]) fs.rmSync(file, { recursive: true, force: true });
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function temporary(): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-test-'));
  undo.push(() => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}

function owner(options: EmbeddedPostgresOptions, internals: Internals = {}, prefix: string[] = []) {
  const [file = '', ...args] = [...prefix, process.execPath, program, JSON.stringify({ options, internals })];
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, HOME: '/nonexistent' },
  });
  undo.push(() => kill(child));
  const answer = new Promise<Answer>((resolve, reject) => {
    readline.createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as Answer));
    child.once('exit', () => reject(new Error('the owner ended without an answer')));
  });
  answer.catch(() => {});
  return { child, answer };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** A data directory that was used and stopped before: quicker to copy than to make. */
function usedDirectory(): string {
  const dataDir = path.join(temporary(), 'data');
  fs.cpSync(used, dataDir, { recursive: true });
  return dataDir;
}

async function startHere(dataDir: string, internals: Internals = {}) {
  const before = Date.now();
  const server = await startWith({ dataDir }, internals);
  undo.push(() => server.stop());
  expect(Date.now() - before).toBeLessThan(25_000);
  return server;
}

async function connect(connection: EmbeddedConnection): Promise<pg.Client> {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  undo.push(() => client.end().catch(() => {}));
  return client;
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !condition(); await delay(5)) {
    if (Date.now() > end) throw new Error('it did not happen within 10 s');
  }
}

const WRITE = 'create table kept as select 7 as n';
const READ = 'select n from kept';

describe('an owner that was killed', () => {
  it.runIf(runsOnLinux)('takes its PostgreSQL with it', async () => {
    const dataDir = usedDirectory();
    const first = owner({ dataDir });
    const { pid, connection } = await first.answer;
    await (await connect(connection)).query(WRITE);
    await kill(first.child);
    await until(() => lineOf(pid) === '');
    const next = await startHere(dataDir);
    expect(next.recovered).toBe(true);
    expect((await (await connect(next.connection)).query(READ)).rows).toEqual([{ n: 7 }]);
  });

  it('may leave its PostgreSQL running: the next start stops it and starts its own', async () => {
    const dataDir = usedDirectory();
    const first = owner({ dataDir }, { leash: false });
    const { pid, connection } = await first.answer;
    await (await connect(connection)).query(WRITE);
    await kill(first.child);
    expect(isRunning(pid)).toBe(true);
    const next = await startHere(dataDir);
    expect(lineOf(pid)).toBe('');
    expect(next.recovered).toBe(true);
    expect((await (await connect(next.connection)).query(READ)).rows).toEqual([{ n: 7 }]);
  });

  it.runIf(runsAsRoot)('may have run it as another user', async () => {
    const dataDir = usedDirectory();
    const first = owner({ dataDir }, { leash: false, only: 'user' });
    const { pid } = await first.answer;
    await kill(first.child);
    const next = await startHere(dataDir, { only: 'user' });
    expect(lineOf(pid)).toBe('');
    expect(next.recovered).toBe(true);
  });

  it('may have died together with PostgreSQL, one of whose backends still computes', async () => {
    const dataDir = usedDirectory();
    const first = owner({ dataDir });
    const { pid, connection } = await first.answer;
    const client = await connect(connection);
    await client.query(WRITE);
    const backend = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
    client.query('select sum(n) from generate_series(1, 100000000000) n').catch(() => {});
    await delay(100);
    process.kill(pid, 'SIGKILL');
    await kill(first.child);
    const next = await startHere(dataDir);
    expect(lineOf(backend)).toBe('');
    expect(next.recovered).toBe(true);
    expect((await (await connect(next.connection)).query(READ)).rows).toEqual([{ n: 7 }]);
  });

  it.each([true, false])('may have been in the middle of creating the database (leash: %s)', async (leash) => {
    const dataDir = temporary();
    const first = owner({ dataDir }, { leash });
    const home = path.join(dataDir, 'postgres');
    const drafts = () => (fs.existsSync(home) ? fs.readdirSync(home).filter((name) => name.startsWith('draft-')) : []);
    await until(() => drafts().some((name) => fs.existsSync(path.join(home, name, 'global'))));
    await kill(first.child);
    expect(fs.existsSync(path.join(home, 'data'))).toBe(false);
    const next = await startHere(dataDir);
    expect(next.recovered).toBe(false);
    expect(drafts()).toEqual([]);
  });
});

describe('two owners', () => {
  it.each([
    ['with file locks', true],
    ['without file locks', false],
  ])('are never let on one directory, %s', async (_, kernelLock) => {
    const dataDir = temporary();
    const rivals = [1, 2, 3].map(() => owner({ dataDir, durable: false }, { kernelLock }));
    const answers = await Promise.all(rivals.map(({ answer }) => answer));
    const winner = rivals[answers.findIndex(({ ok }) => ok)]!;
    const losers = answers.filter(({ ok }) => !ok);
    expect(losers.map(({ code }) => code)).toEqual(['EMBEDDED_IN_USE', 'EMBEDDED_IN_USE']);
    const late = await owner({ dataDir, durable: false }, { kernelLock }).answer;
    expect(late.message).toContain(`${dataDir} is in use by Postrider in process ${winner.child.pid}.`);
    winner.child.stdin.end();
    await until(() => winner.child.exitCode === 0);
    await startHere(dataDir, { kernelLock });
  });

  it('do not wait for one another when the first was killed, without file locks', async () => {
    const dataDir = usedDirectory();
    const first = owner({ dataDir, durable: false }, { kernelLock: false });
    await first.answer;
    await kill(first.child);
    const next = await startHere(dataDir, { kernelLock: false });
    expect(next.recovered).toBe(true);
  });
});

describe('an ordinary user without a home', () => {
  const nobody = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'];

  /** Also where Node or this checkout lies below a closed directory such as /root. */
  function nobodyMissing(): string | null {
    if (rootMissing() !== null) return rootMissing();
    try {
      const check = `require('fs').accessSync(${JSON.stringify(packageRoot())})`;
      execFileSync(nobody[0]!, [...nobody.slice(1), process.execPath, '-e', check], { stdio: 'ignore' });
      return null;
    } catch {
      return `the user nobody cannot run ${process.execPath} on ${packageRoot()}`;
    }
  }
  const runs = runsHere('embedded PostgreSQL for a user without a home', nobodyMissing());

  it.runIf(runs)('has its socket beside the data, or elsewhere below a long path', async () => {
    for (const name of ['data', 'x'.repeat(120)]) {
      const dir = temporary();
      fs.chmodSync(dir, 0o777);
      const dataDir = path.join(dir, name);
      const { child, answer } = owner({ dataDir, durable: false }, {}, nobody);
      const { connection, message } = await answer;
      expect(message).toBeUndefined();
      expect(connection.host.startsWith(dataDir)).toBe(name === 'data');
      expect((await (await connect(connection)).query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      child.stdin.end();
      await until(() => child.exitCode === 0);
    }
  });

  it.runIf(runs)(
    'runs a copy of the programs when the installed ones lack their links and cannot be mended',
    async () => {
      const [readOnly, dataDir] = [temporary(), temporary()];
      fs.chmodSync(readOnly, 0o755);
      fs.chownSync(dataDir, 65534, 65534);
      const { child, answer } = owner(
        { dataDir, durable: false },
        { programs: programsWithoutLinks(readOnly) },
        nobody,
      );
      const { pid, message } = await answer;
      expect(message).toBeUndefined();
      expect(lineOf(pid)).toMatch(new RegExp(`^${dataDir}/postgres/programs/`));
      child.stdin.end();
      await until(() => child.exitCode === 0);
    },
  );

  it.runIf(runs)('is told in words when the data directory belongs to somebody else', async () => {
    const { answer } = owner({ dataDir: temporary() }, {}, nobody);
    expect(await answer).toMatchObject({ ok: false, code: 'EMBEDDED_NO_ACCESS' });
  });
});
