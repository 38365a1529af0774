// Writes the declarations of the library into dist/types. Imports there end in .js, as whoever compiles against them needs it.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './esbuild-options.mjs';

const out = path.join(root, 'dist/types');
fs.rmSync(out, { recursive: true, force: true });
const tsc = spawnSync(
  process.execPath,
  [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json'],
  {
    cwd: root,
    stdio: ['ignore', 2, 2],
  },
);
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
for (const name of fs.readdirSync(out, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue;
  const file = path.join(out, name);
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.replaceAll(/((?:from |import\()["']\.[^"']*)\.ts(["'])/g, '$1.js$2'));
}
