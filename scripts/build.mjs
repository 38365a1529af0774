// Builds what runs: the server and command line into dist/ with esbuild (nearly all packages stay outside), the dashboard
// into web/dist with Vite. `--if-stale` builds only what is older than its sources; `--server` leaves the dashboard out.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { BUNDLED_PACKAGES, esbuildOptions, root } from './esbuild-options.mjs';

const args = new Set(process.argv.slice(2));

/** Newest change below a folder or of a file; 0 when it is not there. */
function newest(target) {
  if (!fs.existsSync(target)) return 0;
  const stat = fs.statSync(target);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(
    stat.mtimeMs,
    ...fs
      .readdirSync(target)
      .filter((name) => name !== 'node_modules')
      .map((name) => newest(path.join(target, name))),
  );
}

/** Parts of earlier builds have other names, and would be packed with this one. */
function removeAllBut(outputs) {
  const dist = path.join(root, 'dist');
  const made = new Set(outputs.map((output) => path.join(root, output)));
  for (const name of fs.readdirSync(dist)) {
    const file = path.join(dist, name);
    if (/\.mjs(\.map)?$/.test(name) && !made.has(file)) fs.rmSync(file);
  }
}

/** Packages whose code is in dist/ come with their licences. */
function writeLicenses() {
  const texts = BUNDLED_PACKAGES.map((name) => {
    const home = path.join(root, 'node_modules', name);
    const [file] = fs.readdirSync(home).filter((entry) => /^licen[cs]e/i.test(entry));
    return `${name}\n\n${fs.readFileSync(path.join(home, file), 'utf8').trim()}\n`;
  });
  fs.writeFileSync(path.join(root, 'dist/LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

const stale = (output, sources) =>
  newest(path.join(root, output)) < Math.max(...sources.map((source) => newest(path.join(root, source))));

const serverSources = ['src', 'bench', 'package-lock.json', 'scripts/build.mjs', 'scripts/esbuild-options.mjs'];
if (!args.has('--if-stale') || stale('dist/.built', serverSources)) {
  const started = Date.now();
  const { metafile } = await build({ ...esbuildOptions, metafile: true });
  removeAllBut(Object.keys(metafile.outputs));
  writeLicenses();
  fs.writeFileSync(path.join(root, 'dist/.built'), '');
  console.error(`built dist/ in ${Date.now() - started} ms`);
}

const webSources = ['web/src', 'web/index.html', 'web/vite.config.ts', 'src/contract', 'package-lock.json'];
if (
  !args.has('--server') &&
  fs.existsSync(path.join(root, 'web/index.html')) &&
  (!args.has('--if-stale') || stale('web/dist/index.html', webSources))
) {
  const started = Date.now();
  const vite = spawnSync(
    process.execPath,
    [path.join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
    { cwd: path.join(root, 'web'), stdio: ['ignore', 2, 2] },
  );
  if (vite.status !== 0) process.exit(vite.status ?? 1);
  console.error(`built web/dist in ${Date.now() - started} ms`);
}
