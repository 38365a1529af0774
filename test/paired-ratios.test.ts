import { expect, it } from 'vitest';
import { comparePaired } from '../bench/paired-ratios.ts';

it('compares neighbours in time, so that a machine that slows down steadily changes nothing', async () => {
  let turn = 0;
  const order: string[] = [];
  const run = (name: string, rate: number) => async () => {
    order.push(name);
    return rate - 10 * turn++;
  };
  const compared = await comparePaired(2, run('A', 1000), run('B', 1000));
  expect(order.join('')).toBe('ABBAABBA');
  expect(compared.ratios).toHaveLength(4);
  expect(compared.median).toBeCloseTo(1, 3);
  expect(compared.lowest).toBeLessThan(1);
  expect(compared.highest).toBeGreaterThan(1);
});

it('says by how much the first is faster', async () => {
  const compared = await comparePaired(
    3,
    async () => 300,
    async () => 200,
  );
  expect(compared).toMatchObject({ median: 1.5, lowest: 1.5, highest: 1.5, first: 300, second: 200 });
});
