import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runChaos } from '../bench/chaos/run-chaos.ts';
import { MOST_PER_CONNECTION } from '../src/engine/in-flight-window.ts';
import { UNKNOWN_PER_CONNECTION } from '../src/engine/lane.ts';
import { packageRoot } from '../src/lib/package-root.ts';
import { linuxMissing, runsHere } from './helpers/runs-here.ts';

const PROGRAM = [process.execPath, path.join(packageRoot(), 'dist/cli.mjs')];
const ENVIRONMENT = { PATH: process.env.PATH, HOME: process.env.HOME };

// The long form is `npm run chaos -- --recipients 100000 --faults 50`.
describe.runIf(runsHere('fault injection', linuxMissing()))('a campaign under kills, stops, cuts and refusals', () => {
  // Seven faults hold one of each kind. These seeds: kill -9 of everything and of one worker, a stop with a kill and one
  // without, PostgreSQL killed and down for three seconds, lines silent and never greeted, cuts behind the dot and in the
  // body, refusals behind the dot and for now, pauses.
  // The last one sends over the APIs of providers: one that can be asked again, and one whose lost answers stay lost.
  it.each<[number, string[]]>([
    [1_103_009, ['smtp', 'smtp']],
    [1_041_282, ['smtp', 'smtp']],
    [1_103_009, ['resend', 'postmark']],
  ])('keeps every promise of the ledger (seed %i, %j)', { timeout: 180_000 }, async (seed, ways) => {
    const report = await runChaos({
      recipients: 2000,
      faults: 7,
      seed,
      workers: 2,
      accounts: [
        { perSecond: 200, perMinute: 600 },
        { perSecond: 200, perMinute: 60_000 },
      ],
      ways,
      connections: 5,
      unknownPerConnection: UNKNOWN_PER_CONNECTION,
      inFlightPerConnection: MOST_PER_CONNECTION,
      leaseMs: 3000,
      withinMs: 150_000,
      program: PROGRAM,
      environment: ENVIRONMENT,
      signal: new AbortController().signal,
      onStep: () => {},
    });
    expect(report.verdicts.flatMap(({ evidence }) => evidence)).toEqual([]);
    expect(report.ownEnds).toEqual([]);
    expect(report.notInjected).toEqual([]);
  });

  it('leaves no process and no directory behind when it is interrupted', { timeout: 120_000 }, async () => {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-interrupted-'));
    const [command = '', ...args] = [...PROGRAM, 'chaos', '--recipients', '5000', '--faults', '7', '--seed', '3'];
    const chaos = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...ENVIRONMENT, TMPDIR: home },
    });
    let said = '';
    chaos.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await expect.poll(() => said, { timeout: 90_000, interval: 20 }).toContain('fault 1 ');
    expect(processesOf(home).length).toBeGreaterThan(5);
    chaos.kill('SIGINT');
    chaos.kill('SIGINT');
    const [code] = (await once(chaos, 'exit')) as [number | null];
    expect({ code, processes: processesOf(home), files: fs.readdirSync(home) }).toEqual({
      code: 130,
      processes: [],
      files: [],
    });
    fs.rmSync(home, { recursive: true });
  });
});

/** Processes whose command line, working directory or environment names this directory. */
function processesOf(dir: string): string[] {
  return fs.readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    const about = ['cmdline', 'environ'].map((name) => read(() => fs.readFileSync(`/proc/${pid}/${name}`, 'latin1')));
    const where = read(() => fs.readlinkSync(`/proc/${pid}/cwd`));
    return [...about, where].some((text) => text.includes(dir)) ? [`${pid} ${about[0]?.replaceAll('\0', ' ')}`] : [];
  });
}

/** Empty for what has ended meanwhile, or is hidden from us. */
function read(work: () => string): string {
  try {
    return work();
  } catch {
    return '';
  }
}
