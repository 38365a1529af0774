import { encodeWords } from './encoded-word.ts';
import { isPlain } from './header.ts';

/** RFC 5322 section 2.1.1: lines should have at most 78 characters. Each parameter has one to itself, after a space. */
const MAX_LINE = 78;
/** What a numbered piece holds beside its name and its part of the value: `*12*=UTF-8''` and `;`. */
const PIECE_OVERHEAD = "*12*=UTF-8'';".length;

/** `name="report.pdf"`, with encoded-words for what is not ASCII: forbidden by RFC 2047 section 5, read by everything since 1996. */
export function formatLegacyParameter(name: string, value: string): string {
  return formatQuoted(name, value) ?? `${name}="${encodeWords(value, name.length + 3)}"`;
}

/** The same by RFC 2231: percent-encoded with its charset, in numbered pieces when long (section 3). */
export function formatParameter(name: string, value: string): string {
  const quoted = formatQuoted(name, value);
  if (quoted !== null) return quoted;
  const room = MAX_LINE - 1 - name.length - PIECE_OVERHEAD;
  const pieces = joinUpTo(room, Array.from(value.replace(/\p{Cs}/gu, '\ufffd'), percentEncode));
  if (pieces.length === 1) return `${name}*=UTF-8''${pieces[0]}`;
  return pieces.map((piece, i) => `${name}*${i}*=${i === 0 ? "UTF-8''" : ''}${piece}`).join(';\r\n ');
}

/** Null when it is not plain, or too long for a line. */
function formatQuoted(name: string, value: string): string | null {
  if (!isPlain(value)) return null;
  const parameter = `${name}="${value.replace(/["\\]/g, '\\$&')}"`;
  return 1 + parameter.length < MAX_LINE ? parameter : null;
}

/** Characters that RFC 2231's attribute-char excludes, though encodeURIComponent leaves them. */
function percentEncode(character: string): string {
  return encodeURIComponent(character).replace(
    /['()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** No character is divided between two pieces. */
function joinUpTo(room: number, characters: readonly string[]): string[] {
  const pieces = [''];
  for (const character of characters) {
    const last = pieces.length - 1;
    if ((pieces[last] ?? '').length + character.length > room) pieces.push(character);
    else pieces[last] += character;
  }
  return pieces;
}
