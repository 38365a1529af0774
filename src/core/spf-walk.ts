import net, { BlockList } from 'node:net';
import { costsLookup, isSpfRecord, parseSpf, type SpfTerm } from '../domain/spf-record.ts';
import type { DnsLookup } from './dns-lookup.ts';

/** Far behind what receivers follow: so that a record that includes itself ends. */
const MOST_FOLLOWED = 30;

/** What an SPF record comes to, with everything it includes. */
export interface SpfReport {
  /** Its text; null when there is none. */
  readonly record: string | null;
  /** More than one is as bad as none (RFC 7208 section 4.5). */
  readonly records: number;
  /** Questions a receiver has to ask the DNS: ten are allowed. */
  readonly lookups: number;
  readonly faults: readonly string[];
  /** Names it includes, however deep. */
  readonly includes: ReadonlySet<string>;
  /** How it ends: the qualifier of `all`; null without one. */
  readonly all: SpfTerm['qualifier'] | null;
  /** A part of it could not be asked for: what is missing may be there. */
  readonly isPartial: boolean;
  /** Whether mail from this address passes, as far as is known. */
  covers(address: string): boolean;
}

/** Reads the record of a domain and follows it. Null when the DNS could not be asked at all. */
export async function readSpf(dns: DnsLookup, domain: string): Promise<SpfReport | null> {
  const texts = await dns.txt(domain);
  if (texts === null) return null;
  const walk = new SpfWalk(dns);
  const records = texts.filter(isSpfRecord);
  const [record = null] = records;
  if (record !== null) await walk.follow(record, domain, true);
  return {
    record,
    records: records.length,
    lookups: walk.lookups,
    faults: walk.faults,
    includes: walk.includes,
    all: walk.all,
    isPartial: walk.isPartial,
    covers: (address) => walk.covers(address),
  };
}

class SpfWalk {
  readonly #dns: DnsLookup;
  readonly #networks = { ipv4: new BlockList(), ipv6: new BlockList() };
  readonly includes = new Set<string>();
  readonly faults: string[] = [];
  lookups = 0;
  isPartial = false;
  all: SpfTerm['qualifier'] | null = null;

  constructor(dns: DnsLookup) {
    this.#dns = dns;
  }

  async follow(text: string, domain: string, isTop: boolean): Promise<void> {
    const { terms, faults } = parseSpf(text);
    this.faults.push(...faults.map((fault) => (isTop ? fault : `${domain}: ${fault}`)));
    for (const term of terms) {
      if (costsLookup(term)) this.lookups++;
      if (this.lookups > MOST_FOLLOWED) return;
      if (term.name === 'all' && isTop) this.all = term.qualifier;
      if (term.qualifier === '+') await this.#look(term, domain, isTop);
    }
  }

  covers(address: string): boolean {
    const family = net.isIP(address) === 6 ? 'ipv6' : 'ipv4';
    return this.#networks[family].check(address, family);
  }

  async #look({ name, value }: SpfTerm, domain: string, isTop: boolean): Promise<void> {
    // What depends on who sends (macros) cannot be known here; only `exists` and rare includes do.
    if (value.includes('%')) return;
    switch (name) {
      case 'ip4':
      case 'ip6':
        return this.#addNetwork(value, '');
      case 'a':
      case 'mx':
        return this.#addHosts(name, value, domain);
      case 'include':
      case 'redirect':
        return this.#enter(name, value.toLowerCase().replace(/\.$/, ''), name === 'redirect' && isTop);
    }
  }

  async #enter(how: string, name: string, isTop: boolean): Promise<void> {
    if (this.includes.has(name)) return;
    if (how === 'include') this.includes.add(name);
    const texts = await this.#dns.txt(name);
    if (texts === null) {
      this.isPartial = true;
      return;
    }
    const [record] = texts.filter(isSpfRecord);
    if (record === undefined) this.faults.push(`${how} of ${name}, which has no SPF record`);
    else await this.follow(record, name, isTop);
  }

  async #addHosts(kind: 'a' | 'mx', value: string, domain: string): Promise<void> {
    const at = value.indexOf('/');
    const host = (at === -1 ? value : value.slice(0, at)) || domain;
    const prefix = at === -1 ? '' : value.slice(at);
    const hosts = kind === 'a' ? [host] : await this.#dns.mx(host);
    for (const name of hosts ?? []) {
      const addresses = await this.#dns.addresses(name);
      if (addresses === null) this.isPartial = true;
      for (const address of addresses ?? []) this.#addNetwork(address, prefix);
    }
    if (hosts === null) this.isPartial = true;
  }

  /** `prefix`: "/24", or "/24//64" with one for each family (section 5.6). */
  #addNetwork(value: string, prefix: string): void {
    const [address = '', own] = value.split('/');
    const family = net.isIP(address);
    if (family === 0) {
      this.faults.push(`"${value}" is no address`);
      return;
    }
    const [four, six] = prefix.split('//');
    const given = own ?? (family === 4 ? four?.slice(1) : six) ?? '';
    const widest = family === 4 ? 32 : 128;
    const bits = given === '' ? widest : Number(given);
    if (!Number.isInteger(bits) || bits < 0 || bits > widest) this.faults.push(`"${value}" has no prefix length`);
    else this.#networks[family === 4 ? 'ipv4' : 'ipv6'].addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
}
