import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { LETTER, people, TestWorkers } from '../../../test/helpers/campaign.ts';
import { SmtpSink } from '../../../test/helpers/smtp-sink.ts';
import { sendCampaign } from '../../core/campaigns.ts';
import { throughput, waitsOf } from '../../core/throughput.ts';
import { addReport } from '../../db/metrics.ts';
import { uuid7 } from '../../lib/uuid7.ts';

describe('GET /api/campaigns/performance', () => {
  let test: TestApp;
  const workers = new TestWorkers();
  let sink: SmtpSink;

  beforeAll(async () => {
    test = await openTestApp();
    sink = await new SmtpSink({}).listen();
  });
  afterAll(async () => {
    await workers.stop();
    await sink.close();
    await test.close();
  });

  it('shows the campaign that is sent, what its account used of its limits, and the machine', async () => {
    const account = await test.addAccount(sink.port, { limitPerHour: 40, limitPerDay: 1000 });
    await workers.start(test);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(80) });
    await expect.poll(() => sink.accepted.length, { timeout: 20_000 }).toBe(40); // then the hour is used up
    await expect
      .poll(async () => (await test.call('GET', '/api/campaigns/performance')).body, { timeout: 10_000, interval: 200 })
      .toMatchObject({
        emailsPerSecond: expect.any(Number),
        activeWorkers: 1,
        campaigns: [{ campaignId: campaign.id, name: campaign.name, progress: 50, etaSeconds: expect.any(Number) }],
        accounts: [
          {
            accountId: account.id,
            name: account.name,
            usedHour: 40,
            limitHour: 40,
            usedDay: 40,
            limitDay: 1000,
            state: 'active',
          },
        ],
        system: { cpu: expect.any(Number), memory: expect.any(Number), queueDepth: expect.any(Number) },
      });
    expect((await test.stranger('GET', '/api/campaigns/performance')).body).toMatchObject({
      campaigns: [],
      accounts: [],
    });
  });
});

describe('throughput over hours', () => {
  it('has every hour and minute, also those in which nothing was sent, of the workspace that asks or of all', async () => {
    const test = await openTestApp();
    try {
      const account = await test.addAccount(1);
      const other = uuid7();
      await addReport(test.core.db.pool, {
        workerId: uuid7(),
        rssMb: 1,
        cpuSeconds: 1,
        eventLoopUtilization: 0,
        emails: [
          { accountId: account.id, state: 'sent', class: '', emails: 90 },
          { accountId: account.id, state: 'failed', class: 'x', emails: 10 },
          { accountId: account.id, state: 'deferred', class: 'x', emails: 7 },
          { accountId: other, state: 'sent', class: '', emails: 1 },
        ],
        batches: [{ accountId: account.id, batches: 4, batchMs: 1000 }],
        durations: [],
      });
      const { hours, minutes, total } = await throughput(test.core, test.caller.workspaceId, 24);
      expect([hours.length, minutes.length]).toEqual([24, 60]);
      expect(total).toMatchObject({ sent: 90, failed: 10, deferred: 7, successRate: 0.9, averageBatchMs: 250 });
      expect(hours[0]).toMatchObject({ sent: 0, rate: 0, successRate: null, averageBatchMs: null });
      expect((await throughput(test.core, null, 2)).total.sent).toBe(91);
    } finally {
      await test.close();
    }
  });
});

describe('how long messages took from the launch', () => {
  it('is told by the stretch, with the half and the slowest twentieth', () => {
    const waits = waitsOf([
      { seconds: 5, messages: 50 },
      { seconds: 30, messages: 45 },
      { seconds: 20_000, messages: 5 },
    ]);
    expect(waits).toMatchObject({ messages: 100, p50Seconds: 5, p95Seconds: 30, slowestSeconds: 20_000 });
    expect(waits.bins.map(({ messages }) => messages)).toEqual([50, 45, 0, 0, 0, 0, 0, 5]);
    expect(waitsOf([])).toMatchObject({ messages: 0, p50Seconds: null, slowestSeconds: null });
  });
});
