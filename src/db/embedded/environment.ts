/** System folders, because no variable of the caller's reaches PostgreSQL: PGDATA, PGPORT, LD_PRELOAD, a secret, a locale. */
const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin';

/** The whole environment of every program that this folder starts. */
export function childEnvironment(): NodeJS.ProcessEnv {
  if (process.platform !== 'win32') return { PATH: SEARCH_PATH, LC_ALL: 'C', TZ: 'UTC' };
  // biome-ignore lint/style/noProcessEnv: passed on to the child only; no Windows program starts without it
  const root = process.env.SystemRoot ?? 'C:\\Windows';
  return { SystemRoot: root, PATH: `${root}\\System32`, LC_ALL: 'C', TZ: 'UTC' };
}
