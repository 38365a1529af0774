import { describe, expect, it } from 'vitest';
import { bodyOf, declarationsOf, faultOf, guessOf, headerOf, type Mapping, mappingOf, nameFrom } from './mapping.ts';

const column = (header: string, target: string | null, isAttribute = false) => ({
  header,
  target,
  isAttribute,
  type: null,
  samples: [],
});
const COLUMNS = [
  column('Email', 'email'),
  column(' Points ', 'points', true),
  column('#id', null),
  column('State', 'status'),
];

describe('what becomes of the columns of a file', () => {
  it('is what the server takes them for until somebody says otherwise', () => {
    expect(COLUMNS.map(guessOf)).toEqual([
      { kind: 'field', field: 'email' },
      { kind: 'attribute', name: 'points' },
      { kind: 'none' },
      { kind: 'field', field: 'status' },
    ]);
    expect(bodyOf(COLUMNS, {})).toBeUndefined();
  });

  it('is sent by header and whole, where anything was changed', () => {
    const changed: Mapping = {
      ' Points ': { kind: 'new', name: 'score', type: 'number' },
      '#id': { kind: 'field', field: 'notes' },
      State: { kind: 'none' },
    };
    expect(bodyOf(COLUMNS, changed)).toEqual({ Email: 'email', Points: 'score', '#id': 'notes', State: null });
    expect(bodyOf(COLUMNS, { '#id': { kind: 'field', field: 'notes' } })).not.toHaveProperty('State');
    expect(declarationsOf(mappingOf(COLUMNS, changed))).toEqual([{ name: 'score', type: 'number' }]);
    expect(faultOf(mappingOf(COLUMNS, changed))).toBeNull();
  });

  it('has to have addresses, names that can be used, and nothing twice', () => {
    const fault = (changed: Mapping) => faultOf(mappingOf(COLUMNS, changed));
    expect(fault({ Email: { kind: 'none' } })).toBe('noEmail');
    expect(fault({ State: { kind: 'new', name: '1st', type: 'string' } })).toBe('badName');
    expect(fault({ State: { kind: 'attribute', name: 'points' } })).toBe('twice');
  });

  it('gets names that templates can say', () => {
    expect(['Phone Number', 'e-mail 2', '1st', 'Ürün'].map(nameFrom)).toEqual([
      'phoneNumber',
      'eMail2',
      '_1st',
      'ürün',
    ]);
  });

  it('is asked about by the header, whatever stands between its titles', () => {
    expect(headerOf('\uFEFF"Kontakt";Ort\r\na;b')).toEqual(['Kontakt', 'Ort']);
    expect(headerOf('one')).toEqual(['one']);
  });
});
