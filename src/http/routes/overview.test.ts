import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import { LETTER, TestWorkers, untilState } from '../../../test/helpers/campaign.ts';
import { type SmtpSink, startSink } from '../../../test/helpers/smtp-sink.ts';
import { sendCampaign } from '../../core/campaigns.ts';

describe('GET /api/overview', () => {
  let test: TestApp;
  let sink: SmtpSink;
  const workers = new TestWorkers();

  beforeAll(async () => {
    test = await openTestApp();
    sink = await startSink({
      script: ({ stage, line }) =>
        stage === 'rcpt' && line.includes('refused.test') ? '550 5.1.1 no such user' : undefined,
    });
  });
  afterAll(async () => {
    await workers.stop();
    await sink.close();
    await test.close();
  });

  const overview = async (query = '') => (await test.as('viewer')('GET', `/api/overview${query}`)).body;

  it('has nothing to tell of a new workspace, and no step is done', async () => {
    const none = { sent: 0, failed: 0, deferred: 0, unknown: 0 };
    expect(await overview()).toEqual({
      today: { ...none, beganAt: expect.stringMatching(/T00:00:00.000Z$/) },
      yesterday: { ...none, byNow: none },
      domains: [],
      steps: { mailbox: false, contacts: false, campaign: false },
    });
    expect(await test.call('GET', '/api/overview?timezone=Mars/Olympus')).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'timezone' }] },
    });
  });

  it('counts today, and names the domains that refused in the words of the server', { timeout: 60_000 }, async () => {
    await test.addAccount(sink.port);
    await workers.start(test);
    const audience = ['a@fine.test', 'b@fine.test', 'a@refused.test', 'b@refused.test'].map((email) => ({ email }));
    const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience });
    await untilState(test, id, 'completed');
    await workers.stop(); // what they did is written down by then
    await expect
      .poll(() => overview('?timezone=Pacific/Auckland'), { timeout: 30_000 })
      .toMatchObject({
        today: { sent: 2, failed: 2 },
        domains: [{ domain: 'refused.test', failed: 2, deferred: 0, unknown: 0, response: '550 5.1.1 no such user' }],
        steps: { campaign: true },
      });
    expect((await test.stranger('GET', '/api/overview')).body).toMatchObject({ today: { sent: 0 }, domains: [] });
  });

  it('tells throughput by account, and how long messages took from the launch', async () => {
    const { body } = await test.as('viewer')('GET', '/api/campaigns/throughput?hours=2');
    expect(body).toMatchObject({
      total: { sent: 2, failed: 2, successRate: 0.5 },
      accounts: [{ sent: 2, failed: 2, successRate: 0.5 }],
      queuedToSent: { messages: 2, p50Seconds: expect.any(Number), slowestSeconds: expect.any(Number) },
    });
    expect(body.hours).toHaveLength(2);
    const inBins = body.queuedToSent.bins.reduce((sum: number, bin: { messages: number }) => sum + bin.messages, 0);
    expect(inBins).toBe(2);
  });

  it('tells what accounts used, and what workers sent lately', async () => {
    const [account] = (await test.call('GET', '/api/accounts')).body.items;
    expect((await test.as('viewer')('GET', '/api/accounts/use')).body.items).toEqual([
      { accountId: account.id, usedSecond: 0, usedMinute: 0, usedHour: 4, usedDay: 4 },
    ]);
    const { workers: known } = (await test.call('GET', '/api/workers')).body;
    expect(known).toMatchObject([{ heldLast: expect.any(Array), recent: expect.any(Array) }]);
    expect(known[0].recent).toHaveLength(30);
  });
});
