import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { changeSettings } from '../src/core/settings.ts';
import { LETTER, people, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { mostWithin } from './helpers/rolling-windows.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };

describe('what one worker may send', () => {
  let test: TestCore;
  let sink: CountingSink;
  let port: number;
  const workers = new TestWorkers();

  beforeEach(async () => {
    test = await openTestCore();
    sink = new CountingSink();
    port = await sink.listen();
    await test.addAccount(port);
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    await sink.close();
  });

  const usedByWorker = async () => {
    const { rows } = await test.database.pool.query<{ minute: number; hour: number; workspace: string }>(
      'select used_last_minute as minute, used_last_hour as hour, workspace_id as workspace from worker_rate_limits',
    );
    return rows;
  };
  const settings = (change: Parameters<typeof changeSettings>[2]) => changeSettings(test.core, test.caller, change);

  it('keeps every worker within its windows, so that two send twice as much, and says what is waited for', async () => {
    await settings({ workerLimits: { perMinute: 20, perHour: 1000 } });
    await workers.start(test, 1);
    const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(60) });
    await expect
      .poll(async () => (await statusOf(test, id)).waitingFor ?? '', PATIENCE)
      .toContain('the limit per minute of a worker until');
    expect((await statusOf(test, id)).counts).toMatchObject({ sent: 20, pending: 40 });
    expect(sink.accepted).toBe(20);

    await workers.start(test, 1);
    await expect.poll(async () => (await statusOf(test, id)).counts.sent, PATIENCE).toBe(40);
    await expect
      .poll(async () => (await usedByWorker()).map(({ minute, hour }) => [minute, hour]), PATIENCE)
      .toEqual([
        [20, 20],
        [20, 20],
      ]);
    expect((await usedByWorker()).map(({ workspace }) => workspace)).toEqual(Array(2).fill(test.caller.workspaceId));

    await settings({ workerLimits: { perMinute: 25 } });
    await expect.poll(async () => (await statusOf(test, id)).counts.sent, PATIENCE).toBe(50);
    expect((await usedByWorker()).map(({ minute }) => minute)).toEqual([25, 25]);

    await settings({ workerLimits: null });
    expect((await untilState(test, id, 'completed')).counts.sent).toBe(60);
  });

  it('does not keep a worker from sending for a workspace that says nothing of it', async () => {
    await settings({ workerLimits: { perHour: 5 } });
    await workers.start(test, 1);
    const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(30) });
    await expect.poll(async () => (await statusOf(test, id)).waitingFor ?? '', PATIENCE).toContain('limit per hour');
    const { rows } = await test.database.pool.query<{ id: string }>(
      `insert into workspaces (name) values ('Other') returning id`,
    );
    const other = { ...test.caller, workspaceId: rows[0]?.id ?? '' };
    await test.addAccount(port, { workspaceId: other.workspaceId });
    const free = await sendCampaign(test.core, other, { ...LETTER, audience: people(700) });
    await untilState({ ...test, caller: other }, free.id, 'completed');
    expect((await statusOf(test, id)).counts).toMatchObject({ sent: 5, pending: 25 });
  });
});

describe('a buffer below the limits of accounts', () => {
  it('leaves a tenth of every second unused', async () => {
    const test = await openTestCore();
    const sink = new CountingSink();
    const workers = new TestWorkers();
    try {
      await test.addAccount(await sink.listen(), { limitPerSecond: 20 });
      await changeSettings(test.core, test.caller, { rateLimitBuffer: 10 });
      await workers.start(test, 2);
      const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(90) });
      await untilState(test, id, 'completed');
      expect(sink.accepted).toBe(90);
      expect(mostWithin(sink.times, 1000)).toBeLessThanOrEqual(18);
    } finally {
      await workers.stop();
      await test.close();
      await sink.close();
    }
  });
});
