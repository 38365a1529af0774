import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that holds our package.json, found by walking up from this file: the same answer from `src/` under the
 * test runner and from the bundle in `dist/`. Migrations and the built dashboard are addressed from here.
 */
export function packageRoot(): string {
  let dir = path.dirname(fileURLToPath(import.meta.url));
  while (!fs.existsSync(path.join(dir, 'package.json'))) {
    const parent = path.dirname(dir);
    if (parent === dir) throw new Error('Postrider cannot find its own package.json; reinstall the package.');
    dir = parent;
  }
  return dir;
}
