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

test('a return path names its row in letters of one case, and reads back however servers wrote it', () => {
  const tokens = new RecipientTokens(randomBytes(32));
  for (const seq of [1, 7, 123_456, 0xffff_fffe]) {
    const localPart = tokens.returnLocalPart({ sendId, seq });
    expect(localPart).toMatch(/^b-[a-z2-7]{48}$/);
    expect(tokens.readReturnLocalPart(localPart)).toEqual({ sendId, seq });
    expect(tokens.readReturnLocalPart(localPart.toUpperCase())).toEqual({ sendId, seq });
    expect(new RecipientTokens(randomBytes(32)).readReturnLocalPart(localPart)).toBeNull();
  }
  const localPart = tokens.returnLocalPart({ sendId, seq: 7 });
  for (let at = 2; at < localPart.length; at++) {
    const other = localPart[at] === 'a' ? 'b' : 'a';
    expect(tokens.readReturnLocalPart(localPart.slice(0, at) + other + localPart.slice(at + 1))).toBeNull();
  }
  for (const wrong of ['', 'b-', 'news', `${localPart}a`, localPart.slice(0, -1), `x${localPart.slice(1)}`])
    expect(tokens.readReturnLocalPart(wrong)).toBeNull();
});

test('a Message-ID of ours says which row it was made for, and no other does', () => {
  const tokens = new RecipientTokens(randomBytes(32));
  const { messageIdLocalPart } = tokens.forRecipient({ sendId, seq: 7 });
  expect(tokens.readMessageId(`<${messageIdLocalPart}@a.test>`)).toEqual({ sendId, seq: 7 });
  expect(tokens.readMessageId(`${messageIdLocalPart}@a.test`)).toEqual({ sendId, seq: 7 });
  const forged = messageIdLocalPart.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
  expect(tokens.readMessageId(`<${forged}@a.test>`)).toBeNull();
  expect(tokens.readMessageId('<something@else.test>')).toBeNull();
});
