import { describe, expect, it } from 'vitest';
import { entryOf, linesOf } from './entry.ts';

describe('what is never to be sent to', () => {
  it('is an address, a domain or a hash, by how it is written', () => {
    expect(entryOf(' ada@example.org ')).toEqual({ email: 'ada@example.org' });
    expect(entryOf('@example.org')).toEqual({ domain: 'example.org' });
    expect(entryOf('example.org')).toEqual({ domain: 'example.org' });
    const hash = 'a'.repeat(64);
    expect(entryOf(`sha256:${hash}`)).toEqual({ hash });
    expect(entryOf('B'.repeat(32))).toEqual({ hash: 'B'.repeat(32) });
    expect(entryOf('  ')).toBeNull();
  });

  it('is pasted a line each, or between commas', () => {
    expect(linesOf('a@b.test\r\n\r\n c@d.test, @e.test;f\n')).toEqual(['a@b.test', 'c@d.test', '@e.test', 'f']);
  });
});
