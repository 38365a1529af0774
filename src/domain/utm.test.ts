import { expect, test } from 'vitest';
import { utmOf, withUtm } from './utm.ts';

const utm = { source: 'news', medium: 'email', campaign: 'Spring sale' };

test.each([
  ['https://shop.test/', 'https://shop.test/?utm_source=news&utm_medium=email&utm_campaign=Spring%20sale'],
  ['https://shop.test/a?x=1', 'https://shop.test/a?x=1&utm_source=news&utm_medium=email&utm_campaign=Spring%20sale'],
  ['https://shop.test/a#top', 'https://shop.test/a?utm_source=news&utm_medium=email&utm_campaign=Spring%20sale#top'],
  ['https://shop.test/a?#top', 'https://shop.test/a?utm_source=news&utm_medium=email&utm_campaign=Spring%20sale#top'],
  [
    'https://shop.test/a?utm_source=own&b=%2F#/x?y',
    'https://shop.test/a?utm_source=own&b=%2F&utm_medium=email&utm_campaign=Spring%20sale#/x?y',
  ],
  [
    'https://shop.test/?UTM_Source=&utm_medium=&utm_campaign',
    'https://shop.test/?UTM_Source=&utm_medium=&utm_campaign',
  ],
  ['mailto:a@b.test', 'mailto:a@b.test'],
  ['#top', '#top'],
  ['https://', 'https://'],
])('%s becomes %s', (before, after) => {
  expect(withUtm(before, utm)).toBe(after);
  expect(withUtm(after, utm)).toBe(after);
});

test('only links to the domains named, and what is below them, get parameters', () => {
  const chosen = { source: 'news', domains: ['Shop.test'] };
  const got = (url: string) => withUtm(url, chosen) !== url;
  expect(['https://shop.test', 'https://a.shop.test/x', 'http://SHOP.TEST:8080'].map(got)).toEqual([true, true, true]);
  expect(['https://myshop.test', 'https://shop.test.evil.test', 'https://other.test'].map(got)).toEqual([
    false,
    false,
    false,
  ]);
});

test('without a parameter there is nothing to append', () => {
  expect([null, undefined, {}, { source: '' }, { domains: ['a.test'] }].map((value) => utmOf(value))).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});

test('a value may carry the name of the variant', () => {
  const utm = { source: 'news', content: 'november-{{ variant }}' };
  expect(withUtm('https://shop.test/', utmOf(utm, 'B & $1')!)).toBe(
    'https://shop.test/?utm_source=news&utm_content=november-B%20%26%20%241',
  );
  expect(utmOf(utm)).toMatchObject({ content: 'november-' });
});
