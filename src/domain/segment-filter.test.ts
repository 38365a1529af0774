import { describe, expect, it } from 'vitest';
import { CONTACT_STATUSES, OPERATORS } from '../contract/segment-operators.ts';
import { MOST_CLAUSES, MOST_LEVELS } from '../contract/segments.ts';
import { clausesOf } from './segment-clause.ts';
import { type DeclaredAttributes, readFilter } from './segment-filter.ts';

const declared: DeclaredAttributes = new Map([
  ['city', 'string'],
  ['age', 'number'],
  ['born', 'date'],
  ['vip', 'boolean'],
  ['likes', 'array'],
]);
const findings = (filter: unknown, known = declared) => {
  const reading = readFilter(filter, known);
  return reading.ok ? [] : reading.findings;
};
const IN_ROME = { attribute: 'city', op: 'is', value: 'Rome' };
const nested = (levels: number): object => (levels === 0 ? IN_ROME : { and: [nested(levels - 1)] });

describe('reading a filter', () => {
  it('takes every operator of every kind with a value of its shape', () => {
    const values = {
      none: undefined,
      text: 'a',
      texts: ['a', 'b'],
      number: 1,
      numbers: [1, 2],
      day: '2028-02-29',
      days: ['2028-02-29', '2028-03-01'],
      count: 7,
      ids: ['018F0000-0000-7000-8000-000000000001'],
      status: CONTACT_STATUSES[0],
    };
    const subjects = {
      text: [{ attribute: 'city' }, { field: 'email' }],
      number: [{ attribute: 'age' }],
      date: [{ attribute: 'born' }, { field: 'createdAt' }],
      boolean: [{ attribute: 'vip' }],
      array: [{ attribute: 'likes' }, { field: 'tags' }],
      lists: [{ field: 'lists' }],
      status: [{ field: 'status' }],
    };
    for (const [kind, operators] of Object.entries(OPERATORS)) {
      for (const [op, shape] of Object.entries(operators)) {
        for (const subject of subjects[kind as keyof typeof subjects]) {
          const value = values[shape];
          const clause = { ...subject, op, ...(value === undefined ? {} : { value }) };
          expect(findings(clause), JSON.stringify(clause)).toEqual([]);
        }
      }
    }
  });

  it('spells ids as the database does', () => {
    const reading = readFilter({ field: 'lists', op: 'in', value: '018F0000-0000-7000-8000-00000000000A' }, declared);
    expect(reading.ok && clausesOf(reading.filter)).toMatchObject([{ ids: ['018f0000-0000-7000-8000-00000000000a'] }]);
  });

  it.each([
    ['nothing', null, 'filter', 'a group'],
    ['a list', [], 'filter', 'a group'],
    ['no subject', { op: 'is', value: 1 }, 'filter', 'and only one'],
    ['two subjects', { field: 'email', attribute: 'city', op: 'is', value: 'x' }, 'filter', 'and only one'],
    ['an unknown field', { field: 'phone', op: 'is', value: 'x' }, 'filter/field', 'for others use "attribute"'],
    ['an attribute that is no text', { attribute: 7, op: 'is', value: 'x' }, 'filter/attribute', 'Declare it'],
    ['an operator of another type', { attribute: 'city', op: 'above', value: 3 }, 'filter/op', 'declared as string'],
    ['an operator that every object has', { attribute: 'city', op: 'constructor' }, 'filter/op', 'must be one of'],
    ['a missing value', { attribute: 'city', op: 'is' }, 'filter/value', 'must be a text'],
    ['a value of another type', { attribute: 'city', op: 'is', value: 3 }, 'filter/value', 'declared as a text'],
    ['a value where there is none', { attribute: 'vip', op: 'isTrue', value: true }, 'filter/value', 'leave it out'],
    ['a half pair', { attribute: 'age', op: 'between', value: [1] }, 'filter/value', 'two numbers'],
    ['a range the wrong way round', { attribute: 'age', op: 'between', value: [2, 1] }, 'filter/value', 'first'],
    [
      'days the wrong way round',
      { attribute: 'born', op: 'between', value: ['2028-02-02', '2028-02-01'] },
      'filter/value',
      'first',
    ],
    ['a number that is none', { attribute: 'age', op: 'is', value: Number.NaN }, 'filter/value', 'must be a number'],
    ['NUL', { attribute: 'city', op: 'is', value: 'a\0' }, 'filter/value', 'must be a text'],
    ['half a surrogate pair', { attribute: 'city', op: 'is', value: '\ud800' }, 'filter/value', 'must be a text'],
    ['too many values', { attribute: 'city', op: 'isOneOf', value: Array(501).fill('x') }, 'filter/value', '1 to 500'],
    ['no values', { field: 'tags', op: 'containsAny', value: [] }, 'filter/value', '1 to 500'],
    ['a day that is none', { attribute: 'born', op: 'on', value: '2027-02-29' }, 'filter/value', 'must be a day'],
    ['days below zero', { attribute: 'born', op: 'inLastDays', value: -1 }, 'filter/value', 'whole number'],
    ['an unknown activity', { activity: 'read' }, 'filter/activity', 'must be one of'],
    ['an unknown status', { field: 'status', op: 'is', value: 'fine' }, 'filter/value', 'must be one of'],
    [
      'an unknown status in a list',
      { field: 'lists', op: 'in', value: [declared], status: 'x' },
      'filter/value',
      'ids',
    ],
    ['a link of what was not clicked', { activity: 'sent', link: 'https://a.test' }, 'filter/link', 'leave it out'],
    ['a group with a clause', { or: [IN_ROME], ...IN_ROME }, 'filter/attribute', 'stands alone'],
    ['two groups', { and: [IN_ROME], or: [IN_ROME] }, 'filter/or', 'stands alone'],
    ['an empty group', { not: [] }, 'filter/not', 'at least one'],
    [
      'a fault inside',
      { and: [IN_ROME, { or: [IN_ROME, { not: [{ field: 'x' }] }] }] },
      'filter/and/1/or/1/not/0/field',
      'must be',
    ],
  ])('tells of %s where it is and what to do', (_, filter, path, words) => {
    const found = findings(filter);
    expect(found.map((finding) => finding.path)).toContain(path);
    expect(found.find((finding) => finding.path === path)?.message).toContain(words);
  });

  it('names what is declared when an attribute is not', () => {
    const message = (known: DeclaredAttributes) =>
      findings({ attribute: 'town', op: 'is', value: 'x' }, known)[0]?.message;
    expect(message(declared)).toContain(
      'declared are city (string), age (number), born (date), vip (boolean), likes (array)',
    );
    expect(message(new Map())).toContain('no attribute is declared');
  });

  it('ends at a depth and a number of clauses', () => {
    expect(findings(nested(MOST_LEVELS))).toEqual([]);
    expect(findings(nested(MOST_LEVELS + 1))[0]?.message).toContain('levels deep');
    expect(findings({ or: Array(MOST_CLAUSES).fill(IN_ROME) })).toEqual([]);
    expect(findings({ or: Array(MOST_CLAUSES + 1).fill(IN_ROME) })[0]?.message).toContain('at most 50 clauses');
    const hostile = { or: Array(100_000).fill({ field: 'x' }) };
    expect(findings(hostile).length).toBeLessThanOrEqual(20);
  });
});
