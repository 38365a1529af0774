import { expect, it } from 'vitest';
import { meantByCell, plainCell } from './csv.ts';

it.each(['=1+1', '+49 30', '-1', '@home', '\tx', '\rx', "'=x", "''+x"])(
  'a cell that begins like %j is no formula, and is read back',
  (text) => {
    expect(plainCell(text)).toBe(`'${text}`);
    expect(meantByCell(plainCell(text))).toBe(text);
  },
);

it.each(['x', "'x", "O'Neil", '', 'a=b'])('%j stays as it is', (text) => {
  expect(plainCell(text)).toBe(text);
  expect(meantByCell(text)).toBe(text);
});
