import { expect, it } from 'vitest';
import { forecastSentences } from './forecast-words.ts';

const NOON = Date.parse('2026-03-02T12:00:00Z');

it('a forecast says of an estimated number of recipients that it is about so many', () => {
  const of = {
    result: { startsAt: NOON, finishesAt: NOON + 3_600_000, accounts: [], bindings: [] },
    ...{ bindings: [], remaining: 1_234_500, nameOf: () => 'x', clock: { now: NOON, zone: 'UTC' } },
  };
  expect(forecastSentences({ ...of, isEstimate: true })).toEqual([
    '0 accounts, about 1,234,500 recipients: done 13:00 (UTC).',
  ]);
  expect(forecastSentences({ ...of, isEstimate: false })).toEqual([
    '0 accounts, 1,234,500 recipients: done 13:00 (UTC).',
  ]);
});
