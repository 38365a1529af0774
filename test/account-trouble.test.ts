import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { getAccount, resumeAccount } from '../src/core/accounts.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { listRecipients } from '../src/core/recipients.ts';
import { freePort } from '../src/lib/free-port.ts';
import { LETTER, people, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { type SmtpSink, startSink } from './helpers/smtp-sink.ts';

const PATIENCE = { timeout: 20_000, interval: 50 } as const;

describe('accounts in trouble', { timeout: 120_000 }, () => {
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

  const listening = async (sink: CountingSink) => {
    sinks.push(sink);
    return sink.listen();
  };
  const healthOf = async (id: string) => (await getAccount(test.core, test.caller, id)).health;
  const recipientsOf = async (campaignId: string) =>
    (await listRecipients(test.core, test.caller, campaignId, { limit: 1000 })).items;

  it('send through another account at once what one was throttled for, and the row says so', async () => {
    const throttled = new CountingSink();
    throttled.refuse = () => '421 4.7.0 Try again later, you send too fast';
    const open = new CountingSink();
    const a = await test.addAccount(await listening(throttled), { name: 'A' });
    const b = await test.addAccount(await listening(open), { name: 'B' });
    await workers.start(test, 1);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(300) });
    const { counts } = await untilState(test, campaign.id, 'completed');
    expect(counts).toMatchObject({ sent: 300, failed: 0, unknown: 0 });
    expect([...open.copies.values()].every((copies) => copies === 1)).toBe(true);
    const rows = await recipientsOf(campaign.id);
    expect(rows.every((row) => row.accountId === b.id && row.attempts === 1)).toBe(true);
    const rerouted = rows.filter((row) => row.events.some((event) => event.type === 'rerouted'));
    expect(rerouted.length).toBeGreaterThan(0);
    expect(rerouted[0]?.events[0]?.note).toMatch(
      /^account A did not take it \(.+\): 421 4.7.0 Try again.*; sent through B$/,
    );
    expect(await healthOf(a.id)).toMatchObject({ state: 'paused', message: expect.stringContaining('too fast') });
    expect((await healthOf(b.id)).state).toBe('ok');
  });

  it('cut the rate of an account that is throttled, for every worker, and let it grow again', async () => {
    let taken = 0;
    let throttledAt = 0;
    const sink = new CountingSink();
    sink.refuse = () => {
      if (++taken === 200) throttledAt = performance.now();
      return taken >= 200 && performance.now() - throttledAt < 300 ? '450 4.7.1 Rate limit exceeded, slow down' : null;
    };
    const account = await test.addAccount(await listening(sink));
    await workers.start(test, 2);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(400) });
    const { counts } = await untilState(test, campaign.id, 'completed', 100_000);
    expect(counts).toMatchObject({ sent: 400, failed: 0 });
    expect((await recipientsOf(campaign.id)).every((row) => row.attempts === 1)).toBe(true);
    const { ratePerMinute } = await healthOf(account.id);
    expect(ratePerMinute).toBeGreaterThan(0);
    await test.database.pool.query(
      `update account_health set throttled_at = throttled_at - interval '1 minute', paused_until = null`,
    );
    expect((await healthOf(account.id)).ratePerMinute).toBeGreaterThan(ratePerMinute ?? 0);
    await test.database.pool.query(`update account_health set throttled_at = throttled_at - interval '1 hour'`);
    expect(await healthOf(account.id)).toEqual({ state: 'ok', message: null, until: null, ratePerMinute: null });
  });

  it('leave an unreachable server alone, try it with one message, and go on when it answers', async () => {
    const port = await freePort(0, '127.0.0.1');
    const account = await test.addAccount(port);
    await workers.start(test, 2);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(60) });
    await expect.poll(async () => (await healthOf(account.id)).state, PATIENCE).toBe('unreachable');
    await expect
      .poll(async () => (await statusOf(test, campaign.id)).waitingFor ?? '', PATIENCE)
      .toContain('not reached');
    // It takes its time for a reply: until the first one nobody may send a second message.
    const server = new CountingSink(700);
    sinks.push(server);
    await server.listen(port);
    await test.database.pool.query('update account_health set open_until = clock_timestamp(), probe_until = null');
    const { counts } = await untilState(test, campaign.id, 'completed', 100_000);
    expect(counts).toMatchObject({ sent: 60, failed: 0, unknown: 0 });
    expect((server.times[1] ?? 0) - (server.times[0] ?? 0)).toBeGreaterThan(690);
    expect((await healthOf(account.id)).state).toBe('ok');
    expect((await recipientsOf(campaign.id)).every((row) => row.attempts === 1)).toBe(true);
  });

  it('disable an account whose login is refused, tell the campaign, and start clean when it is resumed', async () => {
    let refused = true;
    const sink = await startSink({
      extensions: ['PIPELINING', 'AUTH PLAIN LOGIN'],
      script: ({ stage }) =>
        stage === 'auth' ? (refused ? '535 5.7.8 Bad credentials' : '235 2.7.0 Welcome') : undefined,
    });
    sinks.push(sink);
    const secret = test.core.secrets.seal(JSON.stringify({ username: 'me', password: 'wrong' }));
    const account = await test.addAccount(sink.port, {
      name: 'Mine',
      credentials: secret,
      keyId: test.core.secrets.keyId,
    });
    await workers.start(test, 1);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(50) });
    await expect
      .poll(async () => (await statusOf(test, campaign.id)).waitingFor ?? '', PATIENCE)
      .toMatch(/Mine is disabled: .*535/);
    expect(await getAccount(test.core, test.caller, account.id)).toMatchObject({ state: 'disabled' });
    refused = false;
    const resumed = await resumeAccount(test.core, test.caller, account.id);
    expect(resumed).toMatchObject({ state: 'active', stateReason: null, health: { state: 'ok' } });
    const { counts } = await untilState(test, campaign.id, 'completed');
    expect(counts).toMatchObject({ sent: 50, failed: 0 });
  });
});
