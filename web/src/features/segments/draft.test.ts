import { describe, expect, it } from 'vitest';
import type { SegmentFilter } from '../../../../src/contract/segments.ts';
import { draftOf, newClause, newGroup, replaced, withOp, withPart, withSubject } from './draft.ts';
import { draftWords } from './filter-words.ts';
import { placeFindings, readDraft } from './read-draft.ts';

const DECLARED = new Map([
  ['age', 'number'],
  ['city', 'string'],
  ['born', 'date'],
] as const);
const FILTER: SegmentFilter = {
  and: [
    { attribute: 'city', op: 'isOneOf', value: ['Rome', 'Oslo'] },
    { activity: 'opened', op: 'didNot', days: 30 },
    {
      or: [
        { field: 'lists', op: 'in', value: ['l1'], status: 'any' },
        { attribute: 'age', op: 'between', value: [18, 65] },
      ],
    },
    { not: [{ field: 'tags', op: 'containsAny', value: ['vip'] }] },
  ],
};

describe('a filter as it is being written', () => {
  it('becomes a draft and the same filter again', () => {
    const { filter, faults } = readDraft(draftOf(FILTER), DECLARED);
    expect([...faults]).toEqual([]);
    expect(filter).toEqual(FILTER);
    expect(readDraft(draftOf({ field: 'email', op: 'isSet' }), DECLARED).filter).toEqual({
      and: [{ field: 'email', op: 'isSet' }],
    });
  });

  it('reads as a sentence', () => {
    expect(draftWords(draftOf(FILTER), DECLARED, new Map([['l1', 'News']]))).toBe(
      'city is one of Rome or Oslo and did not open any campaign in the last 30 days and (is in News or age is between 18 and 65) and none of (tags include any of vip)',
    );
  });

  it('is no filter while something is missing, and says where', () => {
    const clause = newClause('attribute:age', DECLARED);
    const root = newGroup('and', [clause, newGroup('or')]);
    const { filter, faults } = readDraft(root, DECLARED);
    expect(filter).toBeNull();
    expect([...faults.values()]).toEqual([
      'Write a number, such as 12.5.',
      'This group has no condition: add one, or remove the group.',
    ]);
    const filled = replaced(root, clause.id, () => ({ ...clause, values: ['old'] }));
    expect(readDraft(filled, DECLARED).faults.get(clause.id)).toBe('Write a number, such as 12.5.');
  });

  it.each([
    ['between', ['65', '18']],
    ['between', ['1']],
    ['above', ['1e3']],
  ])('takes no %s of %j', (op, values) => {
    const clause = { ...newClause('attribute:age', DECLARED), op, values };
    expect(readDraft(newGroup('and', [clause]), DECLARED).filter).toBeNull();
  });

  it('keeps what was written where it can still be meant', () => {
    const clause = { ...newClause('attribute:age', DECLARED), values: ['7'] };
    expect(withOp(clause, 'above', DECLARED).values).toEqual(['7']);
    expect(withOp(clause, 'between', DECLARED).values).toEqual([]);
    expect(withSubject(clause, 'attribute:city', DECLARED)).toMatchObject({ op: 'is', values: [] });
    expect(withSubject({ ...clause, subject: 'field:email' }, 'attribute:city', DECLARED).values).toEqual(['7']);
  });

  it('grows inside its groups, and loses parts again', () => {
    const inner = newGroup('or');
    const root = newGroup('and', [inner]);
    const clause = newClause('field:email', DECLARED);
    const grown = withPart(root, inner.id, clause);
    expect(grown.parts).toEqual([{ ...inner, parts: [clause] }]);
    expect(replaced(grown, clause.id, () => null).parts).toEqual([inner]);
    expect(withPart(root, root.id, clause).parts).toHaveLength(2);
  });

  it('has what the server found beside the part it is about', () => {
    const draft = draftOf(FILTER);
    const { places } = readDraft(draft, DECLARED);
    const findings = [
      { path: 'filter/and/2/or/1/value', message: 'must be two numbers' },
      { path: 'filter/nothing', message: 'stands alone' },
    ];
    const placed = placeFindings(findings, places);
    expect([...placed.values()]).toEqual(['must be two numbers', 'stands alone']);
    expect(placed.get(draft.id)).toBe('stands alone');
  });

  it('says of an attribute that is gone that it is', () => {
    const { filter, faults } = readDraft(draftOf({ attribute: 'town', op: 'is', value: 'x' }), DECLARED);
    expect(filter).toBeNull();
    expect([...faults.values()][0]).toContain('There is no attribute of this name');
  });
});
