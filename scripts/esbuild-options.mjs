import fs from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');

/** Pure JavaScript in hundreds of small files, which every process would open and parse: with them inside, a process starts in two thirds of the time. */
export const BUNDLED_PACKAGES = ['kysely', 'typebox'];

const { dependencies, devDependencies, peerDependencies } = JSON.parse(
  fs.readFileSync(path.join(root, 'package.json'), 'utf8'),
);
const outside = Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }).filter(
  (name) => !BUNDLED_PACKAGES.includes(name),
);

/** How the server, command line and library are bundled: other packages stay outside, so that native ones are found where npm put them. */
export const esbuildOptions = {
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli/postrider.ts', index: 'src/index.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: outside.flatMap((name) => [name, `${name}/*`]),
  sourcemap: true,
  outExtension: { '.js': '.mjs' },
};
