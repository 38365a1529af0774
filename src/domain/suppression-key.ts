import { parseEmailAddress } from './email-address.ts';

export type SuppressionKind = 'address' | 'domain' | 'hash';

/** `shown` is what people see, `key` what addresses are looked up by: an address in lower case, '@domain', 'sha256:…', 'md5:…'. */
export type ParsedSuppression =
  | { readonly ok: true; readonly kind: SuppressionKind; readonly shown: string; readonly key: string }
  | { readonly ok: false; readonly reason: string };

const SHA256 = /^(?:sha-?256:)?([\da-f]{64})$/i;
const MD5 = /^(?:md5:)?([\da-f]{32})$/i;
const MOST_SHOWN = 80;

/**
 * What a line of a suppression list means: `ada@example.com`; a domain with all below it as `example.com`, `@example.com`
 * or `*@example.com`; a SHA-256 or MD5 of a lower-cased address in hex, with or without `sha256:` or `md5:` before it.
 */
export function parseSuppression(input: string): ParsedSuppression {
  const text = input.trim();
  const hash = hashOf(text);
  if (hash !== null) return { ok: true, kind: 'hash', shown: hash, key: hash };
  if (text.lastIndexOf('@') > 0 && !text.startsWith('*@')) return addressOf(text);
  return domainOf(text);
}

function hashOf(text: string): string | null {
  const sha = SHA256.exec(text)?.[1];
  if (sha !== undefined) return `sha256:${sha.toLowerCase()}`;
  const md5 = MD5.exec(text)?.[1];
  return md5 === undefined ? null : `md5:${md5.toLowerCase()}`;
}

function addressOf(text: string): ParsedSuppression {
  const parsed = parseEmailAddress(text);
  return parsed.ok ? { ok: true, kind: 'address', shown: parsed.address, key: parsed.key } : parsed;
}

function domainOf(text: string): ParsedSuppression {
  const name = text.replace(/^(?:\*?@|\*\.)/, '').replace(/\.$/, '');
  if (name === '') return { ok: false, reason: 'it is empty' };
  const parsed = parseEmailAddress(`x@${name}`);
  if (!parsed.ok)
    return {
      ok: false,
      reason: `"${text.slice(0, MOST_SHOWN)}" is no address, no domain and no SHA-256 or MD5 in hex`,
    };
  if (!parsed.domain.includes('.'))
    return {
      ok: false,
      reason: `"${text.slice(0, MOST_SHOWN)}" has no dot: a whole top-level domain cannot be suppressed`,
    };
  return { ok: true, kind: 'domain', shown: `@${parsed.domain}`, key: `@${parsed.domain}` };
}
