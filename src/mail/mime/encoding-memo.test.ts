import { expect, test } from 'vitest';
import { EncodingMemo } from './encoding-memo.ts';
import { encodeOnce } from './quoted-printable.ts';

test('a text is encoded once for all who share it', () => {
  const memo = new EncodingMemo();
  const first = memo.encode('größer\n'.repeat(100));
  expect(memo.encode('größer\n'.repeat(100))).toBe(first);
  expect(first).toEqual(encodeOnce('größer\n'.repeat(100)));
});

test('looking up ends where every text is another one, and goes on where most are shared', () => {
  const memo = new EncodingMemo();
  for (let i = 0; i < 500; i++) memo.encode(i % 4 === 0 ? `own ${i}` : 'shared');
  expect(memo.isUseful).toBe(true);
  for (let i = 0; i < 200; i++) expect(memo.encode(`text ${i}`)).toEqual(encodeOnce(`text ${i}`));
  expect(memo.isUseful).toBe(false);
});
