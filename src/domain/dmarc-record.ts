/** A DMARC policy record as RFC 9989 (which took the place of RFC 7489 in 2026) reads it. */
export interface DmarcRecord {
  /** Null where `p` is missing or no policy: receivers then do as with `none`, or look at none of it (section 4.7). */
  readonly policy: string | null;
  readonly subdomainPolicy: string | null;
  /** Whether only the very same domain is aligned, by DKIM and by SPF. */
  readonly strictDkim: boolean;
  readonly strictSpf: boolean;
  /** `y`: the domain is a public suffix; `n`: an organization's own, whatever stands above it. */
  readonly psd: string | null;
  /** Tags that mean nothing any more: pct, rf, ri (RFC 9989 appendix C). */
  readonly obsolete: readonly string[];
}

const POLICIES = new Set(['none', 'quarantine', 'reject']);
const OBSOLETE = ['pct', 'rf', 'ri'];

/** Null when it is none at all, or of another version. */
export function parseDmarc(text: string): DmarcRecord | null {
  if (!/^v\s*=\s*DMARC1\s*(?:;|$)/.test(text)) return null;
  const tags = new Map<string, string>();
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    if (at > 0) tags.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim());
  }
  const policy = tags.get('p')?.toLowerCase() ?? '';
  return {
    policy: POLICIES.has(policy) ? policy : null,
    subdomainPolicy: tags.get('sp')?.toLowerCase() ?? null,
    strictDkim: tags.get('adkim')?.toLowerCase() === 's',
    strictSpf: tags.get('aspf')?.toLowerCase() === 's',
    psd: tags.get('psd')?.toLowerCase() ?? null,
    obsolete: OBSOLETE.filter((tag) => tags.has(tag)),
  };
}

/** Names under which no more than this many are asked for (section 4.10). */
const MOST_LABELS = 7;

/**
 * Where a record may stand, from the domain itself up (RFC 9989 section 4.10): beyond eight labels the walk goes on with
 * the last seven, so that nobody has to ask more than eight times.
 */
export function treeOf(domain: string): string[] {
  const labels = domain.split('.');
  const first = Math.max(1, labels.length - MOST_LABELS);
  const parents = labels.slice(first).map((_, i) => labels.slice(first + i).join('.'));
  return [domain, ...parents];
}

/** What was found on the way up: records by name, in the order of the walk. */
export type DmarcTree = ReadonlyArray<{ readonly name: string; readonly record: DmarcRecord }>;

/** The organization that a domain belongs to (section 4.10.2): two domains of one are aligned where that is not strict. */
export function organizationOf(domain: string, tree: DmarcTree): string {
  const own = tree.find(({ record }) => record.psd === 'n');
  if (own) return own.name;
  const suffix = tree.find(({ name, record }) => record.psd === 'y' && name !== domain);
  if (suffix) {
    const labels = domain.split('.');
    return labels.slice(-(suffix.name.split('.').length + 1)).join('.');
  }
  return tree.at(-1)?.name ?? domain;
}
