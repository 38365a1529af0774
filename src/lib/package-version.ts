import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from './package-root.ts';

/** The version in our package.json. */
export function packageVersion(): string {
  const manifest = JSON.parse(fs.readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
