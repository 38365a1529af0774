import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { LinkTokens, markOf } from './link-tokens.ts';
import { RecipientTokens } from './tokens.ts';

const sendId = '019a3f44-8c1e-7abc-9def-0123456789ab';
const otherSend = '019a3f44-8c1e-7abc-9def-0123456789ac';
const key = randomBytes(32);
const tokens = new LinkTokens(key);

test('a token names its row, link and turn, also when several of a copy are made at once', () => {
  const marks = [0, 1, 700, 0x7fff].map((link, turn) => markOf('click', link, turn));
  const made = tokens.ofCopy({ sendId, seq: 7 }, marks);
  expect(made.map((token) => tokens.read('click', token))).toEqual(
    marks.map(({ link, turn }) => ({ sendId, seq: 7, link, turn })),
  );
  expect(made).toEqual(marks.flatMap((mark) => tokens.ofCopy({ sendId, seq: 7 }, [mark])));
  expect(new Set(made.map((token) => token.length))).toEqual(new Set([48]));
});

test('whatever is changed in it, or cut off, or added, it says nothing', () => {
  const [token = ''] = tokens.ofCopy({ sendId, seq: 7 }, [markOf('click', 3)]);
  for (let bit = 0; bit < 36 * 8; bit++) {
    const bytes = Buffer.from(token, 'base64url');
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(tokens.read('click', bytes.toString('base64url'))).toBeNull();
  }
  for (const other of ['', token.slice(0, -1), `${token}A`, token.replace(/./, '!'), '%'.repeat(48), 'é'.repeat(48)])
    expect(tokens.read('click', other)).toBeNull();
});

test('it is worth nothing as one of another kind, of another send or recipient, or with another key', () => {
  const mark = markOf('click', 3);
  const [token = ''] = tokens.ofCopy({ sendId, seq: 7 }, [mark]);
  expect(tokens.read('open', token)).toBeNull();
  expect(tokens.read('view', token)).toBeNull();
  expect(new LinkTokens(randomBytes(32)).read('click', token)).toBeNull();
  const [elsewhere = ''] = tokens.ofCopy({ sendId: otherSend, seq: 7 }, [mark]);
  const [neighbour = ''] = tokens.ofCopy({ sendId, seq: 8 }, [mark]);
  const [nextLink = ''] = tokens.ofCopy({ sendId, seq: 7 }, [{ ...mark, link: 4 }]);
  const splice = (named: string, signed: string) => named.slice(0, 32) + signed.slice(32);
  for (const other of [elsewhere, neighbour, nextLink]) {
    expect(tokens.read('click', splice(token, other))).toBeNull();
    expect(tokens.read('click', splice(other, token))).toBeNull();
  }
  expect(new RecipientTokens(key).readUnsubscribeToken(token)).toBeNull();
  const { unsubscribeToken } = new RecipientTokens(key).forRecipient({ sendId, seq: 7 });
  expect(tokens.read('click', unsubscribeToken)).toBeNull();
});
