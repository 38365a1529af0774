import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutgoingMessage } from '../transport.ts';
import { checkEnvelope } from './envelope.ts';

const message = (over: Partial<OutgoingMessage>): OutgoingMessage => ({
  envelopeFrom: 'news@acme.test',
  envelopeTo: 'bob@example.test',
  content: Buffer.from('a\r\n'),
  ...over,
});
const verdict = (over: Partial<OutgoingMessage>) => checkEnvelope(message(over)).failure?.replyClass.name ?? 'good';

describe('envelope validation', () => {
  it.each([
    'bob@example.test',
    "o'hara+tag=1@sub.example.test",
    '!#$%&*@x',
    'a@[192.0.2.1]',
    'bob@bücher.test',
    '用户@例子.测试',
  ])('passes %s', (address) => {
    expect(verdict({ envelopeTo: address })).toBe('good');
    expect(verdict({ envelopeFrom: address })).toBe('good');
  });

  it.each([
    'bob@example.test\r\nRCPT TO:<eve@evil.test>',
    'bob@example.test\n',
    'bob\r@example.test',
    'bob\u0000@example.test',
    'bob @example.test',
    '<bob@example.test>',
    'bob@example.test> SIZE=1',
    'bob@exa\u0085mple.test',
    'bob@exa\u2028mple.test',
    'bob@exa\u00a0mple.test',
    '\ud800@example.test',
    'bob\u007f@example.test',
    'bob',
    '@example.test',
    'bob@',
    '',
    `${'a'.repeat(320)}@example.test`,
  ])('refuses %j for its own message only', (address) => {
    expect(verdict({ envelopeTo: address })).toBe('envelope-invalid');
    if (address !== '') expect(verdict({ envelopeFrom: address })).toBe('sender-envelope-invalid');
  });

  it('lets the null sender pass', () => {
    expect(verdict({ envelopeFrom: '' })).toBe('good');
  });

  it('asks for SMTPUTF8 when an address is not ASCII or the message says so', () => {
    expect(checkEnvelope(message({})).needsSmtpUtf8).toBe(false);
    expect(checkEnvelope(message({ needsSmtpUtf8: true })).needsSmtpUtf8).toBe(true);
    expect(checkEnvelope(message({ envelopeTo: 'bob@bücher.test' })).needsSmtpUtf8).toBe(true);
  });

  it('passes nothing that could end a command or leave the brackets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const address = `a${text}@b`;
        if (verdict({ envelopeTo: address }) !== 'good') return;
        expect(
          [...Buffer.from(address, 'utf8')].filter(
            (byte) => byte <= 0x20 || byte === 0x3c || byte === 0x3e || byte === 0x7f,
          ),
        ).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
