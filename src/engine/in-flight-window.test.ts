import { expect, test } from 'vitest';
import { InFlightWindow } from './in-flight-window.ts';

function after(perSecond: number, connections: number): number {
  const window = new InFlightWindow();
  for (let now = 1000; now < 6000; now += 50) {
    window.size(connections, 2 * connections, now);
    window.settled(perSecond / 20);
  }
  return window.size(connections, 2 * connections, 6000);
}

test('a server that nothing is known of gets a few rows for each place on its connections', () => {
  expect(new InFlightWindow().size(20, 100, 1000)).toBe(150);
  expect(new InFlightWindow().size(20, 40, 1000)).toBe(60);
  expect(new InFlightWindow().size(1, 2, 1000)).toBe(20);
});

test('the window follows the rate, within a few and twenty-five rows a connection', () => {
  expect(after(20, 20)).toBe(60);
  expect(after(3000, 20)).toBe(240);
  expect(after(100_000, 20)).toBe(500);
});

test('what messages take before they wait for a connection is covered as well', () => {
  const window = new InFlightWindow();
  for (let now = 1000; now < 6000; now += 50) {
    window.size(20, 40, now, 300);
    window.settled(50);
  }
  expect(window.size(20, 40, 6000, 300)).toBe(380);
});

test('a slow ledger does not keep the rate down that a fast server could take', () => {
  // A server of 4,000 a second, behind a ledger that holds a row for 240 ms: what is in flight is the rate times that.
  const rateWith = (ledgerMs: number) => {
    const window = new InFlightWindow();
    let rate = 0;
    for (let now = 1000; now < 6000; now += 50) {
      rate = Math.min(4000, (window.size(40, 40, now) * 1000) / (10 + ledgerMs));
      window.settled(rate / 20);
      window.ledgerTook('gate', ledgerMs * 0.7);
      window.ledgerTook('record', ledgerMs * 0.3);
    }
    return Math.round(rate);
  };
  expect(rateWith(20)).toBe(4000);
  expect(rateWith(240)).toBe(4000);
});

test('an outage of the database is no time that a gate takes', () => {
  const window = new InFlightWindow();
  for (let now = 1000; now < 3000; now += 100) {
    window.size(40, 40, now);
    window.settled(20);
    window.ledgerTook('gate', 60_000);
  }
  expect(window.size(40, 40, 3000)).toBe(40 + 200 * 1.5);
});

test('after a pause the server is unknown again', () => {
  const window = new InFlightWindow();
  for (let now = 1000; now < 6000; now += 50) {
    window.size(20, 40, now);
    window.settled(300);
  }
  expect(window.size(20, 40, 6050)).toBeGreaterThan(300);
  expect(window.size(20, 40, 60_000)).toBe(60);
});
