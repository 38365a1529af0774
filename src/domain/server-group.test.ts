import { describe, expect, it } from 'vitest';
import { connectionsOf, type GroupMember } from './server-group.ts';

const member = (id: string, serverGroup: string | null, maxConnections: number, active = true): GroupMember => ({
  id,
  serverGroup,
  maxConnections,
  active,
});
const three = ['a', 'b', 'c'].map((id) => member(id, 'one server', 3));

describe('connections of accounts that share a server', () => {
  it('are what an account says, over all workers together', () => {
    const accounts = [member('a', null, 10), member('b', null, 4), member('c', null, 1)];
    const places = [0, 1, 2, 3].map((index) => connectionsOf(accounts, { index, count: 4 }, 7));
    expect(places.map((place) => place.get('a'))).toEqual([3, 3, 2, 2]);
    expect(places.map((place) => place.get('b'))).toEqual([1, 1, 1, 1]);
    expect(places.map((place) => place.get('c'))).toEqual([1, 1, 1, 1]); // at least one each
    expect([...connectionsOf(accounts, { index: 0, count: 1 }, 7).values()]).toEqual([10, 4, 1]);
  });

  it('are divided among the accounts of a group, and among the workers', () => {
    expect([...connectionsOf(three, { index: 0, count: 1 }, 0).values()]).toEqual([1, 1, 1]);
    const six = [member('a', 'g', 6), member('b', 'g', 3), member('paused', 'g', 50, false)];
    expect([...connectionsOf(six, { index: 1, count: 2 }, 0).values()].slice(0, 2).sort()).toEqual([1, 2]);
  });

  it('never are more than the group has, over all workers, while there are no more workers than that', () => {
    for (const count of [1, 2, 3]) {
      for (let turn = 0; turn < 6; turn++) {
        const all = Array.from({ length: count }, (_, index) => [
          ...connectionsOf(three, { index, count }, turn).values(),
        ]);
        expect(all.flat().reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(3);
      }
    }
  });

  it('go to every account in turn where there are too few for all', () => {
    const had = new Set<string>();
    for (let turn = 0; turn < 3; turn++)
      for (const [id, n] of connectionsOf(three, { index: 0, count: 3 }, turn)) if (n > 0) had.add(id);
    expect([...had].sort()).toEqual(['a', 'b', 'c']);
  });
});
