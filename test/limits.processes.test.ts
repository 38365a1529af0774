import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SinkProcess } from '../bench/sink-process.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { packageRoot } from '../src/lib/package-root.ts';
import { LETTER, people, statusOf } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { mostWithin, type Rule, shareUsed } from './helpers/rolling-windows.ts';
import { WorkerProcess } from './helpers/worker-process.ts';

const SECOND: Rule = { widthMs: 1000, allowed: 20 };
const RULES: readonly Rule[] = [SECOND, { widthMs: 60_000, allowed: 300 }, { widthMs: 3_600_000, allowed: 2000 }];
const LIMITS = { limitPerSecond: 20, limitPerMinute: 300, limitPerHour: 2000 };

// LIMITS_MESSAGES=2000 is the long form: six minutes, and every one of the three windows binds.
const EACH = Number(process.env.LIMITS_MESSAGES ?? 160);
const IS_LONG = EACH > 300;

/** Each window as the receiving server saw it, by its own clock. */
function expectWithin(times: readonly number[], rules: readonly Rule[]): void {
  const most = rules.map(({ widthMs }) => mostWithin(times, widthMs));
  for (const [i, rule] of rules.entries()) expect(most[i], `${rule.widthMs} ms`).toBeLessThanOrEqual(rule.allowed);
}

describe('limits across worker processes', () => {
  let test: TestCore;
  let dataDir: string;
  let sinks: SinkProcess[] = [];
  let workers: WorkerProcess[] = [];

  beforeEach(async () => {
    test = await openTestCore();
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-limits-'));
    const program = [process.execPath, path.join(packageRoot(), 'dist/cli.mjs')];
    sinks = await Promise.all([1, 2, 3].map(() => SinkProcess.start(program)));
    for (const sink of sinks) await test.addAccount(sink.port, LIMITS);
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
    await Promise.all(sinks.map((sink) => sink.stop()));
    workers = [];
    await test.close();
    fs.rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async (count: number) => {
    const started = await Promise.all(
      Array.from({ length: count }, () => WorkerProcess.start(test.database.url, dataDir)),
    );
    workers.push(...started);
    return started;
  };
  const accepted = async () => Promise.all(sinks.map((sink) => sink.accepted()));
  const untilEach = async (count: number) => {
    while ((await accepted()).some((taken) => taken < count)) await delay(50);
  };

  it('holds in every window of three accounts with four processes, and uses what is allowed', {
    timeout: 900_000,
    retry: IS_LONG ? 0 : 2,
  }, async () => {
    await start(4);
    // More than can go: there is always work waiting.
    await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(3 * EACH + 600) });
    await untilEach(EACH);
    const shares: number[] = [];
    for (const sink of sinks) {
      const times = await sink.times();
      expectWithin(times, RULES);
      shares.push(shareUsed(times.slice(0, EACH), RULES));
    }
    const words = shares.map((share) => `${(share * 100).toFixed(1)} %`).join(', ');
    console.log(`${EACH} messages through each account, four processes: ${words} of what the windows allow`);
    // Beside other tests on two cores the short form gets what it gets; permits valid for a second would use a half.
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(IS_LONG ? 0.95 : 0.6);
  });

  it('holds when workers are killed with -9 and started again', { timeout: 300_000 }, async () => {
    await start(3);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(600) });
    for (const total of [100, 250, 400]) {
      while ((await accepted()).reduce((sum, taken) => sum + taken, 0) < total) await delay(20);
      await workers.shift()?.end('SIGKILL');
      await start(1);
    }
    await expect
      .poll(async () => (await statusOf(test, campaign.id)).state, { timeout: 120_000, interval: 100 })
      .toBe('completed');
    const { counts } = await statusOf(test, campaign.id);
    expect(counts.sent + counts.unknown).toBe(600);
    for (const sink of sinks) expectWithin(await sink.times(), RULES);
  });

  if (IS_LONG)
    it('holds when a worker is stopped for longer than its permits last, and goes on', {
      timeout: 600_000,
    }, async () => {
      await start(3);
      await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(4000) });
      await untilEach(30);
      workers[0]?.signal('SIGSTOP');
      // Nobody waits two minutes for its heartbeat here: it is called silent at once.
      await test.database.pool.query(
        `update email_workers set heartbeat_at = now() - interval '10 minutes' where pid = $1`,
        [workers[0]?.pid],
      );
      await delay(100_000);
      workers[0]?.signal('SIGCONT');
      await delay(30_000);
      for (const sink of sinks) expectWithin(await sink.times(), RULES);
    });
});
