import { describe, expect, it } from 'vitest';
import { typeOfValue, valueOf, valueText } from './attribute-value.ts';

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
    expect(valueOf('number', ' 12.5 ')).toBe(12.5);
    expect(valueOf('number', '1e9')).toBeUndefined();
    expect(valueOf('boolean', 'true')).toBe(true);
    expect(valueOf('array', 'a, ,b')).toEqual(['a', 'b']);
    expect(valueOf('date', '2030-01-31')).toBe('2030-01-31');
    expect(valueOf('date', 'soon')).toBeUndefined();
    expect(valueOf('string', ' kept ')).toBe(' kept ');
    expect(valueOf('string', '  ')).toBeNull();
  });

  it('has the type that it looks like where none is declared', () => {
    expect([1, false, [], 'x', null].map(typeOfValue)).toEqual(['number', 'boolean', 'array', 'string', 'string']);
  });
});
