import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkContent, wireContent } from './content.ts';

const wire = (text: string) => wireContent({ content: Buffer.from(text, 'latin1') }).toString('latin1');
const chunk = (text: string) => chunkContent({ content: Buffer.from(text, 'latin1') }).toString('latin1');

/** What a receiver does: split at CRLF, take one leading dot away. */
function received(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .split('\r\n')
    .map((line) => (line.startsWith('.') ? line.slice(1) : line))
    .join('\r\n');
}

/** What the sender meant: any of CRLF, CR, LF ends a line, and so does the end. */
function meant(text: string): string {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => `${line}\r\n`).join('');
}

describe('message content on the wire', () => {
  it('is the very same buffer when nothing needs doing', () => {
    const content = Buffer.from('Subject: a\r\n\r\nb.c\r\n d..\r\n');
    expect(wireContent({ content })).toBe(content);
    expect(chunkContent({ content })).toBe(content);
  });

  it.each([
    ['.\r\n', '..\r\n'],
    ['a\r\n.\r\nb\r\n', 'a\r\n..\r\nb\r\n'],
    ['a\r\n..b\r\n', 'a\r\n...b\r\n'],
    ['a\n.\nb\n', 'a\r\n..\r\nb\r\n'],
    ['a\r.\rb\r', 'a\r\n..\r\nb\r\n'],
    ['a\r\n.\nMAIL FROM:<x@y>\n', 'a\r\n..\r\nMAIL FROM:<x@y>\r\n'],
    ['a\n.\r\nMAIL FROM:<x@y>\r\n', 'a\r\n..\r\nMAIL FROM:<x@y>\r\n'],
    ['a\r\r\nb\r\n', 'a\r\n\r\nb\r\n'],
    ['a\n\r\nb\r\n', 'a\r\n\r\nb\r\n'],
    ['no end', 'no end\r\n'],
    ['', ''],
  ])('%j becomes %j', (before, after) => {
    expect(wire(before)).toBe(after);
  });

  it('keeps its dots in a chunk', () => {
    expect(chunk('.\r\n..a\n.b\rc')).toBe('.\r\n..a\r\n.b\r\nc\r\n');
  });

  it('arrives as it was meant, for any bytes at any alignment', () => {
    const unit = fc.constantFrom(
      '\r',
      '\n',
      '.',
      '\r\n',
      '\r\n.',
      'a',
      ' ',
      '\t',
      '\u0000',
      '\u000b',
      '\u00e4',
      '\u00ff',
      'hello world',
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 60 }), fc.integer({ min: 0, max: 7 }), (units, offset) => {
        const text = units.join('');
        const bytes = Buffer.from('x'.repeat(offset) + text, 'latin1').subarray(offset);
        expect(chunkContent({ content: bytes }).toString('latin1')).toBe(meant(text));
        const sent = wireContent({ content: bytes });
        expect(received(sent)).toBe(meant(text));
        expect(sent.toString('latin1')).not.toMatch(/(^|\r\n)\.\r\n/);
        expect(sent.toString('latin1')).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
      }),
      { numRuns: 2000 },
    );
  });
});
