import { decodeWords } from './mime-text.ts';

const MAX_FIELDS = 1000;
const MAX_VALUE = 8192;

/** The fields of a header block in their order, unfolded. Names are compared without case. */
export class MailHeaders {
  readonly #fields: readonly (readonly [name: string, value: string])[];

  constructor(fields: readonly (readonly [string, string])[]) {
    this.#fields = fields;
  }

  /** The first value of that name, decoded (RFC 2047), trimmed; empty when there is none. */
  get(name: string): string {
    return this.all(name)[0] ?? '';
  }

  all(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.#fields.filter(([key]) => key === wanted).map(([, value]) => decodeWords(value));
  }

  has(name: string): boolean {
    const wanted = name.toLowerCase();
    return this.#fields.some(([key]) => key === wanted);
  }

  get size(): number {
    return this.#fields.length;
  }
}

/**
 * Reads the header block that `text` begins with; `rest` is what follows the empty line. Broken input is normal here: a
 * line that is no field is skipped as long as fields follow, an mbox `From ` line is passed over.
 */
export function readHeaders(text: string): { headers: MailHeaders; rest: string } {
  const end = headerEnd(text);
  const fields: [string, string][] = [];
  for (const line of text.slice(0, end).split('\n')) {
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) {
      if (last[1].length < MAX_VALUE) last[1] += ` ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 1 || colon > 80) continue;
    const name = line.slice(0, colon).trim();
    if (!/^[!-9;-~]+$/.test(name) || fields.length >= MAX_FIELDS) continue;
    fields.push([name.toLowerCase(), line.slice(colon + 1, colon + 1 + MAX_VALUE).trim()]);
  }
  return { headers: new MailHeaders(fields), rest: text.slice(end).replace(/^\n{1,2}/, '') };
}

function headerEnd(text: string): number {
  if (text.startsWith('\n')) return 0;
  const blank = text.indexOf('\n\n');
  return blank < 0 ? text.length : blank;
}
