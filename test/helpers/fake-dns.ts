import type { Answer, DnsLookup } from '../../src/core/dns-lookup.ts';

interface Records {
  txt?: string[];
  mx?: string[];
  a?: string[];
  ptr?: string[];
}

/** A DNS whose records a test sets, by name; names and addresses in `failing` cannot be asked about. */
export class FakeDns implements DnsLookup {
  readonly records = new Map<string, Records>();
  readonly failing = new Set<string>();

  constructor(records: Readonly<Record<string, Records>> = {}) {
    for (const [name, found] of Object.entries(records)) this.records.set(name, found);
  }

  set(name: string, records: Records): void {
    this.records.set(name, records);
  }

  txt(name: string): Promise<Answer> {
    return this.#answer(name, 'txt');
  }

  mx(name: string): Promise<Answer> {
    return this.#answer(name, 'mx');
  }

  addresses(name: string): Promise<Answer> {
    return this.#answer(name, 'a');
  }

  ptr(address: string): Promise<Answer> {
    return this.#answer(address, 'ptr');
  }

  async #answer(name: string, kind: keyof Records): Promise<Answer> {
    if (this.failing.has(name) || this.failing.has('*')) return null;
    return this.records.get(name)?.[kind] ?? [];
  }
}
