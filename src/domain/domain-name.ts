import { domainToASCII } from 'node:url';

const NAME =
  /^(?=.{4,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?=[a-z\d-]*[a-z])[a-z\d](?:[a-z\d-]{0,61}[a-z\d])$/;

/** A domain as the DNS knows it: A-labels, small letters, no dot at its end; null when it is none. At least two labels. */
export function parseDomain(text: string): string | null {
  const given = text.trim().replace(/\.$/, '').toLowerCase();
  // domainToASCII reads a URL's host, in which %41 is a letter and other signs end it.
  if (/[\s%/?#\\:@[\]]/.test(given)) return null;
  const name = domainToASCII(given);
  return NAME.test(name) ? name : null;
}

/** The domain of an address that was parsed before. */
export function domainOfAddress(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

/** The domain and every one above it, down to two labels: `a.b.example`, `b.example`. */
export function withParents(domain: string): string[] {
  const labels = domain.split('.');
  return labels.slice(0, Math.max(1, labels.length - 1)).map((_, i) => labels.slice(i).join('.'));
}
