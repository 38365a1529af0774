import { expect, it } from 'vitest';
import type { Account } from '../../../../src/contract/accounts.ts';
import { tightestOf, windowsOf } from './limit-use.ts';

const limits = { perSecond: 10, perMinute: null, perHour: 100, perDay: 1000 };
const use = { accountId: 'a', usedSecond: 1, usedMinute: 9, usedHour: 90, usedDay: 500 };

it('the tightest limit is the one with the largest share used, not the largest number', () => {
  expect(tightestOf({ limits } as Account, use)).toEqual({ id: 'hour', used: 90, limit: 100 });
  expect(
    tightestOf({ limits: { ...limits, perSecond: null, perHour: null, perDay: null } } as Account, use),
  ).toBeNull();
});

it('windows without a limit are left out, except for hour and day, which tell what was sent', () => {
  const none = { perSecond: null, perMinute: null, perHour: null, perDay: null };
  expect(windowsOf({ limits: none } as Account, use).map(({ id, limit }) => [id, limit])).toEqual([
    ['hour', null],
    ['day', null],
  ]);
});
