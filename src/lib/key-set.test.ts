import { expect, it } from 'vitest';
import { KeySet } from './key-set.ts';

it('knows what it has seen, also after it has grown', () => {
  const seen = new KeySet();
  const key = (i: number) => `person${i}@example.test`;
  for (let i = 0; i < 300_000; i++) if (!seen.add(key(i))) expect.unreachable(`${key(i)} was taken for another`);
  for (let i = 0; i < 300_000; i += 7) if (seen.add(key(i))) expect.unreachable(`${key(i)} was forgotten`);
  expect(seen.size).toBe(300_000);
  expect(seen.add('')).toBe(true);
  expect(seen.add('')).toBe(false);
});
