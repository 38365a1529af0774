import fs from 'node:fs';
import path from 'node:path';
import { codeOf, EmbeddedPostgresError } from './errors.ts';

/** Where everything of one embedded database lies. Nothing else in this folder joins these names. */
export interface Layout {
  /** The data directory with symbolic links resolved: what locks and process markers are derived from. */
  readonly root: string;
  /** `<root>/postgres`, mode 0700. */
  readonly home: string;
  /** The cluster itself (PGDATA). Appears by one rename, so it is there completely or not at all. */
  readonly cluster: string;
  readonly password: string;
  readonly log: string;
  readonly socket: string;
  /** A private copy of the programs, made only where the installed ones cannot be run in place. */
  readonly programs: string;
  /** Held by the Postrider process that owns the directory. */
  readonly ownerLock: string;
  /** Held by the PostgreSQL processes themselves, so that it outlives an owner that was killed. */
  readonly clusterLock: string;
  /** Who the owner is, for messages; left behind only by an owner that did not stop in order. */
  readonly ownerRecord: string;
}

export function layoutOf(dataDir: string): Layout {
  const root = realDirectory(dataDir);
  const home = path.join(root, 'postgres');
  return {
    root,
    home,
    cluster: path.join(home, 'data'),
    password: path.join(home, 'password'),
    log: path.join(home, 'log'),
    socket: path.join(home, 'socket'),
    programs: path.join(home, 'programs'),
    ownerLock: path.join(home, 'owner.lock'),
    clusterLock: path.join(home, 'cluster.lock'),
    ownerRecord: path.join(home, 'owner.json'),
  };
}

/** The real path of a directory that may not exist yet. */
function realDirectory(dir: string): string {
  const absolute = path.resolve(dir);
  try {
    return fs.realpathSync(absolute);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || path.dirname(absolute) === absolute) throw noAccess(absolute, error);
    return path.join(realDirectory(path.dirname(absolute)), path.basename(absolute));
  }
}

/** Makes the data directory and our folder in it, both closed to others. */
export function makeDirectories(layout: Layout): void {
  try {
    for (const dir of [layout.root, layout.home]) {
      fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
      if ((fs.statSync(dir).mode & 0o777) !== 0o700) fs.chmodSync(dir, 0o700);
    }
    fs.accessSync(layout.home, fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    throw noAccess(layout.root, error);
  }
}

function noAccess(dir: string, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'EMBEDDED_NO_ACCESS',
    `The data directory ${dir} cannot be used (${String(cause)}). Nothing was changed. Make it writable for and owned by the user that runs Postrider, choose another with --data-dir or DATA_DIR, or set DATABASE_URL.`,
    { cause },
  );
}
