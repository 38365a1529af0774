import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runChaos } from '../bench/chaos.ts';
import { UNKNOWN_PER_CONNECTION } from '../src/engine/lane.ts';
import { packageRoot } from '../src/lib/package-root.ts';

const CONNECTIONS = 10;

// The long form is `npm run chaos` (20,000 recipients, ten kills).
describe('kill -9 of the whole process tree, database included', () => {
  it.skipIf(!fs.existsSync('/proc/self/stat'))(
    'neither repeats nor loses a recipient',
    { timeout: 180_000 },
    async () => {
      const report = await runChaos({
        recipients: 4000,
        kills: 4,
        connections: CONNECTIONS,
        unknownPerKill: CONNECTIONS * UNKNOWN_PER_CONNECTION,
        program: [process.execPath, path.join(packageRoot(), 'dist/cli.mjs')],
        environment: { PATH: process.env.PATH, HOME: process.env.HOME },
      });
      expect(report.broken).toEqual([]);
      expect(report).toMatchObject({ duplicates: 0, lost: 0, sentWithoutCopy: 0, kills: 4 });
      expect(report.counts.sent + report.counts.unknown).toBe(4000);
    },
  );
});
