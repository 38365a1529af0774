import { encodeWords } from './encoded-word.ts';
import { isPlain } from './header.ts';

/** RFC 2231 section 3: longer values are continued, so that lines stay within 78. */
const CHUNK = 60;

/** `name="report.pdf"`, with encoded-words for what is not ASCII: forbidden by RFC 2047 section 5, read by everything since 1996. */
export function formatLegacyParameter(name: string, value: string): string {
  if (isPlain(value) && value.length <= CHUNK) return `${name}="${value.replace(/["\\]/g, '\\$&')}"`;
  return `${name}="${encodeWords(value, name.length + 3)}"`;
}

/** The same by RFC 2231: percent-encoded with its charset, in numbered pieces when long. */
export function formatParameter(name: string, value: string): string {
  if (isPlain(value) && value.length <= CHUNK) return formatLegacyParameter(name, value);
  const chunks = chunkWhole(Array.from(value.replace(/\p{Cs}/gu, '\ufffd'), percentEncode));
  if (chunks.length === 1) return `${name}*=UTF-8''${chunks[0]}`;
  return chunks.map((chunk, i) => `${name}*${i}*=${i === 0 ? "UTF-8''" : ''}${chunk}`).join(';\r\n ');
}

/** Characters that RFC 2231's attribute-char excludes, though encodeURIComponent leaves them. */
function percentEncode(character: string): string {
  return encodeURIComponent(character).replace(
    /['()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function chunkWhole(pieces: readonly string[]): string[] {
  const chunks = [''];
  for (const piece of pieces) {
    const last = chunks.length - 1;
    if ((chunks[last] ?? '').length + piece.length > CHUNK) chunks.push(piece);
    else chunks[last] += piece;
  }
  return chunks;
}
