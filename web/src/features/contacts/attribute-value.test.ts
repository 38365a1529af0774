import { describe, expect, it } from 'vitest';
import { readValue, typeOfValue, valueText } from './attribute-value.ts';

describe('a value of an attribute', () => {
  it('reads as people write it', () => {
    expect([1.5, true, ['a', 2], 'x', null, { a: 1 }].map(valueText)).toEqual([
      '1.5',
      'true',
      'a, 2',
      'x',
      '',
      '{"a":1}',
    ]);
  });

  it('is taken by its type, and not where it is none', () => {
    expect(readValue('number', ' 12.5 ')).toBe(12.5);
    expect(readValue('number', '1e9')).toBeUndefined();
    expect(readValue('boolean', 'true')).toBe(true);
    expect(readValue('array', 'a, ,b')).toEqual(['a', 'b']);
    expect(readValue('date', '2030-01-31')).toBe('2030-01-31');
    expect(readValue('date', 'soon')).toBeUndefined();
    expect(readValue('string', ' kept ')).toBe(' kept ');
    expect(readValue('string', '  ')).toBeNull();
  });

  it('has the type that it looks like where none is declared', () => {
    expect([1, false, [], 'x', null].map(typeOfValue)).toEqual(['number', 'boolean', 'array', 'string', 'string']);
  });
});
