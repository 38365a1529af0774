import { createCipheriv, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { RecipientTokens } from './tokens.ts';

const sendId = '019a3f44-8c1e-7abc-9def-0123456789ab';
const otherSend = '019a3f44-8c1e-7abc-9def-0123456789ac';

/** AES-256-CBC with a zero IV, of which CBC-MAC is the last block. */
function cbcMac(key: Buffer, send: string, seq: number, purpose: number): Buffer {
  const message = Buffer.alloc(32);
  message.write(send.replaceAll('-', ''), 'hex');
  message.writeUInt32BE(seq, 16);
  message[20] = purpose;
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false);
  return cipher.update(message).subarray(16);
}

test('tokens hold a MAC of their row, each under its own purpose, also when sends take turns', () => {
  const key = randomBytes(32);
  const tokens = new RecipientTokens(key);
  for (const [send, seq] of [
    [sendId, 1],
    [otherSend, 1],
    [sendId, 0xffff_fffe],
    [sendId, 123_456],
  ] as const) {
    const { unsubscribeToken, messageIdLocalPart } = tokens.forRecipient({ sendId: send, seq });
    const ref = Buffer.from(send.replaceAll('-', '') + seq.toString(16).padStart(8, '0'), 'hex');
    expect(Buffer.from(unsubscribeToken, 'base64url')).toEqual(Buffer.concat([ref, cbcMac(key, send, seq, 1)]));
    expect(messageIdLocalPart).toBe(`${ref.toString('hex')}.${cbcMac(key, send, seq, 2).toString('hex', 0, 8)}`);
  }
});

test('a token says which row it was made for, and a changed one says nothing', () => {
  const tokens = new RecipientTokens(randomBytes(32));
  const { unsubscribeToken } = tokens.forRecipient({ sendId, seq: 7 });
  expect(tokens.readUnsubscribeToken(unsubscribeToken)).toEqual({ sendId, seq: 7 });
  for (let bit = 0; bit < 36 * 8; bit++) {
    const bytes = Buffer.from(unsubscribeToken, 'base64url');
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(tokens.readUnsubscribeToken(bytes.toString('base64url'))).toBeNull();
  }
  expect(new RecipientTokens(randomBytes(32)).readUnsubscribeToken(unsubscribeToken)).toBeNull();
});
