import { describe, expect, it } from 'vitest';
import { headerFields, relaxedBody, relaxedHeader } from './canonical.ts';

const relaxed = (body: string) =>
  relaxedBody(Buffer.from(body, 'latin1'), Buffer.alloc(body.length + 2)).toString('latin1');

describe('relaxed canonical forms', () => {
  it('are those of the example in RFC 6376 section 3.4.5', () => {
    expect(headerFields('A: X\r\nB : Y\t\r\n\tZ  ').map(relaxedHeader)).toEqual(['a:X', 'b:Y Z']);
    expect(relaxed(' C \r\nD \t E\r\n\r\n\r\n')).toBe(' C\r\nD E\r\n');
  });

  it('of a body that is empty, or of nothing but empty lines and spaces, are empty', () => {
    expect(['', '\r\n', '\r\n\r\n', '  \r\n\t\r\n'].map(relaxed)).toEqual(['', '', '', '']);
  });

  it('end with a line break also where the body has none, and have none of the spaces before it', () => {
    expect(['x', 'x \t', 'x\r\n', 'x\r\n ', 'x\r\n \r\n']).toSatisfy((all: string[]) =>
      all.every((body) => relaxed(body) === 'x\r\n'),
    );
  });

  it('keep every other byte, bare line breaks and 8-bit characters among them', () => {
    expect(relaxed('a\rb\nc\r\n\xe4\x00\xa0 \xa0\r\n')).toBe('a\rb\nc\r\n\xe4\x00\xa0 \xa0\r\n');
    expect(relaxedHeader('Subject: \xa0x\xa0')).toBe('subject:\xa0x\xa0');
  });
});
