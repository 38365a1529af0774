import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readJsonArray } from './json-array.ts';

async function* pieces(text: string, length: number) {
  for (let at = 0; at < text.length; at += length) yield { text: text.slice(at, at + length), bytesRead: at };
}

async function elements(text: string, length: number): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const { items } of readJsonArray(pieces(text, length))) {
    for (const item of items) values.push('value' in item ? item.value : item);
  }
  return values;
}

it('gives the elements JSON.parse gives, wherever the text is cut', async () => {
  const values = fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 5 });
  const spaces = fc.constantFrom(undefined, 2, '\t');
  await fc.assert(
    fc.asyncProperty(
      values,
      spaces,
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (list, space, length, inner) => {
        const text = JSON.stringify(inner ? { meta: { tags: [1, '['] }, leads: list } : list, null, space);
        expect(await elements(text, length)).toEqual(JSON.parse(JSON.stringify(list)));
      },
    ),
    { numRuns: 500 },
  );
});

it('holds one element in memory, however long the array is', async () => {
  async function* endless() {
    yield { text: '[', bytesRead: 1 };
    for (let i = 0; i < 2000; i++) yield { text: `{"email":"${'a'.repeat(50_000)}${i}"},`, bytesRead: i };
    yield { text: '{}]', bytesRead: 0 };
  }
  let most = 0;
  let count = 0;
  for await (const { items } of readJsonArray(endless())) {
    most = Math.max(most, items.length);
    count += items.length;
  }
  expect({ most, count }).toEqual({ most: 1, count: 2001 });
});

it.each([
  ['[1,2', /ends inside row 2/],
  ['[1,"2]', /ends inside row 2/],
  ['{"a":[1]', /last bracket/],
  ['[1] 2', /behind the end of the JSON, after row 1/],
  ['[1]]', /behind the end/],
  ['[1][2]', /behind the end/],
  ['[{"a":1],2]', /brackets do not match in row 1/],
  ['x[1]', /does not begin with/],
  ['"x"', /does not begin with/],
  ['{"a":1}', /holds no array/],
  ['{"a":[1],"b":[2]}', /more than one array/],
  [' ', /empty/],
])('ends at %s', async (text, message) => {
  for (const length of [1, 100]) await expect(elements(text, length)).rejects.toThrow(message);
});
