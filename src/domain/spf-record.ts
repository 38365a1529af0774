/** One term of an SPF record (RFC 7208 section 4.6.1): a mechanism with its qualifier, or a modifier. */
export interface SpfTerm {
  readonly qualifier: '+' | '-' | '~' | '?';
  readonly name: string;
  /** Behind `:` or `=`; an address with its prefix length. Empty where there is none. */
  readonly value: string;
  readonly isModifier: boolean;
}

export interface SpfRecord {
  readonly terms: readonly SpfTerm[];
  /** What breaks the rules, in words: receivers then take all of the record for broken (permerror). */
  readonly faults: readonly string[];
}

const MECHANISMS = new Set(['all', 'include', 'a', 'mx', 'ptr', 'ip4', 'ip6', 'exists']);
const NEEDS_VALUE = new Set(['include', 'ip4', 'ip6', 'exists']);
const MODIFIER = /^([a-z][\w.-]*)=(.*)$/i;
const MECHANISM = /^([+~?-]?)([a-z][\w-]*)(?::(.+)|(\/.*))?$/i;

/** Those that cost receivers a question to the DNS, of which ten are allowed (section 4.6.4). */
const ASKING = new Set(['include', 'a', 'mx', 'ptr', 'exists', 'redirect']);

export const MOST_SPF_LOOKUPS = 10;

export function isSpfRecord(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

export function parseSpf(text: string): SpfRecord {
  const terms: SpfTerm[] = [];
  const faults: string[] = [];
  for (const word of text.split(/ +/).slice(1)) {
    if (word === '') continue;
    const term = parseTerm(word);
    if (term) terms.push(term);
    else faults.push(`"${word.slice(0, 80)}" is no term of an SPF record`);
  }
  const lastAll = terms.findIndex(({ name }) => name === 'all');
  const behind = lastAll === -1 ? [] : terms.slice(lastAll + 1).filter(({ isModifier }) => !isModifier);
  if (behind.length > 0) faults.push(`what stands behind "all" is never looked at: ${behind.map(wordOf).join(' ')}`);
  return { terms, faults };
}

export function costsLookup({ name }: SpfTerm): boolean {
  return ASKING.has(name);
}

/** The record with mechanisms added where they count: before `all`, or before a redirect. */
export function withMechanisms(text: string, mechanisms: readonly string[]): string {
  const words = text.split(/ +/).filter((word) => word !== '');
  const at = words.findIndex((word) => /^[+~?-]?all$|^redirect=/i.test(word));
  const place = at === -1 ? words.length : at;
  return [...words.slice(0, place), ...mechanisms, ...words.slice(place)].join(' ');
}

function parseTerm(word: string): SpfTerm | null {
  const modifier = MODIFIER.exec(word);
  if (modifier?.[1] && modifier[2] !== undefined)
    return { qualifier: '+', name: modifier[1].toLowerCase(), value: modifier[2], isModifier: true };
  const found = MECHANISM.exec(word);
  const name = found?.[2]?.toLowerCase() ?? '';
  const value = found?.[3] ?? found?.[4] ?? '';
  if (!found || !MECHANISMS.has(name) || (NEEDS_VALUE.has(name) && value === '')) return null;
  return { qualifier: (found[1] || '+') as SpfTerm['qualifier'], name, value, isModifier: false };
}

function wordOf({ name, value }: SpfTerm): string {
  return value === '' ? name : `${name}:${value}`;
}
