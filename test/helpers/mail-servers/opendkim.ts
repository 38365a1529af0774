import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { mailServersDirectory } from './chroot-tree.ts';

const PROGRAM = 'usr/sbin/opendkim';

/** Why signatures cannot be checked here, in one line; null when they can. Root is not needed. */
export function missingOpendkim(): string | null {
  if (programPath() === null) return 'OpenDKIM is not installed: run scripts/install-mail-servers.sh';
  return run(['-V']).status === 0 ? null : 'OpenDKIM cannot be started here';
}

/** What OpenDKIM says about a message: `rsa-sha256: pass` for each signature, in the order of the message. */
export type Verdicts = readonly string[];

/**
 * Has OpenDKIM (Debian's, a verifier that shares nothing with ours) check messages. `keys` are the records it would find in
 * the DNS, by name.
 */
export function verifyByOpendkim(messages: readonly Buffer[], keys: Readonly<Record<string, string>>): Verdicts[] {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-opendkim-'));
  try {
    fs.writeFileSync(path.join(dir, 'keys'), lines(Object.entries(keys).map(([name, text]) => `${name} ${text}`)));
    fs.writeFileSync(path.join(dir, 'conf'), lines(['Mode v', `TestPublicKeys ${dir}/keys`]));
    for (const [i, message] of messages.entries()) fs.writeFileSync(path.join(dir, String(i)), message);
    const files = messages.map((_, i) => path.join(dir, String(i))).join(',');
    const { stdout, stderr } = run(['-x', path.join(dir, 'conf'), '-t', files, '-vv']);
    // One result header a message, which goes over several lines.
    const results = stdout.match(/### INSHEADER: [^']*'Authentication-Results' hvalue='[^']*'/g) ?? [];
    if (results.length !== messages.length)
      throw new Error(`OpenDKIM gave ${results.length} results: ${stderr.slice(-500)}`);
    return results.map((text) =>
      [...text.matchAll(/dkim=(\w+)[^;]*?header\.a=([\w-]+)/g)].map(
        ([, result, algorithm]) => `${algorithm}: ${result}`,
      ),
    );
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

/** Through the loader of its own tree: its libraries are Debian 13's, whatever this machine has. */
function run(args: readonly string[]) {
  const tree = path.join(mailServersDirectory(), 'opendkim');
  const [loader, libraries] = loaderOf(tree);
  return spawnSync(loader, ['--library-path', libraries, path.join(tree, PROGRAM), ...args], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
}

function programPath(): string | null {
  const file = path.join(mailServersDirectory(), 'opendkim', PROGRAM);
  return fs.existsSync(file) ? file : null;
}

function loaderOf(tree: string): readonly [string, string] {
  const base = path.join(tree, 'usr/lib');
  const dir = fs.readdirSync(base).find((name) => name.endsWith('-linux-gnu')) ?? '';
  const libraries = path.join(base, dir);
  const loader = fs.readdirSync(libraries).find((name) => name.startsWith('ld-linux')) ?? '';
  return [path.join(libraries, loader), `${libraries}:${base}`];
}
