import { MessageError } from '../message-errors.ts';
import { encodeWords } from './encoded-word.ts';

/** RFC 5322 section 2.1.1: lines should have at most 78 characters and must not have more than 998. */
const FOLD_AT = 78;
const MAX_LINE = 998;
/** Receivers refuse oversized headers (Yahoo names them in its rules); nothing honest comes near. */
const MAX_VALUE = 16_384;

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f]+/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const LINE_BREAK_OR_NUL = /[\r\n\u0000]/;

/**
 * Merge data as it may stand in a header: control characters become one space, so that a stray line break in a contact's
 * name neither fails a campaign nor begins another header.
 */
export function headerText(text: string, field: string): string {
  if (text.length > MAX_VALUE) throw new MessageError(field, `is longer than ${MAX_VALUE} characters`);
  return trimSpaces(PRINTABLE_ASCII.test(text) ? text : text.replace(CONTROLS, ' '));
}

/** What the campaign's author supplies must not hold line breaks at all: that is a mistake, or an attack. */
export function assertOneLine(field: string, value: string): void {
  if (LINE_BREAK_OR_NUL.test(value)) throw new MessageError(field, 'must not hold a line break or a NUL character');
}

/**
 * A value for an unstructured header, folded. `used` is the length of what stands before it on its line. With
 * `keepLongWords`, ASCII words too long for a line stay as they are while that is legal at all: in headers that programs
 * read (`X-SMTPAPI`) an encoded-word would change the meaning.
 */
export function encodeUnstructured(text: string, used: number, { keepLongWords = false } = {}): string {
  if (text === '') return '';
  if (!isPlain(text)) return encodeWords(text, used);
  if (used + text.length <= FOLD_AT) return text;
  const folded = foldAtSpaces(text, used);
  const limit = keepLongWords ? MAX_LINE : FOLD_AT;
  return folded.longest <= limit ? folded.text : encodeWords(text, used);
}

/** Printable ASCII that nobody will take for an encoded-word. */
export function isPlain(text: string): boolean {
  return PRINTABLE_ASCII.test(text) && !text.includes('=?');
}

export function headerLine(name: string, encodedValue: string): string {
  return `${name}: ${encodedValue}\r\n`;
}

/** Folds only before single spaces: some readers make one space of a line break and all that follows it. */
function foldAtSpaces(text: string, used: number): { text: string; longest: number } {
  const words = text.split(/(?<=[^ ]) (?=[^ ])/);
  let folded = words[0] ?? '';
  let column = used + folded.length;
  let longest = column;
  for (const word of words.slice(1)) {
    const fits = column + 1 + word.length <= FOLD_AT;
    folded += fits ? ` ${word}` : `\r\n ${word}`;
    column = (fits ? column : 0) + 1 + word.length;
    longest = Math.max(longest, column);
  }
  return { text: folded, longest };
}

function trimSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) === 0x20) end--;
  return text.slice(start, end);
}
