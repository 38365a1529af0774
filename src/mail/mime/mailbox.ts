import { parseEmailAddress } from '../../domain/email-address.ts';
import type { Mailbox } from '../message.ts';
import { encodeWords } from './encoded-word.ts';
import { headerText, isPlain } from './header.ts';

export type ParsedMailbox =
  | { readonly ok: true; readonly mailbox: Mailbox }
  | { readonly ok: false; readonly reason: string };

/** RFC 5322 section 3.2.3: a display name of these and single spaces needs no quotes. */
const ATOMS = /^[\w!#$%&'*+/=?^`{|}~-]+(?: [\w!#$%&'*+/=?^`{|}~-]+)*$/;
/** Longer names are better folded, as encoded-words. */
const LONGEST_QUOTED = 60;
const FOLD_AT = 76;

/** Reads `a@b`, `<a@b>`, `Name <a@b>` or `"Name, Ltd." <a@b>`: one mailbox, no groups, no comments. */
export function parseMailbox(input: string): ParsedMailbox {
  const text = input.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) return { ok: false, reason: 'it holds a control character' };
  const open = text.lastIndexOf('<');
  const bracketed = open >= 0 && text.endsWith('>');
  if (open >= 0 && !bracketed)
    return { ok: false, reason: 'the "<" before the address is not closed by a ">" at the end' };
  const parsed = parseEmailAddress(bracketed ? text.slice(open + 1, -1) : text);
  if (!parsed.ok) return parsed;
  const name = bracketed ? readName(text.slice(0, open).trim()) : '';
  if (name === undefined) return { ok: false, reason: 'the name before the address has a quote that is not closed' };
  return { ok: true, mailbox: name === '' ? { address: parsed.address } : { name, address: parsed.address } };
}

/** Writes `Name <address>` for a header, folded; `used` is what stands before it on its line. The address is checked already. */
export function formatMailbox({ name = '', address }: Mailbox, used: number, field: string): string {
  const text = headerText(name, field);
  if (text === '') return address;
  const phrase = formatPhrase(text, used);
  const lastLine = phrase.length - phrase.lastIndexOf('\n') - 1 + (phrase.includes('\n') ? 0 : used);
  const fits = lastLine + address.length + 3 <= FOLD_AT;
  return fits ? `${phrase} <${address}>` : `${phrase}\r\n <${address}>`;
}

function formatPhrase(text: string, used: number): string {
  if (!isPlain(text) || text.length > LONGEST_QUOTED) return encodeWords(text, used);
  return ATOMS.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function readName(text: string): string | undefined {
  if (!text.startsWith('"')) return text.includes('"') ? undefined : text;
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(text);
  return quoted?.[1]?.replace(/\\(.)/g, '$1');
}
