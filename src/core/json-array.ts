import { AppError } from '../errors.ts';
import type { TextPiece } from './import-text.ts';
import { type JsonItem, MOST_ITEM, parseItem, tooLong } from './json-item.ts';

/**
 * Reads the elements of a JSON array, or of the one array in an object (`{"leads":[…]}`), and passes them on, many at a
 * time; one element is in memory at a time. An element that is not valid is a fault of its own as long as its brackets
 * and quotes are in pairs. Where they are not, nobody can say where the next element begins: that throws CSV_MALFORMED.
 */
export async function* readJsonArray(
  pieces: AsyncIterable<TextPiece>,
): AsyncGenerator<{ items: JsonItem[]; bytesRead: number }> {
  const splitter = new ArraySplitter();
  let bytesRead = 0;
  for await (const piece of pieces) {
    bytesRead = piece.bytesRead;
    const fault = splitter.push(piece.text);
    yield { items: splitter.take(), bytesRead };
    if (fault) throw malformed(fault);
  }
  const fault = splitter.end();
  if (fault) throw malformed(fault);
}

function malformed(why: string): AppError {
  return new AppError('CSV_MALFORMED', `${why}.`);
}

const CLOSES: Readonly<Record<string, string>> = { '{': '}', '[': ']' };
/** Deeper than this nothing is followed; what is as deep is longer than an element may be. */
const MOST_OPEN = MOST_ITEM;

/** Follows brackets and strings, nothing else; each element is JSON.parse's to judge. */
class ArraySplitter {
  readonly #marks = /["\\[\]{},]/g;
  readonly #inString = /["\\]/g;
  /** The closing brackets that are awaited, innermost last. */
  #open: string[] = [];
  /** How many brackets are open inside the array: 1, or 2 in an object; 0 outside of it. */
  #arrayDepth = 0;
  #arrays = 0;
  #isString = false;
  #isEscaped = false;
  #begun = false;
  #items: JsonItem[] = [];
  #count = 0;
  /** The element so far; of one that is too long, its beginning. */
  #element = '';
  #isTooLong = false;
  /** Up to here the text at hand is in the element, or of no use. */
  #kept = 0;

  take(): JsonItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  /** What is wrong with the file, if that is found here. */
  push(text: string): string | null {
    this.#kept = 0;
    let at = 0;
    while (at < text.length) {
      if (this.#isEscaped) {
        this.#isEscaped = false;
        at++;
        continue;
      }
      const marks = this.#isString ? this.#inString : this.#marks;
      marks.lastIndex = at;
      const here = marks.exec(text)?.index ?? text.length;
      if (this.#open.length === 0 && text.slice(at, here).trim() !== '') return this.#misplaced();
      const wrong = here < text.length ? this.#heed(text, here) : null;
      if (wrong) return wrong;
      at = here + 1;
    }
    if (this.#isInside) this.#keep(text.slice(this.#kept));
    return null;
  }

  #heed(text: string, here: number): string | null {
    const mark = text[here] ?? '';
    if (mark === '\\') {
      this.#isEscaped = this.#isString;
      return null;
    }
    if (mark === '"') {
      this.#isString = !this.#isString;
      return this.#open.length === 0 ? this.#misplaced() : null;
    }
    const wasInside = this.#isInside;
    const ends = wasInside && (mark === ',' || mark === ']') && this.#open.length === this.#arrayDepth;
    if (ends) {
      this.#keep(text.slice(this.#kept, here));
      this.#endElement(mark === ',');
    }
    const wrong = this.#bracket(mark);
    if (ends || this.#isInside !== wasInside) this.#kept = here + 1;
    return wrong;
  }

  end(): string | null {
    if (!this.#begun) return 'The file is empty';
    if (this.#isInside) {
      return `The file ends inside row ${this.#count + 1}: it is cut off, or a quote or bracket is never closed`;
    }
    if (this.#open.length > 0) return 'The file ends before its last bracket is closed: it is cut off';
    return this.#arrays === 0
      ? 'The JSON holds no array of contacts. Send an array of objects, an object with one such array, or one object a line'
      : null;
  }

  get #isInside(): boolean {
    return this.#arrayDepth > 0;
  }

  #misplaced(): string {
    return this.#begun
      ? `Something stands behind the end of the JSON, after row ${this.#count}`
      : 'The JSON does not begin with [ or {';
  }

  #bracket(mark: string): string | null {
    const opens = CLOSES[mark];
    if (opens !== undefined) return this.#push(mark, opens);
    if (this.#open.length === 0) return this.#misplaced();
    if (mark === ',') return null;
    if (this.#open.pop() !== mark) {
      return `The brackets do not match in row ${this.#count + 1}, so where the next row begins cannot be told`;
    }
    if (this.#open.length < this.#arrayDepth) this.#arrayDepth = 0;
    return null;
  }

  #push(mark: string, closing: string): string | null {
    if (this.#open.length === 0 && this.#begun) return this.#misplaced();
    if (this.#open.length >= MOST_OPEN) return `Row ${this.#count + 1} is nested more than ${MOST_OPEN} levels deep`;
    this.#begun = true;
    this.#open.push(closing);
    const isOuter = this.#open.length === 1 || (this.#open.length === 2 && this.#open[0] === '}');
    if (mark !== '[' || !isOuter || this.#isInside) return null;
    if (++this.#arrays > 1) return 'The object holds more than one array; send the array of contacts alone';
    this.#arrayDepth = this.#open.length;
    return null;
  }

  #keep(text: string): void {
    if (this.#isTooLong) return;
    this.#element += text;
    this.#isTooLong = this.#element.length > MOST_ITEM;
    if (this.#isTooLong) this.#element = this.#element.slice(0, MOST_ITEM);
  }

  /** Between the brackets of an empty array, and behind a trailing comma, there is no element. */
  #endElement(isMore: boolean): void {
    const text = this.#element;
    if (text.trim() !== '' || isMore) {
      this.#count++;
      this.#items.push(this.#isTooLong ? tooLong(text) : parseItem(text));
    }
    this.#element = '';
    this.#isTooLong = false;
  }
}
