import { expect, it } from 'vitest';
import { readFilter } from './segment-filter.ts';
import { describeFilter } from './segment-words.ts';

const LIST = '018f0000-0000-7000-8000-000000000001';
const CAMPAIGN = '018f0000-0000-7000-8000-000000000002';
const names = new Map([
  [LIST, 'Newsletter'],
  [CAMPAIGN, 'Spring'],
]);
const declared = new Map([
  ['country', 'string'],
  ['age', 'number'],
  ['born', 'date'],
  ['vip', 'boolean'],
] as const);
const country = { attribute: 'country', op: 'is', value: 'Germany' };
const opened = { activity: 'opened', days: 30 };
const adult = { attribute: 'age', op: 'atLeast', value: 18 };

it.each([
  [{ and: [country, opened] }, 'country is Germany and opened any campaign in the last 30 days'],
  [
    { and: [country, { or: [opened, adult] }] },
    'country is Germany and (opened any campaign in the last 30 days or age is at least 18)',
  ],
  [{ not: [country] }, 'not (country is Germany)'],
  [{ not: [country, adult] }, 'none of (country is Germany, age is at least 18)'],
  [
    { and: [{ not: [{ or: [country, adult] }] }, opened] },
    'not (country is Germany or age is at least 18) and opened any campaign in the last 30 days',
  ],
  [{ attribute: 'country', op: 'isNoneOf', value: ['Italy', 'Spain'] }, 'country is not Italy or Spain'],
  [{ attribute: 'age', op: 'between', value: [18, 30] }, 'age is between 18 and 30'],
  [{ attribute: 'born', op: 'anniversaryInDays', value: 0 }, 'born comes up today, in any year'],
  [{ attribute: 'born', op: 'moreThanDaysAgo', value: 1 }, 'born is more than 1 day ago'],
  [{ attribute: 'vip', op: 'isNotSet' }, 'vip is not set'],
  [{ field: 'firstName', op: 'startsWith', value: 'A' }, 'first name begins with A'],
  [{ field: 'tags', op: 'containsAll', value: ['a', 'b'] }, 'tags include a and b'],
  [{ field: 'lists', op: 'in', value: LIST }, 'is subscribed in the list Newsletter'],
  [
    { field: 'lists', op: 'notIn', value: [LIST, CAMPAIGN.replace('2', '3')], status: 'any' },
    'is not in one of the lists Newsletter or a list that is gone',
  ],
  [{ field: 'status', op: 'is', value: 'active' }, 'is sent to'],
  [
    { activity: 'clicked', link: 'https://a.test', campaignIds: [CAMPAIGN] },
    'clicked the link https://a.test of the campaign Spring',
  ],
  [{ activity: 'bounced', op: 'didNot' }, 'did not bounce in any campaign'],
  [{ activity: 'sent', op: 'didNot', campaignIds: [CAMPAIGN] }, 'was not sent the campaign Spring'],
])('%j reads as words', (filter, words) => {
  const reading = readFilter(filter, declared);
  expect(reading.ok && describeFilter(reading.filter, names)).toBe(words);
});
