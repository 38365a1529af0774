import type { NewSuppression } from '../../../../src/contract/suppressions.ts';

type Named = Pick<NewSuppression, 'email' | 'domain' | 'hash'>;

/** What somebody means who writes an address, a domain (`example.com`, `@example.com`) or a hash. Null: nothing. */
export function entryOf(text: string): Named | null {
  const entry = text.trim();
  if (entry === '') return null;
  const hash = entry.replace(/^(sha256|md5):/i, '');
  if (/^([0-9a-f]{64}|[0-9a-f]{32})$/i.test(hash)) return { hash };
  if (entry.startsWith('@')) return { domain: entry.slice(1) };
  return entry.includes('@') ? { email: entry } : { domain: entry };
}

/** Lines that hold something. */
export function linesOf(text: string): string[] {
  return text
    .split(/[\r\n,;]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
