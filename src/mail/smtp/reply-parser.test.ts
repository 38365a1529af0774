import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SmtpReply } from '../transport.ts';
import { ReplyParser, ReplySyntaxError } from './reply-parser.ts';

function parse(chunks: readonly Buffer[]): SmtpReply[] {
  const parser = new ReplyParser();
  const replies: SmtpReply[] = [];
  const shared = Buffer.alloc(70_000); // what a socket does that reads into one buffer
  for (const chunk of chunks) {
    shared.fill(0x0a);
    shared.set(chunk);
    parser.push(shared, chunk.length);
    while (parser.next() !== 0) replies.push(parser.reply());
  }
  return replies;
}

const one = (text: string) => parse([Buffer.from(text)]);

describe('the reply parser', () => {
  it('reads code, enhanced status and words', () => {
    expect(one('250 2.0.0 Ok: queued as 4XyZ\r\n')).toEqual([
      { code: 250, enhanced: '2.0.0', text: 'Ok: queued as 4XyZ' },
    ]);
    expect(one('354 End data\r\n')).toEqual([{ code: 354, text: 'End data' }]);
    expect(one('550 5.7.26\r\n')).toEqual([{ code: 550, enhanced: '5.7.26', text: '' }]);
  });

  it('joins the lines of one reply and drops the status repeated on each', () => {
    expect(
      one('550-5.1.1 The account does not exist. Try\r\n550-5.1.1 checking for typos.\r\n550 5.1.1 Bye\r\n'),
    ).toEqual([{ code: 550, enhanced: '5.1.1', text: 'The account does not exist. Try checking for typos. Bye' }]);
  });

  it('reads several replies out of one packet', () => {
    expect(one('250 a\r\n250 b\r\n354 c\r\n').map((reply) => reply.code)).toEqual([250, 250, 354]);
  });

  it('tolerates bare LF, a code without words, and words that only look like a status', () => {
    expect(one('250 a\n250\n220 2.0 days\r\n')).toEqual([
      { code: 250, text: 'a' },
      { code: 250, text: '' },
      { code: 220, text: '2.0 days' },
    ]);
  });

  it('lets no control character into the text', () => {
    expect(one('250 a\u0000b\u001b[31mc\rd\r\n')[0]?.text).toBe('a b [31mc d');
  });

  it('keeps the lines of EHLO apart', () => {
    const parser = new ReplyParser();
    const bytes = Buffer.from('250-mx\r\n250-SIZE 100\r\n250 HELP\r\n');
    parser.push(bytes, bytes.length);
    expect(parser.next()).toBe(250);
    expect(parser.lines()).toEqual(['mx', 'SIZE 100', 'HELP']);
  });

  it.each([
    'hello\r\n',
    '25 \r\n',
    '2x0 a\r\n',
    '150 early\r\n',
    '650 late\r\n',
    '250~a\r\n',
    '\r\n',
    '250-a\r\n251 b\r\n',
    'HTTP/1.1 400 Bad Request\r\n',
  ])('refuses %j', (text) => {
    expect(() => one(text)).toThrow(ReplySyntaxError);
  });

  it('refuses lines and replies without end', () => {
    expect(() => one('2'.repeat(5000))).toThrow(ReplySyntaxError);
    expect(() => one(`250 ${'a'.repeat(5000)}\r\n`)).toThrow(ReplySyntaxError);
    expect(() => one(`250-${'a'.repeat(900)}\r\n`.repeat(75))).toThrow(ReplySyntaxError);
  });

  it('tells unread bytes, also of a reply begun', () => {
    const parser = new ReplyParser();
    const push = (text: string) => parser.push(Buffer.from(text), text.length);
    expect(parser.hasUnreadBytes).toBe(false);
    push('250 a\r\n25');
    parser.next();
    expect(parser.hasUnreadBytes).toBe(true);
    push('0 b\r\n');
    parser.next();
    expect(parser.hasUnreadBytes).toBe(false);
    push('250-a\r\n');
    parser.next();
    expect(parser.hasUnreadBytes).toBe(true);
  });

  it('reads the same however the bytes are cut', () => {
    const words = fc.stringMatching(/^[ -~äß€]{0,40}$/);
    const reply = fc.tuple(
      fc.integer({ min: 200, max: 599 }),
      fc.array(words, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('\r\n', '\n'),
    );
    const text = fc
      .array(reply, { minLength: 1, maxLength: 6 })
      .map((replies) =>
        replies
          .map(([code, lines, eol]) =>
            lines.map((line, at) => `${code}${at < lines.length - 1 ? '-' : ' '}${line}${eol}`).join(''),
          )
          .join(''),
      );
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 }), (bytes, cuts) => {
        const whole = Buffer.from(bytes);
        const chunks: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) {
          if (at >= whole.length) break;
          chunks.push(whole.subarray(at, at + cut));
          at += cut;
        }
        if (at < whole.length) chunks.push(whole.subarray(at));
        expect(parse(chunks)).toEqual(parse([whole]));
      }),
    );
  });

  it('answers random bytes with replies or a syntax error, nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (chunks) => {
        try {
          for (const { code, text } of parse(chunks.map((chunk) => Buffer.from(chunk)))) {
            expect(code).toBeGreaterThanOrEqual(200);
            expect(code).toBeLessThan(600);
            expect(text).not.toMatch(/[\r\n]/);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ReplySyntaxError);
        }
      }),
    );
  });
});
