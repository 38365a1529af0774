import { describe, expect, it } from 'vitest';
import { afterSample, CALM, factorOf, type Load, type LoadState } from './load-factor.ts';

const IDLE: Load = { eventLoopMs: 2, databaseMs: 1, waitingForDatabase: 0, queued: 0 };
const UNKNOWN: Load = { eventLoopMs: null, databaseMs: null, waitingForDatabase: null, queued: null };
const stateAfter = (loads: readonly Load[], from: LoadState = CALM) => loads.reduce(afterSample, from);
const times = (count: number, load: Partial<Load>) => Array.from({ length: count }, () => ({ ...IDLE, ...load }));

describe('the share of the limits that holds under load', () => {
  it('is all of them while nothing is wrong, or nothing is known', () => {
    for (const load of [IDLE, UNKNOWN]) expect(factorOf(stateAfter([load, load, load, load]))).toBe(1);
    expect(stateAfter([IDLE]).reason).toBeNull();
  });

  it('does not heed one slow sample', () => {
    expect(factorOf(stateAfter([...times(1, { eventLoopMs: 5000 }), IDLE, ...times(1, { databaseMs: 9000 })]))).toBe(1);
  });

  it('shrinks by one step for every two samples that ask for it, to a quarter at least, and says why', () => {
    const slow = { databaseMs: 3000 };
    expect([2, 4, 6, 20].map((count) => factorOf(stateAfter(times(count, slow))))).toEqual([0.75, 0.5, 0.25, 0.25]);
    expect(stateAfter(times(2, slow)).reason).toBe('the database is slow (3000 ms for an answer)');
  });

  it.each<[keyof Load, number, number]>([
    ['eventLoopMs', 300, 0.75],
    ['databaseMs', 1200, 0.5],
    ['waitingForDatabase', 400, 0.25],
    ['queued', 1000, 0.75],
  ])('goes by %s, and no further than %d asks for', (sign, value, factor) => {
    expect(factorOf(stateAfter(times(20, { [sign]: value })))).toBe(factor);
  });

  it('grows again when three samples in a row are well below, and not before', () => {
    const reduced = stateAfter(times(6, { eventLoopMs: 2000 }));
    expect(factorOf(stateAfter(times(2, {}), reduced))).toBe(0.25);
    expect(factorOf(stateAfter(times(3, {}), reduced))).toBe(0.5);
    expect(stateAfter(times(9, {}), reduced)).toEqual(CALM);
  });

  it('does not flap at a threshold', () => {
    let state = stateAfter(times(2, { eventLoopMs: 260 }));
    for (let i = 0; i < 50; i++) {
      state = afterSample(state, { ...IDLE, eventLoopMs: i % 2 === 0 ? 240 : 260 });
      expect(factorOf(state)).toBe(0.75);
    }
  });
});
