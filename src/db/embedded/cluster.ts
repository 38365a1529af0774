import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { SUPERUSER, writePassword } from './credentials.ts';
import { EmbeddedPostgresError } from './errors.ts';
import type { Layout } from './layout.ts';
import { clusterArgument, giveToPostgres, giveTreeToPostgres, launch, type Runner } from './runner.ts';
import { renderSettings, type Settings } from './tuning.ts';

const DRAFT = 'draft-';
const SETTINGS_FILE = 'postrider.conf';
const INCLUDE = `include '${SETTINGS_FILE}'`;

/** Only over the socket (loopback on Windows), only with the password. */
const HBA = `local all all scram-sha-256\n${process.platform === 'win32' ? 'host all all 127.0.0.1/32 scram-sha-256\n' : ''}`;

/** Refuses a cluster that these programs cannot read, before anything is touched. True when there is one to open. */
export function checkCluster(layout: Layout, major: number): boolean {
  if (!fs.existsSync(layout.cluster) || fs.readdirSync(layout.cluster).length === 0) return false;
  const file = path.join(layout.cluster, 'PG_VERSION');
  if (!fs.existsSync(file)) {
    throw new EmbeddedPostgresError(
      'EMBEDDED_NOT_A_CLUSTER',
      `${layout.cluster} holds files, but not a PostgreSQL database (PG_VERSION is missing). Nothing was changed. Restore it from a backup, or move that folder away to begin with an empty database.`,
    );
  }
  const found = fs.readFileSync(file, 'utf8').trim();
  if (found === String(major)) return true;
  throw new EmbeddedPostgresError(
    'EMBEDDED_WRONG_MAJOR',
    `The database in ${layout.root} was written by PostgreSQL ${found}, and this release of Postrider brings PostgreSQL ${major}. Nothing was changed. Start the release of Postrider that wrote it, export with "postrider export" and import here into a new data directory; or convert ${layout.cluster} with pg_upgrade; or run it on a PostgreSQL ${found} server and set DATABASE_URL.`,
  );
}

/** Was the server's last end an orderly one? Bytes 16..19 of pg_control hold its state; 1 and 2 mean shut down. */
export function wasShutDown(layout: Layout): boolean {
  const fd = fs.openSync(path.join(layout.cluster, 'global', 'pg_control'), 'r');
  const state = Buffer.alloc(4);
  fs.readSync(fd, state, 0, 4, 16);
  fs.closeSync(fd);
  return [1, 2].includes(new Int32Array(state.buffer, state.byteOffset, 1)[0] ?? 0);
}

/**
 * Makes the cluster in a folder of its own and renames it into place: a start killed in the middle leaves a draft that
 * the next one throws away. Locale C with the builtin C.UTF-8 provider: case rules for all of Unicode, and a sort order
 * that no upgrade of the system's libraries can change under an index.
 */
export async function createCluster(
  layout: Layout,
  runner: Runner,
  durable: boolean,
  heldFd: number | null,
): Promise<void> {
  const draft = fs.mkdtempSync(path.join(layout.home, DRAFT)); // mode 0700
  giveToPostgres(runner, draft);
  giveToPostgres(runner, layout.password);
  const password = fs.openSync(layout.password, 'r');
  // By descriptor: another identity may read the file but not walk to it.
  const passwordFile = runner.identity.kind === 'self' ? layout.password : '/proc/self/fd/3';
  const args = [
    '-D',
    clusterArgument(runner, draft),
    `--pwfile=${passwordFile}`,
    '-U',
    SUPERUSER,
    '--auth=scram-sha-256',
  ];
  args.push(
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
  );
  if (!durable) args.push('--no-sync');
  // The last descriptor is the cluster lock: an initdb that outlives us keeps the next start waiting.
  const held = heldFd === null ? [] : [heldFd];
  const initdb = launch(runner, 'initdb', args, {
    cluster: draft,
    stdio: ['ignore', 'pipe', 'pipe', password, ...held],
  });
  await finished(initdb, 'initdb').finally(() => fs.closeSync(password));
  fs.appendFileSync(path.join(draft, 'postgresql.conf'), `\n${INCLUDE}\n`);
  fs.rmSync(layout.cluster, { recursive: true, force: true }); // an empty folder at most
  fs.renameSync(draft, layout.cluster);
  if (durable) syncDirectory(layout.home);
}

export function removeDrafts(layout: Layout): void {
  for (const name of fs.readdirSync(layout.home)) {
    if (name.startsWith(DRAFT))
      fs.rmSync(path.join(layout.home, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Writes the generated files again, so that a moved directory, another machine or another identity starts the same. */
export function configureCluster(layout: Layout, runner: Runner, settings: Settings): void {
  giveTreeToPostgres(runner, layout.cluster);
  const [main, own, hba] = ['postgresql.conf', SETTINGS_FILE, 'pg_hba.conf'].map((name) =>
    path.join(layout.cluster, name),
  );
  if (main === undefined || own === undefined || hba === undefined) return;
  fs.writeFileSync(own, renderSettings(settings), { mode: 0o600 });
  fs.writeFileSync(hba, HBA, { mode: 0o600 });
  if (!fs.readFileSync(main, 'utf8').includes(INCLUDE)) fs.appendFileSync(main, `\n${INCLUDE}\n`);
  giveToPostgres(runner, main, own, hba);
}

/** Gives the role a new password without knowing the old one, through PostgreSQL's single-user mode. */
export async function resetPassword(layout: Layout, runner: Runner, heldFd: number | null): Promise<string> {
  const password = writePassword(layout);
  const args = ['--single', '-D', clusterArgument(runner, layout.cluster), 'postgres'];
  const held = heldFd === null ? [] : [heldFd];
  const server = launch(runner, 'postgres', args, {
    cluster: layout.cluster,
    stdio: ['pipe', 'pipe', 'pipe', ...held],
  });
  server.stdin?.on('error', () => {}); // its exit tells why
  server.stdin?.end(`alter role ${SUPERUSER} password '${password}'\n`);
  await finished(server, 'postgres --single');
  return password;
}

async function finished(child: ChildProcess, what: string): Promise<void> {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const outcome = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? null : `ended with ${signal ?? `code ${code}`}`));
  });
  if (outcome === null) return;
  throw new EmbeddedPostgresError(
    'EMBEDDED_INIT_FAILED',
    `The database could not be prepared: ${what} ${outcome}. What was there before is unchanged. Check that the disk has room and that the data directory's file system keeps owners and modes, then start again, or set DATABASE_URL. It said: ${output.trim().split('\n').slice(-6).join(' | ')}`,
  );
}

function syncDirectory(dir: string): void {
  if (process.platform === 'win32') return; // directories cannot be opened there
  const fd = fs.openSync(dir, 'r');
  fs.fsyncSync(fd);
  fs.closeSync(fd);
}
