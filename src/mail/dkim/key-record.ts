import type { DkimAlgorithm } from './key-pair.ts';

/** The name that a key's record stands under (RFC 6376 section 3.6.2.1). */
export function keyRecordName(selector: string, domain: string): string {
  return `${selector}._domainkey.${domain}`;
}

/** The text to publish. */
export function keyRecord(algorithm: DkimAlgorithm, publicKey: string): string {
  return `v=DKIM1; k=${algorithm}; p=${publicKey}`;
}

/** Whether a published text is the record of this key: `same`, `other` key, `revoked` (empty p=), or no key record at all. */
export type KeyRecordMatch = 'same' | 'other' | 'revoked' | 'none';

export function matchKeyRecord(text: string, algorithm: DkimAlgorithm, publicKey: string): KeyRecordMatch {
  const tags = tagsOf(text);
  const key = tags.get('p');
  if (key === undefined || (tags.has('v') && tags.get('v') !== 'DKIM1')) return 'none';
  if (key === '') return 'revoked';
  const isUsable = allows(tags.get('h'), 'sha256') && allows(tags.get('s'), 'email');
  return (tags.get('k') ?? 'rsa') === algorithm && key === publicKey && isUsable ? 'same' : 'other';
}

/** `tag=value; tag=value` (RFC 6376 section 3.2): white space around and inside means nothing here. */
function tagsOf(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    if (at > 0) tags.set(part.slice(0, at).trim(), part.slice(at + 1).replace(/\s+/g, ''));
  }
  return tags;
}

function allows(list: string | undefined, wanted: string): boolean {
  return list === undefined || list.split(':').some((entry) => entry === '*' || entry === wanted);
}
