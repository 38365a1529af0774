import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../lib/package-root.ts';

export function version(): string {
  const manifest = JSON.parse(fs.readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
