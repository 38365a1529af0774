/** What one part may decode to: notices are a few lines, and everything is searched more than once. */
const MAX_TEXT = 256 * 1024;

/** Bytes, held as a latin1 string, to text. An unknown charset is read as Windows-1252, which never fails. */
export function decodeCharset(bytes: string, charset: string): string {
  const buffer = Buffer.from(bytes.slice(0, MAX_TEXT), 'latin1');
  for (const label of [charset.toLowerCase() || 'utf-8', 'windows-1252']) {
    try {
      const text = new TextDecoder(label === 'us-ascii' || label === 'ascii' ? 'utf-8' : label).decode(buffer);
      if (label === 'windows-1252' || charset !== '' || !text.includes('\uFFFD')) return text;
    } catch {
      // a label TextDecoder does not know: the next one
    }
  }
  return bytes;
}

/** Undoes a Content-Transfer-Encoding (RFC 2045 section 6); input and output are bytes as a latin1 string. */
export function decodeTransfer(body: string, encoding: string): string {
  const name = encoding.trim().toLowerCase();
  if (name === 'base64') return Buffer.from(body.slice(0, 2 * MAX_TEXT), 'base64').toString('latin1');
  if (name === 'quoted-printable') return decodeQuotedPrintable(body.slice(0, 2 * MAX_TEXT));
  return body;
}

function decodeQuotedPrintable(body: string): string {
  return body
    .replace(/[ \t]{0,200}=[ \t]{0,200}\n/g, '')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Encoded words of header fields (RFC 2047) become text; raw bytes are read as UTF-8 where they are. */
export function decodeWords(value: string): string {
  const joined = value.replace(/(=\?[^?\s]{1,40}\?[bq]\?[^?\s]{0,500}\?=)\s+(?==\?)/gi, '$1');
  const decoded = joined.replace(
    /=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bq])\?([^?\s]{0,500})\?=/gi,
    (_, charset: string, kind: string, text: string) => {
      const bytes =
        kind.toLowerCase() === 'b'
          ? Buffer.from(text, 'base64').toString('latin1')
          : decodeQuotedPrintable(text.replaceAll('_', ' '));
      return decodeCharset(bytes, charset);
    },
  );
  return /[\x80-\xff]/.test(joined) && joined === decoded ? decodeCharset(decoded, '') : decoded;
}

const BREAKS = /<(?:br|\/?p|\/?div|\/?tr|\/?li|\/?h[1-6]|\/?pre|\/?table|hr)\b[^<>]{0,2000}>/gi;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** The words of an HTML notice, one block a line. Only for reading reports: nothing is kept but text. */
export function textOfHtml(html: string): string {
  const body = withoutElements(withoutElements(html.slice(0, MAX_TEXT), 'style'), 'script');
  return body
    .replace(/\s+/g, ' ')
    .replace(BREAKS, '\n')
    .replace(/<[^<>]{0,4000}>/g, '')
    .replace(/&(?:#(\d{1,6})|([a-z]{2,6}));/gi, (whole, code: string | undefined, name: string | undefined) =>
      code === undefined ? (ENTITIES[(name ?? '').toLowerCase()] ?? whole) : codePoint(Number(code)),
    )
    .replace(/[ \t\u00A0]+/g, ' ')
    .replace(/\n +/g, '\n');
}

/** By search, not by pattern: `<style>` without an end a thousand times over would cost the square of its length. */
function withoutElements(html: string, name: string): string {
  const lower = html.toLowerCase();
  let out = '';
  let at = 0;
  for (;;) {
    const start = lower.indexOf(`<${name}`, at);
    if (start < 0) return out + html.slice(at);
    out += html.slice(at, start);
    const end = lower.indexOf(`</${name}`, start);
    if (end < 0) return out;
    at = end;
  }
}

function codePoint(code: number): string {
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : '';
}
