/** What is appended to the links of a campaign, as analytics programs read it. */
export interface Utm {
  readonly source?: string;
  readonly medium?: string;
  readonly campaign?: string;
  readonly content?: string;
  readonly term?: string;
  /** Only links to these domains and what is below them; none or an empty list: all. */
  readonly domains?: readonly string[];
}

const PARAMETERS = ['source', 'medium', 'campaign', 'content', 'term'] as const;

const VARIANT = /\{\{\s*variant\s*\}\}/g;

/** Null where nothing would be appended. `{{variant}}` in a value is the name of the variant, of a campaign that has some. */
export function utmOf(value: unknown, variant: string | null = null): Utm | null {
  const utm = (value ?? {}) as Utm;
  if (!PARAMETERS.some((name) => isGiven(utm[name]))) return null;
  const values = PARAMETERS.flatMap((name) => {
    const text = utm[name];
    return text === undefined ? [] : [[name, text.replace(VARIANT, () => variant ?? '')]];
  });
  return { ...utm, ...Object.fromEntries(values) };
}

/**
 * The address with its UTM parameters. What it has already stays as it is, in its spelling; the fragment stays at the end.
 * What is no whole http(s) address comes back unchanged.
 */
export function withUtm(url: string, utm: Utm): string {
  const host = hostOf(url);
  if (host === null || !isChosen(host, utm.domains ?? [])) return url;
  const hash = url.indexOf('#');
  const address = hash < 0 ? url : url.slice(0, hash);
  const mark = address.indexOf('?');
  const present = namesIn(mark < 0 ? '' : address.slice(mark + 1));
  const added = PARAMETERS.filter((name) => isGiven(utm[name]) && !present.has(`utm_${name}`)).map(
    (name) => `utm_${name}=${encodeURIComponent((utm[name] ?? '').replace(/\p{Surrogate}/gu, '\ufffd'))}`,
  );
  if (added.length === 0) return url;
  const joint = mark < 0 ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${joint}${added.join('&')}${hash < 0 ? '' : url.slice(hash)}`;
}

const isGiven = (value: string | undefined) => value !== undefined && value !== '';

function namesIn(query: string): Set<string> {
  return new Set(
    query
      .split(/&(?:amp;)?/)
      .map((pair) => (pair.split('=', 1)[0] ?? '').toLowerCase())
      .filter((name) => name !== ''),
  );
}

function hostOf(url: string): string | null {
  if (!/^https?:\/\//i.test(url)) return null;
  try {
    return new URL(url).hostname.replace(/\.$/, '');
  } catch {
    return null;
  }
}

function isChosen(host: string, domains: readonly string[]): boolean {
  if (domains.length === 0) return true;
  return domains.map((domain) => domain.toLowerCase()).some((domain) => host === domain || host.endsWith(`.${domain}`));
}
