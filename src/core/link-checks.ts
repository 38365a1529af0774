import { Resolver } from 'node:dns/promises';
import { guardedRequest, isPrivateAddress } from '../lib/guarded-request.ts';

const MOST_LINKS = 30;
const TIMEOUT_MS = 5000;
/** Nobody is there; others (403, 429, 5xx) may only dislike programs. */
const GONE = new Set([404, 410]);

/** A link that readers could not follow. */
interface BrokenLink {
  readonly url: string;
  readonly reason: string;
}

/** Addresses of links and pictures in HTML, each once, as they stand there; what holds merge fields is only known later. */
function linksIn(html: string): string[] {
  const found = [...html.matchAll(/\b(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map(([, a, b]) =>
    (a ?? b ?? '').trim(),
  );
  return [...new Set(found.map((url) => url.replaceAll('&amp;', '&')))].filter((url) => !url.includes('{'));
}

/** What was found out about the links of a message. */
export interface LinkReport {
  readonly links: number;
  readonly broken: readonly BrokenLink[];
  /** Nobody could be asked about these. */
  readonly unasked: number;
}

/** Asks over the network where links lead: of thirty at most, all at once. */
export async function checkLinks(html: string): Promise<LinkReport> {
  const links = linksIn(html);
  const asked = links.slice(0, MOST_LINKS);
  const checked = await Promise.all(asked.map(checkLink));
  return {
    links: links.length,
    broken: checked.filter((each) => typeof each === 'object'),
    unasked: links.length - asked.length + checked.filter((each) => each === 'unasked').length,
  };
}

async function checkLink(text: string): Promise<BrokenLink | 'unasked' | 'fine'> {
  if (text === '' || text === '#') return { url: text, reason: 'it leads nowhere' };
  if (/^(mailto|tel|sms|cid|data):/i.test(text) || text.startsWith('#')) return 'fine';
  const url = parseUrl(text);
  if (!url || !['http:', 'https:'].includes(url.protocol))
    return { url: text, reason: 'it is not a whole address: begin it with https://' };
  if (!url.hostname.includes('.') || isPrivateHost(url.hostname))
    return { url: text, reason: 'readers cannot reach this address' };
  const status = await ask(url);
  if (status === 'no-such-name') return { url: text, reason: `there is no ${url.hostname}` };
  if (status === 'no-answer') return 'unasked';
  return GONE.has(status) ? { url: text, reason: `its server answers ${status}` } : 'fine';
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function isPrivateHost(host: string): boolean {
  return /^[\d.]+$|^\[/.test(host) && isPrivateAddress(host.replace(/^\[|\]$/g, ''));
}

async function ask(url: URL): Promise<number | 'no-such-name' | 'no-answer'> {
  const headers = { 'user-agent': 'Postrider link check' };
  try {
    return await guardedRequest({ url, headers, allowPrivate: false, timeoutMs: TIMEOUT_MS });
  } catch (error) {
    // Anything else may be the network between us: said of nobody's link.
    return isNotFound(error) && (await isUnknownToDns(url.hostname)) ? 'no-such-name' : 'no-answer';
  }
}

function isNotFound(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ENOTFOUND';
}

/** The machine says the same of a name that does not exist and of a network that is not there; a DNS server does not. */
async function isUnknownToDns(name: string): Promise<boolean> {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 });
  return resolver.resolve4(name).then(() => false, isNotFound);
}
