import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { pauseAccount } from '../src/core/accounts.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { LETTER, people, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { mostWithin } from './helpers/rolling-windows.ts';
import { type SmtpSink, startSink } from './helpers/smtp-sink.ts';

describe('a pool of accounts', { timeout: 90_000 }, () => {
  let test: TestCore;
  const sinks: Array<CountingSink | SmtpSink> = [];
  const workers = new TestWorkers();

  beforeEach(async () => {
    test = await openTestCore();
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    await Promise.all(sinks.splice(0).map((sink) => sink.close()));
  });
  const countingSink = async () => {
    const sink = new CountingSink(2);
    sinks.push(sink);
    return { sink, port: await sink.listen() };
  };

  it('is used by weight', async () => {
    const heavy = await countingSink();
    const light = await countingSink();
    await test.addAccount(heavy.port, { weight: 3 });
    await test.addAccount(light.port, { weight: 1 });
    await workers.start(test, 1);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(4000) });
    await untilState(test, campaign.id, 'completed');
    // At full speed what each can carry counts too; what turns come to is in engine/lanes.test.ts.
    expect(heavy.sink.accepted).toBeGreaterThan(2200);
    expect(light.sink.accepted).toBeGreaterThan(100);
  });

  it('spares an account whose day is nearly used up', async () => {
    const used = await countingSink();
    const fresh = await countingSink();
    const account = await test.addAccount(used.port, { limitPerDay: 1000 });
    await test.addAccount(fresh.port, { limitPerDay: 1000 });
    await test.database.pool.query(
      `insert into permits_used (owner, used_at, permits) values ('account ' || $1, now() - interval '1 hour', 900)`,
      [account.id],
    );
    await workers.start(test, 1);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(500) });
    await untilState(test, campaign.id, 'completed');
    expect(used.sink.accepted).toBeLessThanOrEqual(100);
    expect(fresh.sink.accepted).toBeGreaterThanOrEqual(400);
  });

  it('goes on through the others when one is paused', async () => {
    const one = await countingSink();
    const other = await countingSink();
    const account = await test.addAccount(one.port);
    await test.addAccount(other.port, { limitPerSecond: 200 });
    await workers.start(test, 1);
    const campaign = await sendCampaign(test.core, test.caller, {
      ...LETTER,
      rateLimit: 1_000_000,
      audience: people(1500),
    });
    await expect.poll(() => one.sink.accepted, { timeout: 20_000, interval: 5 }).toBeGreaterThan(100);
    await pauseAccount(test.core, test.caller, account.id);
    const { counts } = await untilState(test, campaign.id, 'completed', 60_000);
    expect(counts.sent).toBe(1500);
    expect(one.sink.accepted + other.sink.accepted).toBe(1500);
  });

  it('paces each account by batch size and pause, across workers', async () => {
    const { sink, port } = await countingSink();
    await test.addAccount(port, { batchSize: 8, batchDelayMs: 600 });
    await workers.start(test, 2);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(48) });
    await untilState(test, campaign.id, 'completed');
    expect(sink.accepted).toBe(48);
    expect(mostWithin(sink.times, 600)).toBeLessThanOrEqual(8);
  });

  it("lets a campaign's own batch size and pause win over the account's", async () => {
    const { sink, port } = await countingSink();
    await test.addAccount(port);
    await workers.start(test, 1);
    const pace = { batchSize: 5, batchDelayMs: 400 };
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, ...pace, audience: people(25) });
    await untilState(test, campaign.id, 'completed');
    expect(mostWithin(sink.times, 400)).toBeLessThanOrEqual(5);
  });

  it('opens three connections to a server that several accounts share, whatever the number of workers', async () => {
    const server = await startSink({ script: ({ stage }) => (stage === 'dot' ? { delayMs: 10 } : undefined) });
    sinks.push(server);
    for (const name of ['a', 'b', 'c'])
      await test.addAccount(server.port, { name, serverGroup: 'one', maxConnections: 3 });
    await workers.start(test, 3);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(2000) });
    await expect.poll(async () => (await statusOf(test, campaign.id)).counts.sent, { timeout: 60_000 }).toBe(2000);
    expect(server.peakConnections).toBeLessThanOrEqual(3);
    expect(server.peakConnections).toBeGreaterThan(1);
  });
});
