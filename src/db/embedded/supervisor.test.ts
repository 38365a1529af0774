import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { linuxMissing, rootMissing, runsHere } from '../../../test/helpers/runs-here.ts';
import { programsWithoutLinks } from '../../../test/helpers/unlinked-programs.ts';
import { findPrograms } from './binaries.ts';
import { chooseRunner } from './choose-runner.ts';
import { connectionUrl } from './connection.ts';
import { layoutOf } from './layout.ts';
import { clusterArgument, launch } from './runner.ts';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, type Internals, startWith } from './supervisor.ts';

const root = process.getuid?.() === 0;
const runsAsRoot = runsHere('embedded PostgreSQL under root', rootMissing());
const runsOnLinux = runsHere('embedded PostgreSQL beside other processes', linuxMissing());
const undo: Array<() => unknown> = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function temporary(parent = os.tmpdir()): string {
  const dir = fs.mkdtempSync(path.join(parent, 'postrider-test-'));
  undo.push(() => fs.rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function start(dataDir: string, options: Partial<EmbeddedPostgresOptions> = {}, internals: Internals = {}) {
  const server = await startWith({ dataDir, durable: false, ...options }, internals);
  undo.push(() => server.stop());
  return server;
}

/** A data directory that was used and stopped before: quicker to copy than to make. */
function usedDirectory(): string {
  const dataDir = path.join(temporary(), 'data');
  fs.cpSync(used, dataDir, { recursive: true });
  return dataDir;
}

let used = '';
beforeAll(async () => {
  used = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-test-'));
  await (await startWith({ dataDir: used, durable: false }, {})).stop();
});
afterAll(() => fs.rmSync(used, { recursive: true, force: true }));

async function query<T extends pg.QueryResultRow>(server: EmbeddedPostgres, sql: string): Promise<T> {
  const client = new pg.Client({ connectionString: connectionUrl(server.connection) });
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query<T>(sql);
  await client.end();
  return rows[0] as T;
}

const modeOf = (file: string) => (fs.statSync(file).mode & 0o777).toString(8);

describe('a first start', () => {
  it('brings up PostgreSQL 18 with the promised settings and keeps everything private', async () => {
    const dataDir = path.join(temporary(), 'data');
    const lines: string[] = [];
    const server = await start(dataDir, { durable: true, log: (line) => lines.push(line) });
    const settings = await query(
      server,
      `select current_setting('server_version_num')::int / 10000 as major, current_setting('fsync') as fsync,
         current_setting('full_page_writes') as full_page_writes, current_setting('data_checksums') as checksums,
         current_setting('listen_addresses') as listen, current_setting('jit') as jit, datlocprovider as provider,
         datlocale as locale, pg_encoding_to_char(encoding) as encoding, 'ÄÖÉ' ilike 'äöé' as folds
       from pg_database where datname = current_database()`,
    );
    expect(settings).toEqual({
      major: 18,
      fsync: 'on',
      full_page_writes: 'on',
      checksums: 'on',
      listen: '',
      jit: 'off',
      provider: 'b',
      locale: 'C.UTF-8',
      encoding: 'UTF8',
      folds: true,
    });
    expect(server.recovered).toBe(false);
    expect(lines).toEqual([expect.stringContaining('creating the database')]);
    expect([dataDir, path.join(dataDir, 'postgres'), server.connection.host].map(modeOf)).toEqual([
      '700',
      '700',
      '700',
    ]);
    expect(['password', 'log'].map((name) => modeOf(path.join(dataDir, 'postgres', name)))).toEqual(['600', '600']);
    const wrong = new pg.Client({ ...server.connection, password: 'guess' });
    await expect(wrong.connect()).rejects.toMatchObject({ code: '28P01' });
  });

  it.runIf(runsOnLinux)('opens no TCP port', async () => {
    const server = await start(usedDirectory());
    const listening = ['tcp', 'tcp6'].flatMap((name) =>
      fs
        .readFileSync(`/proc/net/${name}`, 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/\s+/)[9]),
    );
    const sockets = fs
      .readdirSync(`/proc/${server.pid}/fd`)
      .map((fd) => /^socket:\[(\d+)]$/.exec(fs.readlinkSync(`/proc/${server.pid}/fd/${fd}`))?.[1])
      .filter((inode) => inode !== undefined);
    expect(sockets.length).toBeGreaterThan(0);
    expect(sockets.filter((inode) => listening.includes(inode))).toEqual([]);
  });

  it('works below a path that is too long for a socket', async () => {
    const server = await start(path.join(temporary(), 'x'.repeat(120), 'it\'s, a "path"'));
    expect(await query(server, 'select 1 as one')).toEqual({ one: 1 });
    await server.stop();
    expect(fs.existsSync(server.connection.host)).toBe(false);
  });

  it.runIf(runsAsRoot)(
    'works as root in a user namespace with program and data in a directory closed to others',
    async () => {
      const closed = temporary('/root'); // mode 0700 in a directory of mode 0700
      const server = await start(
        path.join(closed, 'data'),
        {},
        { only: 'namespace', programs: programsWithoutLinks(closed) },
      );
      expect(fs.readFileSync(`/proc/${server.pid}/cmdline`, 'utf8')).toContain(closed);
      expect(fs.readFileSync(`/proc/${server.pid}/uid_map`, 'utf8').trim()).toMatch(/^65534\s+0\s+1$/);
      expect(await query(server, 'select 1 as one')).toEqual({ one: 1 });
    },
  );

  it.runIf(runsAsRoot)(
    'works as root with the uid of an existing user, through a copy of the programs it can reach',
    async () => {
      const closed = temporary('/root');
      const homes = [path.join(closed, 'unreachable'), path.join(temporary(), 'shared')];
      fs.chmodSync(path.dirname(homes[1]!), 0o755);
      const programs = programsWithoutLinks(closed);
      const dataDir = path.join(closed, 'data');
      const internals: Internals = { only: 'user', programs, programHomes: homes };
      const first = await start(dataDir, {}, internals);
      expect(fs.statSync(`/proc/${first.pid}`).uid).not.toBe(0);
      expect(fs.readFileSync(`/proc/${first.pid}/cmdline`, 'utf8')).toContain(homes[1]);
      await query(first, 'create table kept (n int)');
      await first.stop();
      expect(modeOf(dataDir)).toBe('700');
      // The same cluster under the other identity, and back again.
      const second = await start(dataDir, {}, { ...internals, only: 'namespace' });
      expect(fs.statSync(`/proc/${second.pid}`).uid).toBe(0);
      await query(second, 'insert into kept values (1)');
      await second.stop();
      fs.rmSync(path.join(homes[1]!, fs.readdirSync(homes[1]!)[0]!, 'share', 'postgresql', 'postgres.bki')); // a cleaner of /tmp
      const third = await start(dataDir, {}, internals);
      expect(await query(third, 'select n from kept')).toEqual({ n: 1 });
    },
  );

  it('repairs the library links that npm does not make', async () => {
    const programs = programsWithoutLinks(temporary());
    fs.symlinkSync('libicuuc.so.60.2', path.join(programs.native, 'lib', 'libicuuc.so.60')); // one is there already
    const internals: Internals = root ? { programs, only: 'namespace' } : { programs };
    const server = await start(temporary(), {}, internals);
    expect(await query(server, 'select 1 as one')).toEqual({ one: 1 });
    expect(fs.readlinkSync(path.join(programs.native, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  });
});

describe('a later start', () => {
  it('finds the data, the same password and no recovery after an orderly stop', async () => {
    const dataDir = usedDirectory();
    const first = await start(dataDir);
    await query(first, 'create table kept as select 7 as n');
    const open = new pg.Client(first.connection); // an idle connection does not hold up the stop
    open.on('error', () => {});
    await open.connect();
    const before = Date.now();
    await Promise.all([first.stop(), first.stop()]);
    expect(Date.now() - before).toBeLessThan(5_000);
    const second = await start(dataDir);
    expect(second.recovered).toBe(false);
    expect(second.connection.password).toBe(first.connection.password);
    expect(await query(second, 'select n from kept')).toEqual({ n: 7 });
  });

  it('sets a new password when its file was lost', async () => {
    const dataDir = usedDirectory();
    const first = await start(dataDir);
    await first.stop();
    fs.rmSync(path.join(dataDir, 'postgres', 'password'));
    const second = await start(dataDir);
    expect(second.connection.password).not.toBe(first.connection.password);
    expect(await query(second, 'select 1 as one')).toEqual({ one: 1 });
  });

  it('is not fooled by the pid file of a killed server whose pid is another program now', async () => {
    const dataDir = usedDirectory();
    fs.writeFileSync(path.join(dataDir, 'postgres', 'data', 'postmaster.pid'), `${process.pid}\n/nowhere\n`);
    expect(await query(await start(dataDir), 'select 1 as one')).toEqual({ one: 1 });
  });

  it('reports a server that ended by itself, and the directory is free for another start at once', async () => {
    const dataDir = usedDirectory();
    const first = await start(dataDir, { durable: true });
    await query(first, 'create table kept as select 7 as n');
    const exit = new Promise<unknown>((resolve) => first.onExit(resolve));
    process.kill(first.pid, 'SIGKILL');
    expect(await exit).toMatchObject({ signal: 'SIGKILL', expected: false });
    await first.stop();
    const second = await start(dataDir, { durable: true });
    expect(second.recovered).toBe(true);
    expect(await query(second, 'select n from kept')).toEqual({ n: 7 });
  });

  it("shows PostgreSQL's own words when it does not start", async () => {
    const dataDir = usedDirectory();
    fs.appendFileSync(path.join(dataDir, 'postgres', 'data', 'postgresql.conf'), "work_mem = 'plenty'\n");
    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'EMBEDDED_START_FAILED',
      message: expect.stringMatching(/did not start.*Its last words.*plenty/s),
    });
  });
});

describe('a directory that is not ours to open', () => {
  it.runIf(runsOnLinux)('leaves the server of a copied directory alone, although the copy names its pid', async () => {
    const dataDir = usedDirectory();
    const copy = path.join(temporary(), 'copy');
    fs.cpSync(dataDir, copy, { recursive: true });
    const first = await start(dataDir);
    fs.writeFileSync(path.join(copy, 'postgres', 'data', 'postmaster.pid'), `${first.pid}\n`);
    const second = await start(copy);
    expect(second.connection.password).toBe(first.connection.password);
    expect(await query(first, 'select 1 as one')).toEqual({ one: 1 });
  });

  it.runIf(runsOnLinux)('refuses a cluster on which somebody runs a server by hand', async () => {
    const dataDir = usedDirectory();
    const layout = layoutOf(dataDir);
    const sockets = temporary();
    const runner = await chooseRunner(findPrograms(), layout);
    const args = [
      '-D',
      clusterArgument(runner, layout.cluster),
      '-c',
      'listen_addresses=',
      '-c',
      `unix_socket_directories=${sockets}`,
    ];
    if (runner.identity.kind === 'user') fs.chmodSync(sockets, 0o777);
    const byHand = launch(runner, 'postgres', args, { cluster: layout.cluster, stdio: 'ignore' });
    const ended = new Promise((resolve) => byHand.once('exit', resolve));
    undo.push(() => byHand.kill('SIGINT') && ended);
    const pidFile = path.join(layout.cluster, 'postmaster.pid');
    await vi.waitUntil(() => fs.existsSync(pidFile) && fs.readFileSync(pidFile, 'utf8').includes('ready'), {
      timeout: 10_000,
    });
    const message = expect.stringMatching(new RegExp(`Postrider did not start \\(process ${byHand.pid}\\)`));
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'EMBEDDED_IN_USE', message });
    expect(byHand.exitCode).toBe(null);
  });

  it('refuses a second start in the same process and names the owner', async () => {
    const dataDir = usedDirectory();
    await start(dataDir);
    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'EMBEDDED_IN_USE',
      message: expect.stringMatching(new RegExp(`${dataDir} is in use by Postrider in process ${process.pid}\\.`)),
    });
  });

  it('refuses the cluster of another major version and touches nothing', async () => {
    const dataDir = temporary();
    const cluster = path.join(dataDir, 'postgres', 'data');
    fs.mkdirSync(cluster, { recursive: true });
    fs.writeFileSync(path.join(cluster, 'PG_VERSION'), '17\n');
    const snapshot = () =>
      fs
        .readdirSync(dataDir, { recursive: true })
        .map((name) => [name, fs.statSync(path.join(dataDir, String(name))).mtimeMs]);
    const before = snapshot();
    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'EMBEDDED_WRONG_MAJOR',
      message: expect.stringMatching(/PostgreSQL 17.*PostgreSQL 18.*Nothing was changed.*DATABASE_URL/s),
    });
    expect(snapshot()).toEqual(before);
  });

  it('refuses a folder of other files where the cluster belongs', async () => {
    const dataDir = temporary();
    fs.mkdirSync(path.join(dataDir, 'postgres', 'data', 'base'), { recursive: true });
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'EMBEDDED_NOT_A_CLUSTER' });
  });

  it('says so when the data directory cannot be used', async () => {
    const file = path.join(temporary(), 'file');
    fs.writeFileSync(file, '');
    await expect(start(path.join(file, 'data'))).rejects.toMatchObject({ code: 'EMBEDDED_NO_ACCESS' });
  });
});
