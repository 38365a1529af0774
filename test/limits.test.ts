import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { LETTER, people, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

describe('limits', () => {
  let test: TestCore;
  let sink: CountingSink;
  const workers = new TestWorkers();

  beforeEach(async () => {
    test = await openTestCore();
    sink = new CountingSink();
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    await sink.close();
  });

  it('keeps every rolling second of an account within its limit, across workers', async () => {
    await test.addAccount(await sink.listen(), { limitPerSecond: 20 });
    await workers.start(test, 3);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(100) });
    await untilState(test, campaign.id, 'completed');
    expect(sink.accepted).toBe(100);
    expect(mostWithin(sink.times, 1000)).toBeLessThanOrEqual(20);
  });

  it('waits for a used-up daily limit instead of failing, says so, and goes on when there is room', async () => {
    const account = await test.addAccount(await sink.listen(), { limitPerDay: 30 });
    await workers.start(test, 1);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(50) });
    await expect
      .poll(async () => (await statusOf(test, campaign.id)).waitingFor ?? '', { timeout: 10_000 })
      .toContain('limit per day');
    expect((await statusOf(test, campaign.id)).counts).toMatchObject({ sent: 30, pending: 20, failed: 0 });
    await test.database.pool.query(`update permits_used set used_at = used_at - interval '25 hours'`);
    // The worker looks again within a minute by itself; here the limit is changed, which it notices in a second.
    await test.database.pool.query('update sending_accounts set limit_per_day = 31, updated_at = now() where id = $1', [
      account.id,
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await test.database.pool.query(`update campaign_send_batches set wake_at = now() where state = 'waiting'`);
    const done = await untilState(test, campaign.id, 'completed');
    expect(done.counts.sent).toBe(50);
  });

  it('keeps an account that is warmed up to what its day allows', async () => {
    const startedAt = new Date(Date.now() - 30 * 3_600_000).toISOString();
    const warmup = JSON.stringify({ startPerDay: 20, growthPercent: 50, targetPerDay: 1000, startedAt });
    await test.addAccount(await sink.listen(), { warmup, limitPerDay: 500 });
    await workers.start(test, 2);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(50) });
    await expect
      .poll(async () => (await statusOf(test, campaign.id)).waitingFor ?? '', { timeout: 10_000 })
      .toContain('warm-up limit of the day');
    await expect.poll(async () => (await statusOf(test, campaign.id)).counts.sent, { timeout: 10_000 }).toBe(30);
    expect(sink.accepted).toBe(30);
  });

  it("holds a campaign to its own rate limit, and leaves the account's room to others", async () => {
    await test.addAccount(await sink.listen(), { limitPerHour: 1000 });
    await workers.start(test, 1);
    const slow = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(60), rateLimit: 40 });
    await expect
      .poll(async () => (await statusOf(test, slow.id)).waitingFor ?? '', { timeout: 10_000 })
      .toContain("campaign's own rate limit");
    expect((await statusOf(test, slow.id)).counts).toMatchObject({ sent: 40, pending: 20 });
    const other = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(500) });
    await untilState(test, other.id, 'completed');
    const { rows } = await test.database.pool.query<{ used: number }>(
      `select (select coalesce(sum(permits), 0) from permits_used where owner like 'account %')::int
        + (select coalesce(sum(permits), 0) from permits_in_hand where owner like 'account %')::int as used`,
    );
    expect(rows[0]?.used).toBe(540);
  });
});

/** The most moments that fall into any stretch of `windowMs`. */
function mostWithin(times: readonly number[], windowMs: number): number {
  let most = 0;
  let from = 0;
  for (let to = 0; to < times.length; to++) {
    while ((times[to] ?? 0) - (times[from] ?? 0) >= windowMs) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
