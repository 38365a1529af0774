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

test('after a pause the server is unknown again', () => {
  const window = new InFlightWindow();
  for (let now = 1000; now < 6000; now += 50) {
    window.size(20, 40, now);
    window.settled(300);
  }
  expect(window.size(20, 40, 6050)).toBeGreaterThan(300);
  expect(window.size(20, 40, 60_000)).toBe(60);
});
