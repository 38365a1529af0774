import { expect, it } from 'vitest';
import { csvLine } from './csv.ts';

it.each<[Array<string | number | null>, string]>([
  [['a', 1, null, ''], 'a,1,,'],
  [['a,b', 'say "hi"', 'two\nlines', 'cr\r'], '"a,b","say ""hi""","two\nlines","cr\r"'],
  [['=1+1', '+49', '-1', '@x', '\tx', '\rx', -1], `'=1+1,'+49,'-1,'@x,'\tx,"'\rx",-1`],
])('%j is written so that no spreadsheet runs it', (cells, line) => {
  expect(csvLine(cells)).toBe(`${line}\r\n`);
});
