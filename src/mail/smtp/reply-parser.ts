import type { SmtpReply } from '../transport.ts';

/** RFC 5321 section 4.5.3.1.5 allows 512 octets a line; real servers exceed it, none needs more than this. */
const MAX_LINE = 4096;
/** A multi-line reply in all. */
const MAX_REPLY = 64 * 1024;

const LF = 10;
const CR = 13;
const SPACE = 32;
const DASH = 45;
const ZERO = 48;

/** The server sent something that is not an SMTP reply. */
export class ReplySyntaxError extends Error {
  override readonly name = 'ReplySyntaxError';
}

/**
 * Incremental and pulled: `push` bytes, then call `next` until it answers 0. Most replies of a transaction are looked
 * at by code alone, so text is only decoded when `reply` or `lines` asks for it, before the following `next`.
 * A pushed buffer may be reused by its owner once `next` has answered 0: an unfinished line is copied out then.
 */
export class ReplyParser {
  private bytes: Buffer = Buffer.alloc(0);
  private position = 0;
  private end = 0;
  private code = 0;
  private textStart = 0;
  private textEnd = 0;
  /** Earlier lines of a multi-line reply, without their code. */
  private earlier: string[] = [];
  private finished: readonly string[] = [];
  private multilineCode = 0;
  private multilineSize = 0;

  /** Bytes that arrived and were not yet read as a reply: must be none when a command is written. */
  get hasUnreadBytes(): boolean {
    return this.position < this.end || this.multilineCode !== 0;
  }

  push(bytes: Buffer, length: number): void {
    const unread = this.end - this.position;
    if (unread === 0) {
      this.bytes = bytes;
    } else {
      this.bytes = Buffer.concat([this.bytes.subarray(this.position, this.end), bytes.subarray(0, length)]);
    }
    this.position = 0;
    this.end = unread + length;
  }

  /** The code of the next complete reply, or 0 when more bytes are needed. */
  next(): number {
    for (;;) {
      const feed = this.position < this.end ? this.bytes.indexOf(LF, this.position) : -1;
      if (feed === -1 || feed >= this.end) return this.keepUnfinished();
      const start = this.position;
      this.position = feed + 1;
      if (feed - start > MAX_LINE) throw new ReplySyntaxError('reply line too long');
      const stop = feed > start && this.bytes[feed - 1] === CR ? feed - 1 : feed;
      if (this.readLine(start, stop)) return this.code;
    }
  }

  /** The last reply that `next` found. */
  reply(): SmtpReply {
    let enhanced: string | undefined;
    const words: string[] = [];
    for (const line of this.lines()) {
      const status = enhancedStatus(line);
      if (status === undefined) {
        words.push(line);
      } else {
        enhanced ??= status;
        words.push(line.slice(status.length + 1));
      }
    }
    const text = printable(words.length === 1 ? (words[0] ?? '') : words.join(' '));
    return enhanced === undefined ? { code: this.code, text } : { code: this.code, enhanced, text };
  }

  /** The last reply line by line, without the codes: EHLO's answer is a list. */
  lines(): readonly string[] {
    const last = this.bytes.toString('utf8', this.textStart, this.textEnd);
    return this.finished.length === 0 ? [last] : [...this.finished, last];
  }

  /** True when the line ends a reply. */
  private readLine(start: number, stop: number): boolean {
    const code = this.codeAt(start, stop);
    const separator = stop > start + 3 ? this.bytes[start + 3] : SPACE; // "250" alone is tolerated
    if (code === 0 || (separator !== SPACE && separator !== DASH)) throw new ReplySyntaxError('not an SMTP reply');
    if (this.multilineCode !== 0 && code !== this.multilineCode) throw new ReplySyntaxError('reply with two codes');
    const textStart = Math.min(start + 4, stop);
    if (separator === DASH) {
      this.multilineSize += stop - start;
      if (this.multilineSize > MAX_REPLY) throw new ReplySyntaxError('reply too long');
      this.multilineCode = code;
      this.earlier.push(this.bytes.toString('utf8', textStart, stop));
      return false;
    }
    this.code = code;
    this.textStart = textStart;
    this.textEnd = stop;
    this.finished = this.earlier;
    if (this.multilineCode !== 0) {
      this.earlier = [];
      this.multilineCode = 0;
      this.multilineSize = 0;
    }
    return true;
  }

  /** RFC 5321 section 4.2: %x32-35 %x30-35 %x30-39; the second digit is taken as it comes. */
  private codeAt(start: number, stop: number): number {
    if (stop - start < 3) return 0;
    const first = (this.bytes[start] ?? 0) - ZERO;
    const second = (this.bytes[start + 1] ?? 0) - ZERO;
    const third = (this.bytes[start + 2] ?? 0) - ZERO;
    if (first < 2 || first > 5 || second < 0 || second > 9 || third < 0 || third > 9) return 0;
    return first * 100 + second * 10 + third;
  }

  private keepUnfinished(): 0 {
    const unread = this.end - this.position;
    if (unread > MAX_LINE) throw new ReplySyntaxError('reply line too long');
    if (unread > 0) {
      this.bytes = Buffer.from(this.bytes.subarray(this.position, this.end));
      this.position = 0;
      this.end = unread;
    }
    return 0;
  }
}

const ENHANCED = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/;

function enhancedStatus(line: string): string | undefined {
  const first = line.charCodeAt(0);
  if (first !== 50 && first !== 52 && first !== 53) return undefined; // no regex for most lines
  return ENHANCED.exec(line)?.[1];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** Replies end up in the database (which takes no NUL), in logs and on screens. */
function printable(text: string): string {
  return text.search(CONTROL) === -1 ? text : text.replace(CONTROL, ' ');
}
