import { expect, test } from 'vitest';
import { Cached } from './cached.ts';

test('many who ask at once share one answer, and keys have answers of their own', async () => {
  let reads = 0;
  const cached = new Cached(async (key) => `${key}${++reads}`, 60_000);
  expect(await Promise.all([cached.get('a'), cached.get('a'), cached.get('b')])).toEqual(['a1', 'a1', 'b2']);
});

test('a failure is told to those who asked, and not kept', async () => {
  let reads = 0;
  const cached = new Cached(async () => {
    if (++reads === 1) throw new Error('away');
    return reads;
  }, 60_000);
  await expect(cached.get('a')).rejects.toThrow('away');
  expect(await cached.get('a')).toBe(2);
});

test('an answer that is not fresh is given at once while the next one is read', async () => {
  let reads = 0;
  let release: (() => void) | undefined;
  const cached = new Cached(
    async () => {
      if (++reads === 2)
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      return reads;
    },
    0,
    60_000,
  );
  expect(await cached.get('a')).toBe(1);
  expect(await cached.get('a')).toBe(1); // the second read hangs
  expect(await cached.get('a')).toBe(1);
  release?.();
  await expect.poll(() => cached.get('a')).toBeGreaterThan(1);
});
