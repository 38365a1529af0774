import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CsvRecord, CsvSplitter } from './csv-records.ts';
import { RowFault } from './row-fault.ts';

/** Splits text that comes in pieces of a length. */
function split(text: string, length: number): CsvRecord[] {
  const splitter = new CsvSplitter(',');
  const records: CsvRecord[] = [];
  for (let at = 0; at < text.length; at += length) records.push(...splitter.push(text.slice(at, at + length)));
  return [...records, ...splitter.push(null)];
}

const scraps = fc.array(fc.constantFrom('a', 'b ', ',', '"', '""', '\n', '\r', '\r\n'), { maxLength: 40 });

it('finds the same records and faults wherever the text is cut', () => {
  fc.assert(
    fc.property(scraps, fc.integer({ min: 1, max: 7 }), (parts, length) => {
      const text = parts.join('');
      expect(split(text, length)).toEqual(split(text, text.length + 1));
    }),
    { numRuns: 2000 },
  );
});

const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é'), maxLength: 6 });

it('reads back what RFC 4180 writes', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), (rows) => {
      const text = rows
        .map((row) => `${row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')}\r\n`)
        .join('');
      const filled = rows.filter((row) => row.some((value) => value.trim() !== ''));
      expect(split(text, 5)).toEqual(filled);
    }),
    { numRuns: 1000 },
  );
});

it('refuses one row for one stray quote, wherever it stands', () => {
  const lines = Array.from({ length: 9 }, (_, i) => `a${i},b${i}`);
  for (let at = 0; at < lines.length; at++) {
    for (const stray of [`"x,y`, `x,"y`, `x"x,y`, `"x"x,y`]) {
      const records = split([...lines.slice(0, at), stray, ...lines.slice(at)].join('\n'), 64);
      expect(records.filter((record) => record instanceof RowFault)).toEqual([
        { text: stray, reason: expect.stringContaining(`(line ${at + 1} of the file)`) },
      ]);
      expect(records.filter(Array.isArray)).toEqual(lines.map((line) => line.split(',')));
    }
  }
});
