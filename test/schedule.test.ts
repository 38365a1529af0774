import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { LETTER, people, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** HH:MM in UTC. */
const clock = (at: number) => new Date(at).toISOString().slice(11, 16);

describe('sending by the clock', () => {
  let test: TestCore;
  let sink: CountingSink;
  const workers = new TestWorkers();

  beforeEach(async () => {
    test = await openTestCore();
    sink = new CountingSink(2);
    await test.addAccount(await sink.listen());
  });
  afterEach(async () => {
    vi.useRealTimers();
    await workers.stop();
    await test.close();
    await sink.close();
  });
  const waitingFor = async (id: string) => (await statusOf(test, id)).waitingFor ?? '';

  it('hands nothing over in quiet hours, says until when, and goes on after them', async () => {
    const now = Date.now();
    const quietHours = { from: clock(now - HOUR_MS), to: clock(now + HOUR_MS), timezone: 'UTC' };
    await workers.start(test);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(700), quietHours });
    await expect
      .poll(() => waitingFor(campaign.id), { timeout: 10_000 })
      .toBe(`the end of quiet hours at ${quietHours.to} in UTC`);
    const end = Math.floor((now + HOUR_MS) / MINUTE_MS) * MINUTE_MS;
    const { rows } = await test.database.pool.query<{ wake_at: Date }>('select wake_at from campaign_send_batches');
    expect(rows.map((row) => Math.round(row.wake_at.getTime() / 1000))).toEqual([end / 1000, end / 1000]);
    expect(sink.accepted).toBe(0);
    await workers.stop();
    await test.database.pool.query('update campaigns set quiet_hours = null');
    await test.database.pool.query('update campaign_send_batches set wake_at = now()');
    await workers.start(test);
    expect((await untilState(test, campaign.id, 'completed')).counts.sent).toBe(700);
  });

  it('stops within a window when quiet hours begin under way', async () => {
    await workers.start(test);
    // Not a minute before they begin: the clock of this process is put forward below, that of the database is not.
    const from = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS + 5 * MINUTE_MS;
    const quietHours = { from: clock(from), to: clock(from + HOUR_MS), timezone: 'UTC' };
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(5000), quietHours });
    await expect.poll(() => sink.accepted, { timeout: 10_000, interval: 5 }).toBeGreaterThan(200);
    vi.useFakeTimers({ toFake: ['Date'], now: from, shouldAdvanceTime: false });
    await expect.poll(() => waitingFor(campaign.id), { timeout: 10_000 }).toContain('the end of quiet hours');
    await expect.poll(async () => (await statusOf(test, campaign.id)).counts.sending, { timeout: 10_000 }).toBe(0);
    const sent = sink.accepted;
    expect(sent).toBeLessThan(5000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(sink.accepted).toBe(sent);
    expect((await statusOf(test, campaign.id)).counts).toMatchObject({ sent, pending: 5000 - sent });
  });

  it('does not send a retry in quiet hours, and does not go in circles over it', async () => {
    await workers.start(test);
    sink.refuse = () => '451 4.3.0 Later';
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(3) });
    await expect.poll(async () => (await statusOf(test, campaign.id)).counts.deferred, { timeout: 10_000 }).toBe(3);
    await workers.stop();
    sink.refuse = () => null;
    const now = Date.now();
    const quiet = { from: clock(now - HOUR_MS), to: clock(now + HOUR_MS), timezone: 'UTC' };
    const { pool } = test.database;
    await pool.query('update campaigns set quiet_hours = $1', [JSON.stringify(quiet)]);
    await pool.query('update email_retry_jobs set due_at = now()');
    await pool.query('update campaign_send_batches set wake_at = now()');
    await workers.start(test);
    await expect.poll(() => waitingFor(campaign.id), { timeout: 10_000 }).toContain('the end of quiet hours');
    const fence = async () => (await pool.query('select max(fence)::int as fence from campaign_send_batches')).rows[0];
    const before = await fence();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await fence()).toEqual(before);
    expect(sink.accepted).toBe(0);
  });

  it('sends to each zone when its time has come, and to those that are late at once', async () => {
    await workers.start(test);
    const audience = [
      ...people(3).map((person) => ({ ...person, timezone: 'Pacific/Kiritimati' })),
      { email: 'later@example.test', firstName: 'Later', timezone: 'Pacific/Pago_Pago' },
    ];
    // Noon in Kiritimati (UTC+14) was an hour ago; in Pago Pago (UTC-11) it is in a day.
    const scheduledAt = new Date(Date.now() + 13 * HOUR_MS).toISOString();
    const campaign = await sendCampaign(test.core, test.caller, {
      ...LETTER,
      audience,
      scheduledAt,
      timezone: 'recipient',
    });
    await expect.poll(() => sink.accepted, { timeout: 10_000 }).toBe(3);
    const words = `${clock(Date.parse(scheduledAt))} on ${scheduledAt.slice(0, 10)} in Pacific/Pago_Pago`;
    await expect.poll(() => waitingFor(campaign.id), { timeout: 10_000 }).toBe(words);
    await expect
      .poll(async () => (await statusOf(test, campaign.id)).counts, { timeout: 10_000 })
      .toMatchObject({ sent: 3, pending: 1 });
    await test.database.pool.query(`update campaign_send_batches set wake_at = now() where state = 'waiting'`);
    await untilState(test, campaign.id, 'completed');
    expect(sink.copies.get('later@example.test')).toBe(1);
  });
});
