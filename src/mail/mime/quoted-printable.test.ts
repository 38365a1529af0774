import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from './byte-writer.ts';
import { closeLine, encodeQuotedPrintable } from './quoted-printable.ts';

function encode(...pieces: string[]): string {
  const writer = new ByteWriter();
  let column = 0;
  for (const piece of pieces) column = encodeQuotedPrintable(piece, writer, column);
  closeLine(writer, column);
  return writer.take().toString('latin1');
}

/** RFC 2045 section 6.7, the shortest way. */
function decode(encoded: string): string {
  const octets = encoded
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1').toString('utf8');
}

describe('quoted-printable', () => {
  test.each([
    ['plain', 'plain'],
    ['a=b', 'a=3Db'],
    ['é€😀', '=C3=A9=E2=82=AC=F0=9F=98=80'],
    ['a\nb\rc\r\nd', 'a\r\nb\r\nc\r\nd'],
    ['a \nb\t\nc ', 'a=20\r\nb=09\r\nc=20'],
    ['.\n..x\n a.', '=2E\r\n=2E.x\r\n a.'],
    ['From me\nFromage', '=46rom me\r\nFromage'],
    ['\ud800x\udc00', '=EF=BF=BDx=EF=BF=BD'],
    ['\u0000\u007f', '=00=7F'],
    ['', ''],
    ['a'.repeat(77), `${'a'.repeat(75)}=\r\naa`],
    [`${'a'.repeat(74)}é`, `${'a'.repeat(74)}=\r\n=C3=A9`],
    [`${'a'.repeat(74)} \n`, `${'a'.repeat(74)}=\r\n=20\r\n`],
    [`${'a'.repeat(73)} \n`, `${'a'.repeat(73)}=20\r\n`],
  ])('%j', (text, expected) => {
    expect(encode(text)).toBe(expected);
  });

  test('what is decoded is what was encoded, and every line is fit to travel', () => {
    const special = fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      ' ',
      '\t',
      '.',
      '=',
      'From ',
      '\ud83d',
      '\u0000',
      'x'.repeat(74),
    );
    const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 90 }), special);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const encoded = encode(text);
        expect(decode(encoded)).toBe(text.replace(/\r\n|\r|\n/g, '\r\n').replace(/\p{Cs}/gu, '\ufffd'));
        for (const line of encoded.split('\r\n')) {
          expect(line).toMatch(/^(?!\.)(?!From )[\t\x20-\x7e]{0,76}$/);
          expect(line).not.toMatch(/[ \t]$/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
