import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ForecastAccount, type ForecastGroup, type ForecastInput, forecast } from './forecast.ts';
import { windowsOf, windowsOfRate } from './permit-window.ts';
import { nextQuietAt, quietUntil } from './quiet-hours.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const account = (id: string, limits: Parameters<typeof windowsOf>[0] = {}, more: Partial<ForecastAccount> = {}) => ({
  id,
  name: id,
  weight: 1,
  perSecond: 50,
  windows: windowsOf(limits),
  spent: [],
  availableAt: NOW,
  ...more,
});
const always = (recipients: number): ForecastGroup => ({
  recipients,
  openAt: () => ({ open: true, until: Number.POSITIVE_INFINITY }),
});
const run = (accounts: readonly ForecastAccount[], recipients: number, more: Partial<ForecastInput> = {}) =>
  forecast({ now: NOW, accounts, campaign: { windows: [], spent: [] }, groups: [always(recipients)], ...more });
const hours = (at: number | null) => (at === null ? null : (at - NOW) / HOUR);

describe('the forecast of a campaign', () => {
  it('is a division where only the rate binds', () => {
    const { finishesAt, startsAt, bindings, accounts } = run([account('a'), account('b')], 360_000);
    expect(hours(finishesAt)).toBeCloseTo(1, 6);
    expect(startsAt).toBe(NOW);
    expect(bindings).toEqual([]);
    expect(accounts).toMatchObject([{ messages: 180_000 }, { messages: 180_000 }]);
  });

  it('waits for an hour to go by when the limit per hour is used up, and says from when until when', () => {
    const { finishesAt, bindings } = run([account('a', { perHour: 1800 })], 5400);
    // 1,800 in 36 seconds at the start of each of three hours.
    expect((finishesAt ?? 0) - NOW).toBeGreaterThan(2 * HOUR);
    expect((finishesAt ?? 0) - NOW).toBeLessThan(2 * HOUR + 120_000);
    expect(bindings[0]).toMatchObject({ accountId: 'a', limit: 'limit per hour' });
    expect((bindings[0]?.from ?? 0) - NOW).toBeLessThanOrEqual(37_000);
    expect(Math.abs((bindings[0]?.until ?? 0) - NOW - HOUR)).toBeLessThan(60_000);
  });

  it('counts what was used before, and an account that is not available yet', () => {
    const spent = [{ at: NOW - 23 * HOUR, permits: 900 }];
    const { finishesAt } = run([account('a', { perDay: 1000 }, { spent })], 500);
    expect(hours(finishesAt)).toBeGreaterThan(0.99);
    expect(hours(finishesAt)).toBeLessThan(1.1);
    expect(hours(run([account('a', {}, { availableAt: NOW + HOUR })], 50).finishesAt)).toBeCloseTo(1, 2);
  });

  it("keeps to the campaign's own rate", () => {
    const campaign = { windows: windowsOfRate(3600), spent: [] };
    const { finishesAt, bindings } = run([account('a')], 36_000, { campaign });
    expect(hours(finishesAt)).toBeGreaterThanOrEqual(9);
    expect(hours(finishesAt)).toBeLessThanOrEqual(10.1);
    expect(bindings).toContainEqual(expect.objectContaining({ accountId: null, limit: 'rate limit' }));
  });

  it('divides by weight where there is more room than messages', () => {
    const accounts = [account('a', {}, { weight: 3 }), account('b'), account('c', { perDay: 10 })];
    const groups = [{ recipients: 100, openAt: (at: number) => ({ open: true, until: at + HOUR }) }];
    const result = forecast({
      now: NOW,
      accounts,
      campaign: { windows: windowsOf({ perSecond: 5 }), spent: [] },
      groups,
    });
    expect(result.accounts.map(({ messages }) => messages)).toEqual([67, 23, 10].map((n) => expect.closeTo(n, -0.5)));
    expect(result.accounts.reduce((sum, { messages }) => sum + messages, 0)).toBe(100);
  });

  it('stands still in quiet hours, and opens each zone in its turn', () => {
    const quiet = { from: '21:00', to: '08:00', timezone: 'UTC' };
    const openAt = (at: number) => {
      const end = quietUntil(quiet, 'UTC', at);
      return end === null ? { open: true, until: nextQuietAt(quiet, 'UTC', at) } : { open: false, until: end };
    };
    // Nine hours until 21:00; ten hours of work: done at 9:00 the next morning.
    const night = run([account('a', {}, { perSecond: 1 })], 36_000, { groups: [{ recipients: 36_000, openAt }] });
    expect(hours(night.finishesAt)).toBeCloseTo(21, 2);
    const later = (opens: number): ForecastGroup => ({
      recipients: 100,
      openAt: (at) => (at < opens ? { open: false, until: opens } : { open: true, until: Number.POSITIVE_INFINITY }),
    });
    const zones = run([account('a')], 0, { groups: [later(NOW + HOUR), later(NOW + 5 * HOUR)] });
    expect(zones.startsAt).toBe(NOW + HOUR);
    expect(hours(zones.finishesAt)).toBeCloseTo(5, 2);
  });

  it('says that it never ends without an account, or without permission ever', () => {
    expect(run([], 10)).toMatchObject({ finishesAt: null, startsAt: null });
    expect(run([account('a', {}, { perSecond: 0 })], 10).finishesAt).toBeNull();
    expect(run([account('a')], 0).finishesAt).toBe(NOW);
  });

  it('takes a moment for forty accounts and ten days', () => {
    const accounts = Array.from({ length: 40 }, (_, i) =>
      account(`${i}`, { perSecond: 20, perMinute: 300, perHour: 400, perDay: 3000 }),
    );
    const { finishesAt } = run(accounts, 1_200_000);
    const started = performance.now();
    for (let i = 0; i < 10; i++) run(accounts, 1_200_000);
    const took = (performance.now() - started) / 10;
    expect(hours(finishesAt)).toBeGreaterThan(9 * 24);
    expect(hours(finishesAt)).toBeLessThan(10 * 24);
    if (process.env.TEST_LOG) console.log(`forty accounts, ten days: ${took.toFixed(1)} ms`);
  });

  const limit = (most: number) => fc.option(fc.integer({ min: 1, max: most }), { nil: null });
  const limits = fc.record({
    perSecond: limit(50),
    perMinute: limit(500),
    perHour: limit(5000),
    perDay: limit(20_000),
  });
  const several = fc.array(limits, { minLength: 1, maxLength: 4 });
  const people = fc.integer({ min: 1, max: 40_000 });

  it('is never faster than any limit allows, and sends to everybody', () => {
    fc.assert(
      fc.property(several, people, (all, recipients) => {
        const accounts = all.map((given, i) => account(`${i}`, given, { perSecond: 40 }));
        const result = run(accounts, recipients);
        if (result.finishesAt === null) return;
        expect(result.accounts.reduce((sum, { messages }) => sum + messages, 0)).toBe(recipients);
        const ms = (result.finishesAt - NOW) * 1.01 + 1000; // a step more: what happens within one is not told apart
        for (const { id, messages } of result.accounts) {
          const windows = accounts.find((one) => one.id === id)?.windows ?? [];
          expect(messages).toBeLessThanOrEqual((40 * ms) / 1000 + 1);
          for (const { widthMs, allowed } of windows)
            expect(messages).toBeLessThanOrEqual(allowed * (Math.floor(ms / widthMs) + 1) * 1.01 + 2);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is not earlier with more recipients, tighter limits, or more used before', () => {
    fc.assert(
      fc.property(several, people, fc.integer({ min: 1, max: 20_000 }), (all, recipients, more) => {
        const make = (factor: number, spent: ForecastAccount['spent'] = []) =>
          all.map((given, i) => {
            const tight = Object.fromEntries(
              Object.entries(given).map(([name, value]) => [name, value && Math.max(1, Math.floor(value * factor))]),
            );
            return account(`${i}`, tight, { spent });
          });
        const end = (result: ReturnType<typeof run>) => result.finishesAt ?? Number.POSITIVE_INFINITY;
        const base = end(run(make(1), recipients));
        if (base === Number.POSITIVE_INFINITY) return;
        const tolerance = 1000 + (base - NOW) * 0.01;
        expect(end(run(make(1), recipients + more))).toBeGreaterThanOrEqual(base - tolerance);
        expect(end(run(make(0.5), recipients))).toBeGreaterThanOrEqual(base - tolerance);
        const spent = [{ at: NOW - HOUR / 2, permits: more }];
        expect(end(run(make(1, spent), recipients))).toBeGreaterThanOrEqual(base - tolerance);
      }),
      { numRuns: 60 },
    );
  });

  it('takes an account that is paused for a day into account', () => {
    const result = run([account('a', { perDay: 100 }, { availableAt: NOW + DAY })], 100);
    expect(hours(result.finishesAt)).toBeGreaterThanOrEqual(24);
  });
});
