import { invalid } from './content.ts';

/** An address on the web that somebody typed in. Throws VALIDATION, which names the field. */
export function readOutsideUrl(text: string, path: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw invalid(path, 'must be an address that begins with https:// or http://');
  if (url.username || url.password)
    throw invalid(path, 'must not hold a password: everybody who may look at this would see it');
  return url;
}
