import { type DmarcRecord, type DmarcTree, organizationOf, parseDmarc, treeOf } from '../domain/dmarc-record.ts';
import type { DnsLookup } from './dns-lookup.ts';

export interface DmarcReport {
  /** The record that counts for mail from the domain; null where nobody has a policy for it. */
  readonly record: DmarcRecord | null;
  /** Where it stands. */
  readonly at: string | null;
  readonly text: string | null;
  /** Several on one name: receivers then look at none of them. */
  readonly doubled: string | null;
  readonly organization: string;
}

/** Walks up the tree of a domain (RFC 9989 section 4.10). Null when a name on the way could not be asked for. */
export async function readDmarc(dns: DnsLookup, domain: string): Promise<DmarcReport | null> {
  const tree: Array<DmarcTree[number] & { readonly text: string }> = [];
  let doubled: string | null = null;
  for (const name of treeOf(domain)) {
    const texts = await dns.txt(`_dmarc.${name}`);
    if (texts === null) return null;
    const records = texts.flatMap((text) => {
      const record = parseDmarc(text);
      return record ? [{ name, record, text }] : [];
    });
    if (records.length > 1) doubled ??= name;
    const [only] = records;
    if (records.length !== 1 || !only) continue;
    tree.push(only);
    if (only.record.psd === 'n' || only.record.psd === 'y') break;
  }
  const organization = organizationOf(domain, tree);
  const own = tree.find(({ name }) => name === domain);
  const found = own ?? tree.find(({ name }) => name === organization) ?? tree.find(({ record }) => record.psd === 'y');
  return {
    record: found?.record ?? null,
    at: found?.name ?? null,
    text: found?.text ?? null,
    doubled,
    organization,
  };
}
