import type { TextPiece } from './import-text.ts';
import { RowFault } from './row-fault.ts';

/** A row, or what is not CSV (RFC 4180). */
export type CsvRecord = string[] | RowFault;

/** A record longer than this, in characters, is a quote that was never closed. */
const MOST_RECORD = 1024 * 1024;
const SHOWN = 320;

const TOO_LONG = 'the row is longer than 1 MB; a quote is probably opened and never closed';
const NOT_CLOSED = 'a quote is opened and never closed';
const BEHIND_QUOTE =
  'something stands between a closing quote and the next delimiter; a quote inside a quoted field is written twice';
const INSIDE_FIELD =
  'a quote stands inside a field that does not begin with one; put the field in quotes and write the quote twice';

/** Where something stands next; looked for once, however often it is asked for. */
class Next {
  readonly #what: string;
  #text = '';
  /** There is none between the two. */
  #since = 0;
  #at = -1;

  constructor(what: string) {
    this.#what = what;
  }

  reset(text: string): void {
    this.#text = text;
    this.#since = 0;
    this.#at = -1;
  }

  /** The text's length when there is no more. */
  from(position: number): number {
    if (position >= this.#since && position <= this.#at) return this.#at;
    const found = this.#text.indexOf(this.#what, position);
    this.#since = position;
    this.#at = found === -1 ? this.#text.length : found;
    return this.#at;
  }
}

/**
 * Cuts text into records. A row that is not CSV becomes a fault, and reading goes on at the line behind the one it began
 * on: a quote that was forgotten costs one row, not the file. The price: of a quoted field that spans lines and is wrong,
 * the later lines are read as rows of their own; they seldom hold an address where one belongs, and are refused then.
 * A parser of its own, because those there are end at a fault or swallow what follows, and about three times as fast.
 * A fault is found at the next quote at the latest, so no text is looked through more than twice.
 */
export class CsvSplitter {
  readonly #delimiter: string;
  readonly #quote = new Next('"');
  readonly #feed = new Next('\n');
  readonly #return = new Next('\r');
  readonly #separator: Next;
  #text = '';
  #at = 0;
  #line = 1;
  #isLast = false;
  /** The rest of a line that was refused for its length is passed over. */
  #skipsLine = false;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    this.#separator = new Next(delimiter);
  }

  /** The records that are complete now. Rows of empty cells alone are left out. `text` null ends the file. */
  push(text: string | null): CsvRecord[] {
    this.#text = this.#text.slice(this.#at) + (text ?? '');
    this.#at = 0;
    this.#isLast = text === null;
    for (const next of [this.#quote, this.#feed, this.#return, this.#separator]) next.reset(this.#text);
    const records: CsvRecord[] = [];
    while (this.#at < this.#text.length) {
      const record = this.#next();
      if (record === null) break;
      if (!Array.isArray(record) || record.some((cell) => cell.trim() !== '')) records.push(record);
    }
    return records;
  }

  /** Null: the record goes on in the next piece. */
  #next(): CsvRecord | null {
    if (this.#skipsLine && !this.#skipLine()) return null;
    const end = this.#lineEnd(this.#at);
    if (this.#quote.from(this.#at) < end) return this.#nextQuoted();
    if (!this.#isSettled(end)) return this.#refuseIfLong();
    if (end - this.#at > MOST_RECORD) return this.#refuse(TOO_LONG);
    const cells = this.#text.slice(this.#at, end).split(this.#delimiter);
    this.#moveBehind(end);
    return cells;
  }

  #nextQuoted(): CsvRecord | null {
    const cells: string[] = [];
    let at = this.#at;
    for (;;) {
      const isQuoted = this.#text[at] === '"';
      const end = isQuoted ? this.#behindQuoted(at) : this.#fieldEnd(at);
      if (end === -1) return this.#isLast ? this.#refuse(NOT_CLOSED) : this.#refuseIfLong();
      if (!isQuoted && this.#quote.from(at) < end) return this.#refuse(INSIDE_FIELD);
      if (!this.#isSettled(end)) return this.#refuseIfLong();
      const cell = this.#text.slice(at, end);
      cells.push(isQuoted ? cell.slice(1, -1).replaceAll('""', '"') : cell);
      if (this.#text[end] === this.#delimiter) {
        at = end + 1;
        continue;
      }
      if (end < this.#lineEnd(end)) return this.#refuse(BEHIND_QUOTE);
      if (end - this.#at > MOST_RECORD) return this.#refuse(TOO_LONG);
      this.#line += countLines(this.#text, this.#at, end);
      this.#moveBehind(end);
      return cells;
    }
  }

  /** Behind the closing quote; -1 when that is not in the text. */
  #behindQuoted(opening: number): number {
    for (let at = this.#text.indexOf('"', opening + 1); at !== -1; at = this.#text.indexOf('"', at + 2)) {
      if (this.#text[at + 1] !== '"') return at + 1;
    }
    return -1;
  }

  #lineEnd(at: number): number {
    return Math.min(this.#feed.from(at), this.#return.from(at));
  }

  #fieldEnd(at: number): number {
    return Math.min(this.#lineEnd(at), this.#separator.from(at));
  }

  /** What stands at the end of the text may be the half of a line break, or of a quote that is written twice. */
  #isSettled(end: number): boolean {
    return this.#isLast || end < this.#text.length - 1 || (end < this.#text.length && this.#text[end] !== '\r');
  }

  #refuseIfLong(): RowFault | null {
    return this.#text.length - this.#at > MOST_RECORD ? this.#refuse(TOO_LONG) : null;
  }

  /** Null: its line is to be seen whole first, unless that is too long. */
  #refuse(reason: string): RowFault | null {
    const end = this.#lineEnd(this.#at);
    if (!this.#isSettled(end) && this.#text.length - this.#at <= MOST_RECORD) return null;
    const text = this.#text.slice(this.#at, Math.min(end, this.#at + SHOWN));
    const fault = new RowFault(text, `${reason} (line ${this.#line} of the file)`);
    this.#skipLine();
    return fault;
  }

  /** False when the line goes on in the next piece. */
  #skipLine(): boolean {
    const end = this.#lineEnd(this.#at);
    const isThere = this.#isSettled(end);
    if (isThere) this.#moveBehind(end);
    else this.#at = end;
    this.#skipsLine = !isThere;
    return isThere;
  }

  #moveBehind(end: number): void {
    if (end < this.#text.length) this.#line++;
    this.#at = end + (this.#text[end] === '\r' && this.#text[end + 1] === '\n' ? 2 : 1);
  }
}

function countLines(text: string, from: number, to: number): number {
  return text.slice(from, to).match(/\r\n|[\r\n]/g)?.length ?? 0;
}

/** Reads CSV and passes records on, many at a time; the first one is the header. */
export async function* readCsvRecords(
  pieces: AsyncIterable<TextPiece>,
  delimiter: string,
): AsyncGenerator<{ records: CsvRecord[]; bytesRead: number }> {
  const splitter = new CsvSplitter(delimiter);
  let bytesRead = 0;
  for await (const piece of pieces) {
    bytesRead = piece.bytesRead;
    yield { records: splitter.push(piece.text), bytesRead };
  }
  yield { records: splitter.push(null), bytesRead };
}

/** The first record of a file's beginning; null when it does not end there. */
export function readHeader(beginning: string, delimiter: string, isWhole: boolean): CsvRecord | null {
  const splitter = new CsvSplitter(delimiter);
  const [header] = splitter.push(beginning);
  return header ?? (isWhole ? (splitter.push(null)[0] ?? null) : null);
}
