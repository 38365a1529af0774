import { expect, test } from 'vitest';
import { judgeVariants, wilsonInterval } from './variant-verdict.ts';

const RULES = { minimumSent: 10 };
const of = (...pairs: Array<[sent: number, people: number]>) => pairs.map(([sent, people]) => ({ sent, people }));

// Values of R's binom::binom.confint(method = "wilson").
test.each([
  [20, 8, 0.218807, 0.613423],
  [100, 0, 0, 0.036994],
  [10, 10, 0.722467, 1],
])('of %i copies %i say where the true rate lies', (sent, people, low, high) => {
  const interval = wilsonInterval({ sent, people });
  expect(interval?.low).toBeCloseTo(low, 4);
  expect(interval?.high).toBeCloseTo(high, 4);
});

test('the highest rate wins, and whether that is more than chance is told', () => {
  expect(judgeVariants(of([100, 10], [200, 30]), RULES)).toEqual({ best: 1, doubt: null, isSignificant: false });
  expect(judgeVariants(of([1000, 100], [1000, 150]), RULES)).toEqual({ best: 1, doubt: null, isSignificant: true });
  // What two would settle leaves ten in doubt: the best of many is often best by chance.
  const ten = of([1000, 128], ...Array.from({ length: 9 }, (): [number, number] => [1000, 100]));
  expect(judgeVariants(ten.slice(0, 2), RULES).isSignificant).toBe(true);
  expect(judgeVariants(ten, RULES).isSignificant).toBe(false);
});

test('the first of those with the same rate is taken, and nothing is where nothing can be told', () => {
  expect(judgeVariants(of([50, 1], [100, 4], [50, 2]), RULES)).toEqual({ best: 1, doubt: 'tie', isSignificant: false });
  expect(judgeVariants(of([50, 0], [50, 0]), RULES)).toEqual({ best: null, doubt: 'nothing', isSignificant: false });
  expect(judgeVariants(of([9, 9], [50, 0]), RULES)).toEqual({ best: null, doubt: 'too-few', isSignificant: false });
  expect(wilsonInterval({ sent: 0, people: 0 })).toBeNull();
});
