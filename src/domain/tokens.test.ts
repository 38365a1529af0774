import { createHmac, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { RecipientTokens } from './tokens.ts';

const sendId = '019a3f44-8c1e-7abc-9def-0123456789ab';

test.each([16, 32, 64, 100])('tokens hold an HMAC-SHA256 of the row under a key of %i bytes', (length) => {
  const key = randomBytes(length);
  const { unsubscribeToken, messageIdLocalPart } = new RecipientTokens(key).forRecipient({ sendId, seq: 123_456 });
  const ref = Buffer.from(`${sendId.replaceAll('-', '')}0001e240`, 'hex');
  const mac = createHmac('sha256', key).update(ref).digest();
  expect(Buffer.from(unsubscribeToken, 'base64url')).toEqual(Buffer.concat([ref, mac.subarray(0, 16)]));
  expect(messageIdLocalPart).toBe(`${ref.toString('hex')}.${mac.toString('hex', 16, 24)}`);
});

test('a token says which row it was made for, and a changed one says nothing', () => {
  const tokens = new RecipientTokens(randomBytes(32));
  const { unsubscribeToken } = tokens.forRecipient({ sendId, seq: 7 });
  expect(tokens.readUnsubscribeToken(unsubscribeToken)).toEqual({ sendId, seq: 7 });
  const last = unsubscribeToken.at(-1) === 'A' ? 'Q' : 'A';
  expect(tokens.readUnsubscribeToken(unsubscribeToken.slice(0, -1) + last)).toBeNull();
  expect(new RecipientTokens(randomBytes(32)).readUnsubscribeToken(unsubscribeToken)).toBeNull();
});
