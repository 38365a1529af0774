import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../../src/contract/queue.ts';
import { isStale, mergeProgress, withProgress } from './progress.ts';

const none = { sent: 0, sending: 0, deferred: 0, failed: 0, unknown: 0, excluded: 0, cancelled: 0, pending: 0 };

function event(id: string, sent: number, second: number): Operation {
  return {
    id,
    kind: 'campaign',
    name: 'News',
    state: 'active',
    progress: sent,
    total: 100,
    processed: sent,
    succeeded: sent,
    failed: 0,
    counts: { ...none, sent, pending: 100 - sent },
    rate: 5,
    etaSeconds: 20,
    updatedAt: `2026-11-22T12:00:0${second}.000Z`,
  };
}

describe('merging what the stream tells', () => {
  it('replaces what is known of the same campaign and keeps the others in their place', () => {
    const known = [event('a', 1, 0), event('b', 1, 0)];
    expect(mergeProgress(known, event('a', 2, 1))).toEqual([event('a', 2, 1), event('b', 1, 0)]);
    expect(mergeProgress(known, event('c', 1, 0))).toHaveLength(3);
  });

  it('drops an event that is older than what is known', () => {
    const known = [event('a', 50, 5)];
    expect(isStale(known, event('a', 40, 4))).toBe(true);
    expect(mergeProgress(known, event('a', 40, 4))).toEqual(known);
    expect(mergeProgress(known, event('a', 60, 5))).toEqual([event('a', 60, 5)]);
  });

  it('changes how a campaign stands and nothing else about it', () => {
    const campaign = { name: 'News', state: 'waiting', progress: 0, total: 0, counts: none };
    expect(withProgress(campaign, event('a', 30, 1))).toEqual({
      name: 'News',
      state: 'active',
      progress: 30,
      total: 100,
      counts: { ...none, sent: 30, pending: 70 },
    });
  });
});
