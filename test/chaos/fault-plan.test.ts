import { expect, it } from 'vitest';
import { faultWords } from '../../bench/chaos/fault.ts';
import { planFaults } from '../../bench/chaos/fault-plan.ts';

const SIZE = { recipients: 1000, faults: 50, seed: 7, accounts: 2, workers: 2, leaseMs: 5000 };

it('plans the same faults for the same seed, and others for another', () => {
  expect(planFaults(SIZE)).toEqual(planFaults(SIZE));
  expect(planFaults({ ...SIZE, seed: 8 })).not.toEqual(planFaults(SIZE));
});

it('covers each group with seven faults, and each variant but the rarest cuts and refusals with fifty', () => {
  const groups = {
    kill: 'kill',
    stop: 'stop',
    database: 'database',
    'database-backend': 'database',
    silence: 'half-open',
    'no-greeting': 'half-open',
    cut: 'cut',
    refuse: 'script',
    speech: 'script',
    pause: 'pause',
  };
  for (let seed = 1; seed <= 20; seed++) {
    expect(new Set(planFaults({ ...SIZE, seed, faults: 7 }).map(({ kind }) => groups[kind])).size).toBe(7);
    const words = new Set(planFaults({ ...SIZE, seed }).map((fault) => faultWords(fault).replace(/[\d.]+/g, '')));
    expect(words.size).toBeGreaterThan(28);
  }
});

it('begins when there is something to break, and ends while there still is', () => {
  for (const { after } of planFaults({ ...SIZE, faults: 500 })) {
    expect(after).toBeGreaterThanOrEqual(20);
    expect(after).toBeLessThanOrEqual(850);
  }
});
