import { ByteWriter } from './byte-writer.ts';

/** RFC 2045 section 6.7 rule 5: 76 characters a line, of which the last is the "=" of a soft line break. */
const MAX_COLUMN = 75;
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const DOT = 0x2e;
const EQUALS = 0x3d;
const LETTER_F = 0x46;
const HEX = Buffer.from('0123456789ABCDEF');

/** Octets that stand for themselves: printable ASCII but "=", and white space (rules 2 and 3). */
const LITERAL = Uint8Array.from({ length: 128 }, (_, octet) =>
  octet === TAB || (octet >= SPACE && octet < 127 && octet !== EQUALS) ? 1 : 0,
);

/** A text encoded once, beginning in column 0. */
export interface EncodedText {
  readonly bytes: Buffer;
  readonly endColumn: number;
}

export function encodeOnce(text: string): EncodedText {
  const writer = new ByteWriter();
  const endColumn = encodeQuotedPrintable(text, writer, 0);
  return { bytes: Buffer.from(writer.take()), endColumn };
}

/**
 * Writes `text` as quoted-printable, beginning in `column`, and answers the column it ends in. Every line break, CRLF or
 * bare CR or LF, becomes CRLF; a character is never divided between lines; lone surrogates become U+FFFD.
 *
 * A dot or "From " that begins a line is written as =2E and =46rom (RFC 2049 section 3): no relay then needs to stuff dots
 * or put ">" before it, and signatures survive.
 */
export function encodeQuotedPrintable(text: string, writer: ByteWriter, column: number): number {
  // The most a UTF-16 unit can become is three encoded octets; a soft line break comes at most every 64 columns.
  writer.ensure(text.length * 10 + 16);
  let at = column;
  let i = 0;
  while (i < text.length) {
    if (at > 0 || !needsGuard(text, i)) {
      const end = copyLiterals(text, i, writer, MAX_COLUMN - at);
      at += end - i;
      i = end;
      if (i === text.length) break;
    }
    const unit = text.charCodeAt(i);
    if (unit === CR || unit === LF) {
      i += unit === CR && text.charCodeAt(i + 1) === LF ? 2 : 1;
      at = hardBreak(writer, at);
      continue;
    }
    const point = codePoint(text, i);
    const width = 3 * octetsOf(point);
    if (at + width > MAX_COLUMN) {
      // Also the way past a full line of literals.
      at = softBreak(writer);
      continue;
    }
    writePoint(writer, point);
    at += width;
    i += point > 0xffff ? 2 : 1;
  }
  return at;
}

/** Copies what stands for itself, at most `room` octets; answers where it stopped. This loop carries most of the work. */
function copyLiterals(text: string, from: number, writer: ByteWriter, room: number): number {
  const { bytes } = writer;
  const end = Math.min(text.length, from + room);
  let position = writer.position;
  let i = from;
  for (; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127 || LITERAL[unit] === 0) break;
    bytes[position++] = unit;
  }
  writer.position = position;
  return i;
}

/** Ends the line so that the next text joins on without a break: `=` CRLF. */
export function softBreak(writer: ByteWriter): number {
  writer.ensure(3);
  const { bytes, position } = writer;
  bytes[position] = EQUALS;
  bytes[position + 1] = CR;
  bytes[position + 2] = LF;
  writer.position = position + 3;
  return 0;
}

/** A line break of the content. */
export function hardBreak(writer: ByteWriter, column: number): number {
  closeLine(writer, column);
  writer.ensure(2);
  writer.bytes[writer.position++] = CR;
  writer.bytes[writer.position++] = LF;
  return 0;
}

/** White space must not end a line, relays may drop it (rule 3): the last one is encoded. */
export function closeLine(writer: ByteWriter, column: number): void {
  if (column === 0) return;
  const last = writer.bytes[writer.position - 1];
  if (last !== SPACE && last !== TAB) return;
  writer.ensure(5);
  writer.position -= 1;
  // The line itself may be 76 long when no "=" follows.
  if (column - 1 + 3 > MAX_COLUMN + 1) softBreak(writer);
  writeOctet(writer, last);
}

function needsGuard(text: string, i: number): boolean {
  const unit = text.charCodeAt(i);
  return unit === DOT || (unit === LETTER_F && text.startsWith('From ', i));
}

function codePoint(text: string, i: number): number {
  const point = text.codePointAt(i) ?? 0xfffd;
  return point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
}

function octetsOf(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

function writePoint(writer: ByteWriter, point: number): void {
  if (point < 0x80) {
    writeOctet(writer, point);
    return;
  }
  if (point < 0x800) {
    writeOctet(writer, 0xc0 | (point >> 6));
  } else {
    if (point < 0x10000) {
      writeOctet(writer, 0xe0 | (point >> 12));
    } else {
      writeOctet(writer, 0xf0 | (point >> 18));
      writeOctet(writer, 0x80 | ((point >> 12) & 0x3f));
    }
    writeOctet(writer, 0x80 | ((point >> 6) & 0x3f));
  }
  writeOctet(writer, 0x80 | (point & 0x3f));
}

function writeOctet(writer: ByteWriter, octet: number): void {
  const { bytes } = writer;
  bytes[writer.position++] = EQUALS;
  bytes[writer.position++] = HEX[octet >> 4] ?? 0;
  bytes[writer.position++] = HEX[octet & 15] ?? 0;
}
