import { describe, expect, it } from 'vitest';
import { asType, commonType, typeOf } from './attribute-inference.ts';

describe('the type of a value in a file', () => {
  it.each([
    ['', null],
    ['12', 'number'],
    ['-0.5', 'number'],
    ['007', 'string'],
    ['+4930123', 'string'],
    ['1e5', 'string'],
    ['12345678901234567', 'string'],
    ['true', 'boolean'],
    ['FALSE', 'boolean'],
    ['yes', 'string'],
    ['2024-02-29', 'date'],
    ['2024-02-31x', 'string'],
    ['31/12/2024', 'string'],
    ['2024-02-29T10:00:00Z', 'date'],
    ['["a", 1]', 'array'],
    ['[not json', 'string'],
    [3, 'number'],
    [false, 'boolean'],
    [['a'], 'array'],
    [null, null],
    [{ a: 1 }, null],
  ])('%j is %s', (value, type) => expect(typeOf(value)).toBe(type));

  it('is text where values differ', () => {
    expect(commonType('number', 'number')).toBe('number');
    expect(commonType('number', 'date')).toBe('string');
  });
});

describe('a value taken as its declared type', () => {
  it.each([
    ['12', 'number', 12],
    ['1.5', 'number', 1.5],
    ['1.50', 'number', '1.50'],
    ['-0', 'number', '-0'],
    ['many', 'number', 'many'],
    ['TRUE', 'boolean', true],
    ['no', 'boolean', 'no'],
    ['["a"]', 'array', ['a']],
    ['a;b', 'array', 'a;b'],
    ['2024-01-01', 'date', '2024-01-01'],
    [12, 'string', '12'],
    [true, 'string', 'true'],
    [null, 'number', null],
  ] as const)('%j as %s is %j', (value, type, taken) => expect(asType(value, type)).toEqual(taken));
});
