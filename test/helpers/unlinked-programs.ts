import fs from 'node:fs';
import path from 'node:path';
import { findPrograms, type Programs, programsIn } from '../../src/db/embedded/binaries.ts';
import { linkOrCopy } from './link-or-copy.ts';

/** PostgreSQL's programs under another path and without their library links, as npm leaves them. Hard links: no copying. */
export function programsWithoutLinks(parent: string): Programs {
  const { native } = findPrograms();
  const target = path.join(parent, 'package', 'native');
  for (const entry of fs.readdirSync(native, { withFileTypes: true, recursive: true })) {
    const from = path.join(entry.parentPath, entry.name);
    const to = path.join(target, path.relative(native, from));
    if (entry.isDirectory()) fs.mkdirSync(to, { recursive: true });
    if (entry.isFile()) linkOrCopy(from, to);
  }
  fs.copyFileSync(path.join(native, '..', 'package.json'), path.join(target, '..', 'package.json'));
  return programsIn(target);
}
