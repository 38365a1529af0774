import fc from 'fast-check';
import PostalMime, { decodeWords, type Email } from 'postal-mime';
import { expect, test } from 'vitest';
import { fuzzTimeoutMs, holds } from '../../test/helpers/fuzz.ts';
import { asRead, VARS } from './compile.fixtures.ts';
import { compileMessage } from './compile.ts';
import type { Attachment, MessageSource } from './message.ts';
import { MessageError } from './message-errors.ts';

/** Characters that MIME, RFC 2047, RFC 2231 and readers make something of, beside letters of many scripts. */
const unit = fc.oneof(
  fc.constantFrom(...'"\\\'()<>@,;:/[]?=*%.-_ #&{}|~^`+'.split('')),
  fc.constantFrom('=?', '?=', '=?utf-8?Q?a?=', "UTF-8''", '%41', '%%', '*0', '..', '  ', '/../', '.exe'),
  fc.constantFrom('ü', 'ß', 'Ω', 'Ж', 'ع', 'ש', '語', 'か', '한', 'ส', 'é', '👩🏽‍🚀', '\u202e', '\u00a0', '\u2028'),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('a long word', 'x'.repeat(30), 'ä'.repeat(30), 'A1'),
);
// A byte order mark at the beginning of an encoded-word is not text to a reader.
const words = fc.array(unit, { maxLength: 12 }).map((units) => units.join('').replaceAll('\ufeff', ''));

/**
 * A file name a file system could hold: no control characters, not only white space. Nor what looks like an encoded-word:
 * readers decode those in whatever form of a name they get.
 */
const filename = words
  .map((name) => name.replace(/\p{Cc}/gu, '').replaceAll('=?', '=-'))
  .filter((name) => name.trim() !== '');
const contentType = fc.constantFrom(
  'application/pdf',
  'image/png',
  'text/plain',
  'text/html; charset=utf-8',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/octet-stream',
  'application/zip; x-note="one; two"; charset=us-ascii',
  `application/x-long; note="${'x'.repeat(950)}"`,
);
const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom('', '.', '\r\n.\r\n', '\n.\n', '\r\n--=_\r\n', 'From me\n', '\0', '\xff\xfe')
    .map((text) => Buffer.from(text, 'latin1')),
);
const cid = fc
  .tuple(fc.stringMatching(/^[\w!#$%&'*+/=?^`{|}~.-]{1,40}$/), fc.constantFrom('', '@acme.test', `@${'x'.repeat(950)}`))
  .map(([left, right]) => left + right);

const attachment: fc.Arbitrary<Attachment> = fc
  .record({ filename, contentType, content, cid: fc.option(cid, { nil: undefined }) })
  .map(({ cid: id, ...rest }) =>
    // Readers show inline text with the body.
    id === undefined || rest.contentType.startsWith('text/') ? rest : { ...rest, cid: id },
  );
const headerName = fc.stringMatching(/^X-[!-9;-~]{1,40}$/);
/** Without Liquid, and on one line: what an author may write into a header. */
const headerValue = words.map((value) => value.replace(/[{}\p{Cc}\u2028\u2029]/gu, ''));
const body = fc
  .array(fc.oneof(words, fc.constantFrom('\r\n', '\n', '\r', '\0', '.', 'From ')), { maxLength: 15 })
  .map((all) =>
    // Liquid's own delimiters and byte order marks are another property's matter.
    all
      .join('')
      .replace(/[{}%\ufeff]/g, '-')
      .replace(/^\p{Cs}|\p{Cs}$/gu, ''),
  );

const source: fc.Arbitrary<MessageSource> = fc.record({
  from: fc.record({
    name: headerValue,
    address: fc.constantFrom('news@acme.test', 'nea@παράδειγμα.ελ', 'νέα@acme.test', 'a.b+c@bücher.example'),
  }),
  subject: headerValue,
  html: body.map((text) => `h${text}`),
  text: body.map((text) => `t${text}`),
  headers: fc.dictionary(headerName, headerValue, { maxKeys: 4 }),
  attachments: fc.array(attachment, { maxLength: 4 }),
});

const PARTS = {
  numRuns: 200,
  share: 0.4,
  saved: [{ seed: 396266461, path: '7406:0:0:0:0:0:9:16:15:16:16:14:14:14' }], // one header in two spellings
};
test('a parser that is not ours reads every part as it was put in, and every line is fit to travel', {
  timeout: fuzzTimeoutMs(PARTS),
}, async () => {
  const property = fc.asyncProperty(source, headerValue, async (message, name) => {
    const bytes = render(message, name);
    if (bytes === null) return;
    // An international local part stays as it is, and goes to servers with SMTPUTF8 only (RFC 6531).
    checkLines(/^[\x20-\x7e]+$/.test(message.from.address.split('@')[0] ?? '') ? bytes : withoutLine(bytes, 'From'));
    const parsed = await PostalMime.parse(bytes);
    expect(parsed.subject ?? '').toBe(asHeader(message.subject));
    expect(parsed.from?.name ?? '').toBe(asHeader(message.from.name ?? ''));
    expect(parsed.to).toEqual([{ name: asHeader(name), address: VARS.to.address }]);
    expect(parsed.html).toBe(`${asRead(message.html ?? '')}\n`);
    expect(parsed.text).toBe(`${asRead(message.text ?? '')}\n`);
    for (const [key, value] of Object.entries(message.headers ?? {})) {
      expect([key, header(parsed, key)]).toEqual([key, asHeader(value)]);
    }
    expect(files(parsed)).toEqual((message.attachments ?? []).map(expectedFile).sort(bySummary));
  });
  await holds('parts, names and lines', property, PARTS);
});

/** Null when the message is refused with a reason, which is fine as long as it is one of ours. */
function render(message: MessageSource, name: string): Buffer | null {
  try {
    return Buffer.from(compileMessage(message).render({ ...VARS, to: { ...VARS.to, name } }));
  } catch (error) {
    expect(error).toBeInstanceOf(MessageError);
    return null;
  }
}

/** RFC 5322 section 2.1.1, RFC 2045 section 6.7: no bare CR or LF, no NUL, nothing beyond ASCII, no long line. */
function checkLines(message: Buffer): void {
  const text = message.toString('latin1');
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n\0]/);
  expect(text.endsWith('\r\n')).toBe(true);
  const end = text.indexOf('\r\n\r\n');
  for (const line of text.slice(0, end).split('\r\n')) expect(line).toMatch(/^[\t\x20-\x7e]{1,998}$/);
  const unfolded = /^Content-(?:Type|ID): /; // a media type and an id cannot be folded
  for (const line of text.slice(end + 4).split('\r\n')) {
    expect(line).toMatch(unfolded.test(line) ? /^[\t\x20-\x7e]{1,998}$/ : /^(?!\.)[\t\x20-\x7e]{0,78}$/);
  }
}

function withoutLine(message: Buffer, name: string): Buffer {
  return Buffer.from(
    message.toString('latin1').replace(new RegExp(`^${name}:.*\\r\\n(?:[ \\t].*\\r\\n)*`), ''),
    'latin1',
  );
}

function asHeader(value: string): string {
  return value
    .replace(/[^\P{Cc}\u0080-\u009f]+/gu, ' ')
    .replace(/^ +| +$/g, '')
    .replace(/\p{Cs}/gu, '\ufffd');
}

function header(parsed: Email, name: string): string {
  return decodeWords(parsed.headers.find(({ key }) => key === name.toLowerCase())?.value ?? '');
}

interface File {
  readonly name: string | null;
  readonly type: string;
  readonly cid: string | undefined;
  readonly content: string;
}

function files(parsed: Email): File[] {
  return parsed.attachments
    .map((file) => ({
      name: file.filename,
      type: file.mimeType,
      cid: file.contentId,
      content: Buffer.from(file.content as ArrayBuffer).toString('hex'),
    }))
    .sort(bySummary);
}

function expectedFile(file: Attachment): File {
  return {
    name: file.filename.replace(/\p{Cs}/gu, '\ufffd'),
    type: file.contentType.replace(/;.*/, ''),
    cid: file.cid === undefined ? undefined : `<${file.cid}>`,
    content: file.content.toString('hex'),
  };
}

function bySummary(a: File, b: File): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
