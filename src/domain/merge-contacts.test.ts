import { expect, it } from 'vitest';
import { type MergedFields, mergeContacts } from './merge-contacts.ts';

const nobody: MergedFields = {
  firstName: null,
  lastName: null,
  name: null,
  timeZone: null,
  locale: null,
  notes: null,
  tags: [],
  attributes: {},
};

it('takes what is missing from the first who has it, and never replaces anything', () => {
  const to = { ...nobody, firstName: 'Ada', locale: 'en', attributes: { city: 'Rome' } };
  const from = [
    { ...nobody, lastName: 'Other', timeZone: 'Asia/Tokyo', locale: 'de', attributes: { city: 'Oslo', a: 1 } },
    { ...nobody, timeZone: 'Europe/Rome', attributes: { a: 2, b: null } },
  ];
  const merged = mergeContacts(to, from);
  expect(merged).toEqual({ fields: { timeZone: 'Asia/Tokyo' }, attributes: { a: 1, b: null }, tags: [] });
});

it('takes a name as a whole, from one contact', () => {
  const from = [
    { ...nobody, firstName: 'Eve' },
    { ...nobody, lastName: 'King', name: 'Dr. King' },
  ];
  expect(mergeContacts(nobody, from).fields).toEqual({ firstName: 'Eve' });
});

it('puts notes one below the other, each once, and keeps to a hundred tags', () => {
  const many = Array.from({ length: 99 }, (_, i) => `t${i}`);
  const to = { ...nobody, notes: 'one', tags: many };
  const from = [
    { ...nobody, notes: 'two', tags: ['t0', 'x', 'y'] },
    { ...nobody, notes: 'one' },
  ];
  const merged = mergeContacts(to, from);
  expect(merged.fields.notes).toBe('one\n\ntwo');
  expect(merged.tags).toEqual(['x']);
});
