import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../src/lib/package-root.ts';

/** Runs an example in a data directory of its own, and returns what it printed. */
async function run(example: string): Promise<string> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-example-'));
  const child = spawn(process.execPath, [path.join(packageRoot(), 'examples', example)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir },
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  fs.rmSync(dataDir, { recursive: true, force: true });
  if (code !== 0) throw new Error(`${example} ended with code ${code}:\n${printed}`);
  return printed;
}

describe('the library, as the examples use it', { timeout: 60_000 }, () => {
  it.each([
    ['send-campaign.mjs', /^completed: 2 sent, 0 failed$/m],
    ['import-leads.mjs', /^completed: 2 new, 0 known, 1 invalid$/m],
    ['follow-progress.mjs', /^at the end: 500 sent$/m],
    ['check-rate-limits.mjs', /^allowed: \d+ of \d+ left, 1 used here$/m],
    ['run-workers.mjs', /^\d+ sent in the last day, 0 alerts$/m],
  ])('%s', async (example, expected) => {
    expect(await run(example)).toMatch(expected);
  });

  it('has an example each, and no example that is not tried', () => {
    expect(fs.readdirSync(path.join(packageRoot(), 'examples')).filter((name) => name.endsWith('.mjs'))).toHaveLength(
      5,
    );
  });
});
