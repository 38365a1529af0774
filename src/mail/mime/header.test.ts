import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { MessageError } from '../message-errors.ts';
import { formatDate } from './date.ts';
import { encodeWords } from './encoded-word.ts';
import { assertOneLine, encodeUnstructured, headerText } from './header.ts';

describe('an unstructured header', () => {
  test.each([
    ['Hello Ada', 'Hello Ada'],
    ['', ''],
    ['Schöner Tag', '=?UTF-8?Q?Sch=C3=B6ner_Tag?='],
    ['日本語', '=?UTF-8?B?5pel5pys6Kqe?='],
    ['=?UTF-8?Q?not_me?=', '=?UTF-8?B?PT9VVEYtOD9RP25vdF9tZT89?='],
    [`${'word '.repeat(14)}end and more`, `${'word '.repeat(13)}word\r\n end and more`],
  ])('%j', (text, expected) => {
    expect(encodeUnstructured(text, 'Subject: '.length)).toBe(expected);
  });

  test('long words are encoded where people read, and kept where programs do', () => {
    const word = 'x'.repeat(120);
    expect(encodeUnstructured(word, 9)).toMatch(/^=\?UTF-8\?Q\?x+\?=\r\n =\?UTF-8/);
    expect(encodeUnstructured(word, 9, { keepLongWords: true })).toBe(word);
    expect(encodeUnstructured('x'.repeat(1200), 9, { keepLongWords: true })).toMatch(/^=\?UTF-8/);
  });

  test('no encoded-word is longer than 75, no line longer than 76, no character divided', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
        fc.integer({ min: 2, max: 80 }),
        (text, used) => {
          const lines = encodeWords(text, used).split('\r\n ');
          lines.forEach((line, i) => {
            const word = /^=\?UTF-8\?([BQ])\?([^?]+)\?=$/.exec(line);
            if (i === 0 && line === '') return;
            expect(word).not.toBeNull();
            expect(line.length).toBeLessThanOrEqual(i === 0 ? Math.min(75, 76 - used) : 75);
            const octets =
              word?.[1] === 'B'
                ? Buffer.from(word[2] ?? '', 'base64')
                : Buffer.from(unescape((word?.[2] ?? '').replace(/_/g, ' ').replace(/=/g, '%')), 'latin1');
            new TextDecoder('utf-8', { fatal: true }).decode(octets);
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  test('an independent reader sees the text', async () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }),
      fc.constantFrom('=?', '?=', '=?UTF-8?Q?a?=', ' ', '"', ','),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 8 }), async (words) => {
        const text = headerText(words.join(' '), 'subject');
        const parsed = await PostalMime.parse(`Subject: ${encodeUnstructured(text, 9)}\r\n\r\n`);
        expect(parsed.subject ?? '').toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});

describe('what may stand in a header', () => {
  test('control characters of merge data become one space', () => {
    expect(headerText(' a\r\nBcc: x\u0000\u0001y\tz\u007f', 'subject')).toBe('a Bcc: x y z');
  });

  test("line breaks and NUL of the campaign's author are refused", () => {
    for (const value of ['a\r\nb', 'a\nb', 'a\rb', 'a\u0000'])
      expect(() => assertOneLine('subject', value)).toThrow(MessageError);
    expect(() => assertOneLine('subject', 'a\tb')).not.toThrow();
  });

  test('a value without end is refused', () => {
    expect(() => headerText('x'.repeat(20_000), 'subject')).toThrow('longer than');
  });
});

test('dates are in UTC with a numeric zone', () => {
  expect(formatDate(new Date('2026-11-02T03:04:05.678Z'))).toBe('Mon, 02 Nov 2026 03:04:05 +0000');
});
