import { randomBytes, randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { PageTokens } from './page-token.ts';

const tokens = new PageTokens(randomBytes(32));
const token = { id: randomUUID(), expiresAt: 1_900_000_000_000 };

it('reads what it made, for the purpose it was made for', () => {
  const made = tokens.make('confirm', token);
  expect(made).toMatch(/^[\w-]{48}$/);
  expect(tokens.read('confirm', made)).toEqual(token);
  expect(tokens.read('decline', made)).toBeNull();
  expect(tokens.read('form', made)).toBeNull();
});

it('takes nothing that was changed, cut short, drawn out or made with another key', () => {
  const made = tokens.make('confirm', token);
  for (let i = 0; i < made.length; i++) {
    const changed = `${made.slice(0, i)}${made[i] === 'A' ? 'B' : 'A'}${made.slice(i + 1)}`;
    expect(tokens.read('confirm', changed), `at ${i}`).toBeNull();
  }
  for (const bad of ['', 'x', made.slice(1), made.slice(0, -1), `${made}A`, `${made}=`, ` ${made}`])
    expect(tokens.read('confirm', bad)).toBeNull();
  expect(new PageTokens(randomBytes(32)).read('confirm', made)).toBeNull();
});
