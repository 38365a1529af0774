import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');

/** How the server, command line and library are bundled: packages stay outside, so that native ones are found where npm put them. */
export const esbuildOptions = {
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli/postrider.ts', index: 'src/index.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  outExtension: { '.js': '.mjs' },
};
