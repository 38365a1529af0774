import { Resolver } from 'node:dns/promises';
import { Semaphore } from '../lib/semaphore.ts';

const TIMEOUT_MS = 3000;
const AT_ONCE = 20;

/** Nothing is there under this name, as opposed to: nobody could be asked. */
const NOTHING = new Set(['ENODATA', 'ENOTFOUND']);

/** What the DNS has under a name: none where there is nothing, null when it could not be asked. */
export type Answer = readonly string[] | null;

/** The questions that checks of domains ask. */
export interface DnsLookup {
  /** Each record as one text: the strings it is cut into joined (RFC 7208 section 3.3). */
  txt(name: string): Promise<Answer>;
  /** Mail servers, the preferred one first; "" is the null MX of RFC 7505. */
  mx(name: string): Promise<Answer>;
  /** IPv4 and IPv6. */
  addresses(name: string): Promise<Answer>;
  ptr(address: string): Promise<Answer>;
}

export class DnsResolver implements DnsLookup {
  readonly #resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  readonly #turns = new Semaphore(AT_ONCE);

  /** `servers`: whom to ask ("127.0.0.1:5353"); as the machine does by default. */
  constructor(servers: readonly string[] = []) {
    if (servers.length > 0) this.#resolver.setServers(servers);
  }

  txt(name: string): Promise<Answer> {
    return this.#ask(async () => (await this.#resolver.resolveTxt(name)).map((strings) => strings.join('')));
  }

  mx(name: string): Promise<Answer> {
    return this.#ask(async () => {
      const records = await this.#resolver.resolveMx(name);
      return records.toSorted((a, b) => a.priority - b.priority).map(({ exchange }) => exchange.replace(/\.$/, ''));
    });
  }

  async addresses(name: string): Promise<Answer> {
    const [four, six] = await Promise.all([
      this.#ask(() => this.#resolver.resolve4(name)),
      this.#ask(() => this.#resolver.resolve6(name)),
    ]);
    if (four === null && six === null) return null;
    const found = [...(four ?? []), ...(six ?? [])];
    // Half an answer with nothing in it tells nothing.
    return found.length === 0 && (four === null || six === null) ? null : found;
  }

  ptr(address: string): Promise<Answer> {
    return this.#ask(() => this.#resolver.reverse(address));
  }

  async #ask(question: () => Promise<string[]>): Promise<Answer> {
    try {
      return await this.#turns.run(question);
    } catch (error) {
      return NOTHING.has(String((error as { code?: unknown } | null)?.code)) ? [] : null;
    }
  }
}
