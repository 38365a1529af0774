import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReturn } from './read-return.ts';
import { messageOfFixture, RETURN_FIXTURES } from './returns.fixtures.ts';

describe('reading returned mail', () => {
  for (const fixture of RETURN_FIXTURES) {
    it(`reads ${fixture.title}`, () => {
      const { recipients } = readReturn(messageOfFixture(fixture));
      const short = recipients.map((one) => [one.kind, one.recipient, one.status, one.reply, one.class, one.hard]);
      expect(short).toEqual(fixture.expected);
    });
  }

  it('keeps what names the original message: its Message-ID and who it was to', () => {
    const report = RETURN_FIXTURES[0];
    if (report === undefined) throw new Error('no fixture');
    expect(readReturn(messageOfFixture(report)).original).toMatchObject({
      messageId: '<one@sender.example>',
      recipient: 'gone@example.org',
    });
  });

  it('reads lines ended by LF, CR LF or CR alike', () => {
    const [report] = RETURN_FIXTURES;
    if (report === undefined) throw new Error('no fixture');
    const read = (end: string) => readReturn(Buffer.from(report.lines.join(end))).recipients;
    expect(read('\n')).toEqual(read('\r\n'));
    expect(read('\r')).toEqual(read('\r\n'));
  });
});

describe('hostile mail', () => {
  const repeated = (piece: string, bytes: number) => piece.repeat(Math.ceil(bytes / piece.length)).slice(0, bytes);
  const bounce = 'From: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n\r\n';

  for (const [title, body] of [
    ['a megabyte of at signs', repeated('@', 1e6)],
    ['a megabyte of one word', repeated('a', 1e6)],
    ['addresses without an end', repeated('a@b.c,', 1e6)],
    ['opening angle brackets', repeated('<a@', 1e6)],
    ['spaces before line ends', repeated(`${' '.repeat(2000)}\n`, 1e6)],
    ['empty encoded words', repeated('=?utf-8?q?', 1e6)],
    ['codes', repeated('550 5.1.1 ', 1e6)],
    ['the words of a report', repeated('user is not the account of the mailbox ', 1e6)],
    ['field names', repeated('Final-Recipient: rfc822;a@b.c\n\n', 1e6)],
    ['bullets', repeated('- > * ', 1e6)],
    ['headers of the original', repeated('x: y\n z\n', 1e6)],
  ] as const) {
    // Not timed: a pattern that backtracks would run for hours here, and the runner's own limit says so.
    it(`is read to its end: ${title}`, () => {
      expect(readReturn(Buffer.from(bounce + body)).recipients.length).toBeGreaterThan(0);
      expect(readReturn(Buffer.from(`Subject: ${body}\r\n\r\n${body}`)).recipients.length).toBeGreaterThan(0);
      const html = `Content-Type: text/html\r\nFrom: MAILER-DAEMON@x.example\r\n\r\n<p><style>${body}`;
      expect(readReturn(Buffer.from(html)).recipients.length).toBeGreaterThan(0);
    });
  }

  it('stops at a depth and a number of parts', () => {
    let nested = 'text';
    for (let depth = 0; depth < 200; depth++)
      nested = `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n${nested}\r\n--b${depth}--\r\n`;
    expect(readReturn(Buffer.from(nested)).recipients).toHaveLength(1);
    const many = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(100_000)}`;
    expect(readReturn(Buffer.from(many)).recipients).toHaveLength(1);
  });

  it('reads nothing at all, and bytes that are no text', () => {
    expect(readReturn(Buffer.alloc(0)).recipients[0]?.kind).toBe('other');
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256));
    expect(readReturn(bytes).recipients[0]?.kind).toBe('other');
  });
});

interface Expected {
  readonly hard: boolean;
  readonly reason: string;
  readonly status: string;
}

/** The big collection of real reports, where a checkout stands beside it. */
const CORPUS = path.resolve(import.meta.dirname, '../../../../shared/corpora/bounces');

describe.skipIf(!existsSync(CORPUS))('the collection of real reports', () => {
  const expected = existsSync(CORPUS)
    ? (JSON.parse(readFileSync(path.join(CORPUS, 'expected.json'), 'utf8')) as Record<string, Expected[]>)
    : {};
  const pairs = Object.entries(expected).flatMap(([file, wanted]) => {
    const { recipients } = readReturn(readFileSync(path.join(CORPUS, file)));
    return wanted.map((want, at) => ({ want, found: recipients[at] }));
  });
  const share = (hit: (pair: (typeof pairs)[number]) => boolean, of = pairs) => of.filter(hit).length / of.length;

  it('is read: recipients, permanence and status', () => {
    expect(share(({ found }) => Boolean(found?.recipient))).toBeGreaterThan(0.97);
    expect(share(({ found, want }) => found?.hard === want.hard)).toBeGreaterThan(0.95);
    const isSame = ({ found, want }: (typeof pairs)[number]) => (found?.status ?? '') === want.status;
    expect(share(isSame)).toBeGreaterThan(0.925);
    // x.0.9yy are made from the reason, here and there.
    const coded = pairs.filter(({ want }) => !/^\d\.0\.9\d\d$/.test(want.status));
    expect(share(isSame, coded)).toBeGreaterThan(0.96);
    expect(share(({ found }) => found?.statusDerived !== true, coded)).toBeGreaterThan(0.97);
  });

  it('tells complaints, auto-replies and ordinary mail apart without a miss', () => {
    const kinds: Readonly<Record<string, string>> = {
      feedback: 'complaint',
      vacation: 'auto-reply',
      delivered: 'delivered',
    };
    const special = pairs.filter(({ want }) => want.reason in kinds);
    expect(special.filter(({ found, want }) => found?.kind !== kinds[want.reason])).toEqual([]);
    const plain = readdirSync(CORPUS).filter((file) => file.startsWith('not-a-bounce'));
    for (const file of plain)
      expect(readReturn(readFileSync(path.join(CORPUS, file))).recipients[0]?.kind).toBe('other');
  });
});
