import { describe, expect, it } from 'vitest';
import { Autoscaler, type PoolLoad, shareOut, wantedWorkers } from './autoscale.ts';

const idle: PoolLoad = {
  running: 1,
  min: 1,
  max: 8,
  depth: 0,
  rate: 0,
  allowed: Infinity,
  connections: 20,
  target: 10_000 / 3600,
};

describe('wantedWorkers', () => {
  it.each<[string, Partial<PoolLoad>, number]>([
    ['the minimum while nothing waits', {}, 1],
    ['one for a handful', { depth: 100 }, 1],
    ['enough to be done in a minute', { depth: 240_000, rate: 1000 }, 4],
    ['enough for the target', { depth: 1, rate: 100, target: 500 }, 5],
    ['never more than the maximum', { depth: 10_000_000, rate: 1000 }, 8],
    ['never more than the accounts can use', { depth: 10_000_000, rate: 100, allowed: 300 }, 3],
    ['no more once the limits are reached', { running: 3, depth: 10_000_000, rate: 280, allowed: 300 }, 3],
    ['one while no account can send', { depth: 1000, allowed: 0, min: 0 }, 1],
    ['none when nothing waits and none is the minimum', { min: 0 }, 0],
  ])('asks for %s', (_what, load, workers) => {
    expect(wantedWorkers({ ...idle, ...load }).workers).toBe(workers);
  });
});

describe('Autoscaler', () => {
  const scaler = () => new Autoscaler({ upAfterMs: 2000, downAfterMs: 30_000, settleMs: 0, measureMs: 2000 });
  const busy = { ...idle, depth: 1_000_000, rate: 1000 };

  it('goes up after the need has lasted, and at most doubles', () => {
    const it = scaler();
    expect(it.decide(1, busy, 0).workers).toBe(1);
    expect(it.decide(1, busy, 1000).workers).toBe(1);
    expect(it.decide(1, busy, 2000).workers).toBe(2);
    expect(it.decide(2, { ...busy, running: 2, rate: 2000 }, 4000).workers).toBe(4);
  });

  it('begins at once where there is none', () => {
    expect(scaler().decide(0, { ...busy, running: 0, min: 0, rate: 0 }, 0).workers).toBe(1);
  });

  it('goes down only after half a minute, and no lower than was wished for meanwhile', () => {
    const it = scaler();
    const calm = { ...idle, running: 8 };
    expect(it.decide(8, calm, 0).workers).toBe(8);
    expect(it.decide(8, { ...calm, depth: 180_000, rate: 8000 }, 10_000).workers).toBe(8);
    expect(it.decide(8, calm, 29_000).workers).toBe(8);
    expect(it.decide(8, calm, 30_000).workers).toBe(3);
  });

  it('does not flap with a load that comes and goes', () => {
    const it = scaler();
    let workers = 4;
    for (let second = 0; second < 120; second++) {
      const load =
        second % 10 < 5 ? { ...idle, running: workers } : { ...busy, running: workers, rate: 4200 * workers };
      workers = it.decide(workers, load, second * 1000).workers;
      expect(workers).toBe(4);
    }
  });

  it('obeys new bounds at once', () => {
    expect(scaler().decide(8, { ...busy, max: 3 }, 0).workers).toBe(3);
    expect(scaler().decide(1, { ...idle, min: 2 }, 0).workers).toBe(2);
  });
});

describe('shareOut', () => {
  const node = (id: string, min: number, max: number) => ({ id, min, max });
  it('gives each node its minimum, and the rest by size', () => {
    expect([...shareOut(7, [node('a', 1, 2), node('b', 1, 8)])]).toEqual([
      ['a', 2],
      ['b', 5],
    ]);
  });
  it('never passes a maximum, and shares too few evenly', () => {
    expect([...shareOut(9, [node('a', 0, 2), node('b', 0, 3)]).values()]).toEqual([2, 3]);
    expect([...shareOut(2, [node('a', 2, 4), node('b', 2, 4)]).values()]).toEqual([1, 1]);
    expect([...shareOut(0, [node('a', 1, 4)]).values()]).toEqual([0]);
  });
});
