import { type MailHeaders, readHeaders } from './mail-headers.ts';
import { decodeCharset, decodeTransfer } from './mime-text.ts';

/** Reports stand at the front of a message; whatever follows this much is somebody's attachment. */
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_DEPTH = 10;
const MAX_PARTS = 200;

/** One part of a message (RFC 2045). `body` are its bytes as a latin1 string with bare LF, transfer encoding undone. */
export interface MimePart {
  readonly type: string;
  readonly charset: string;
  readonly parameters: string;
  readonly headers: MailHeaders;
  readonly body: string;
  readonly parts: readonly MimePart[];
}

/**
 * Takes a message apart, tolerantly: a multipart whose boundary is missing or wrong is one text part. Depth, number of
 * parts and bytes are bounded, so that a hostile message costs no more than a large honest one.
 */
export function parseMessage(raw: Buffer): MimePart {
  const text = raw.toString('latin1', 0, Math.min(raw.length, MAX_BYTES)).replace(/\r\n?/g, '\n');
  return parsePart(text.replace(/^\n+/, '').replace(/^From [^\n]*\n/, ''), 0, { left: MAX_PARTS });
}

/** All parts without children, in the order of the message. */
export function leavesOf(part: MimePart): MimePart[] {
  return part.parts.length === 0 ? [part] : part.parts.flatMap(leavesOf);
}

export function textOf(part: MimePart): string {
  return decodeCharset(part.body, part.charset);
}

function parsePart(text: string, depth: number, budget: { left: number }): MimePart {
  const { headers, rest } = readHeaders(text);
  const contentType = headers.get('content-type');
  const declared = /^\s*([\w.+-]{1,60}\/[\w.+-]{1,60})/.exec(contentType)?.[1]?.toLowerCase();
  const type = declared ?? 'text/plain';
  const encoded = headers.get('content-transfer-encoding');
  const parts = type.startsWith('multipart/')
    ? splitParts(rest, parameter(contentType, 'boundary'), depth, budget)
    : [];
  return {
    type: type.startsWith('multipart/') && parts.length === 0 ? 'text/plain' : type,
    charset: parameter(contentType, 'charset'),
    parameters: contentType.toLowerCase(),
    headers,
    body: parts.length > 0 ? '' : decodeTransfer(rest, encoded).replace(/\r\n?/g, '\n'),
    parts,
  };
}

function splitParts(body: string, boundary: string, depth: number, budget: { left: number }): MimePart[] {
  if (boundary === '' || depth >= MAX_DEPTH) return [];
  const parts: MimePart[] = [];
  const delimiter = `--${boundary}`;
  let start = -1;
  for (let at = nextLine(body, delimiter, 0); at >= 0; at = nextLine(body, delimiter, at + delimiter.length)) {
    if (start >= 0 && budget.left-- > 0) parts.push(parsePart(body.slice(start, at), depth + 1, budget));
    const lineEnd = body.indexOf('\n', at);
    start = lineEnd < 0 ? body.length : lineEnd + 1;
    if (body.startsWith('--', at + delimiter.length)) return parts;
  }
  if (start >= 0 && start < body.length && budget.left-- > 0)
    parts.push(parsePart(body.slice(start), depth + 1, budget)); // cut short on the way
  return parts;
}

/** Where a line begins with `delimiter`, from `from` on; -1 when none does. */
function nextLine(body: string, delimiter: string, from: number): number {
  for (let at = body.indexOf(delimiter, from); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    if (at === 0 || body[at - 1] === '\n') return at;
  }
  return -1;
}

function parameter(contentType: string, name: string): string {
  const found = new RegExp(`;\\s{0,20}${name}\\s{0,5}=\\s{0,5}(?:"([^"]{0,200})"|([^\\s;]{1,200}))`, 'i').exec(
    contentType,
  );
  return found?.[1] ?? found?.[2] ?? '';
}
