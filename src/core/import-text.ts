import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** A piece of a file as text, and how many of the file's bytes have been read so far. */
export interface TextPiece {
  readonly text: string;
  readonly bytesRead: number;
}

const READ_BYTES = 64 * 1024;
/** UTF-16 without a byte order mark is told by this much of the beginning, a header being ASCII nearly everywhere. */
const SAMPLE_BYTES = 64;

/**
 * UTF-16 when it says so or every second byte of the beginning is NUL; UTF-8 when it says so or all of the file is;
 * otherwise windows-1252, what Excel saves in Western Europe, in which everything is valid. Reads the whole file, at about
 * 1 GB/s.
 */
export async function detectEncoding(file: string): Promise<TextEncoding> {
  let rest = Buffer.alloc(0);
  let first = true;
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 4 * READ_BYTES })) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    const told = first ? encodingOfHead(bytes) : null;
    if (told) return told;
    first = false;
    const cut = lastBoundary(bytes);
    if (!isUtf8(bytes.subarray(0, cut))) return 'windows-1252';
    rest = Buffer.from(bytes.subarray(cut));
  }
  return isUtf8(rest) ? 'utf-8' : 'windows-1252';
}

/** What the first bytes say of a file's encoding; null when they say nothing. */
export function encodingOfHead(head: Buffer): Exclude<TextEncoding, 'windows-1252'> | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  const sample = head.subarray(0, Math.min(SAMPLE_BYTES, head.length & ~1));
  if (sample.length < 4) return null;
  const nulAt = [0, 0];
  for (let i = 0; i < sample.length; i++) if (sample[i] === 0) nulAt[i % 2] = (nulAt[i % 2] ?? 0) + 1;
  const [even, odd] = nulAt;
  if (even === 0 && odd === sample.length / 2) return 'utf-16le';
  return odd === 0 && even === sample.length / 2 ? 'utf-16be' : null;
}

/** Behind the last byte that certainly ends a character; at most three bytes from the end in UTF-8. */
function lastBoundary(bytes: Buffer): number {
  for (let cut = bytes.length; cut > Math.max(0, bytes.length - 4); cut--) {
    if ((bytes[cut - 1] ?? 0) < 0x80) return cut;
  }
  // Four bytes of one character, or something that is not UTF-8 and found out later.
  return Math.max(0, bytes.length - 4);
}

/** The file as text, in pieces that never cut a character; a byte order mark is left out. */
export async function* readText(file: string, encoding: TextEncoding): AsyncGenerator<TextPiece> {
  const decoder = new TextDecoder(encoding);
  let bytesRead = 0;
  for await (const chunk of fs.createReadStream(file, { highWaterMark: READ_BYTES })) {
    const bytes = chunk as Buffer;
    bytesRead += bytes.length;
    yield { text: decoder.decode(bytes, { stream: true }), bytesRead };
  }
  const last = decoder.decode();
  if (last !== '') yield { text: last, bytesRead };
}
