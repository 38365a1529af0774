import { Resolver } from 'node:dns/promises';
import { Semaphore } from '../lib/semaphore.ts';

const TIMEOUT_MS = 3000;
const AT_ONCE = 50;
const MOST_KEPT = 100_000;

/** Nothing is there under this name, as opposed to: nobody could be asked. */
const NOTHING = new Set(['ENODATA', 'ENOTFOUND']);

/** Whether mail can be delivered to domains at all, by the DNS; each is asked about once. */
export class MailExchangers {
  readonly #resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  readonly #turns = new Semaphore(AT_ONCE);
  readonly #known = new Map<string, boolean | null>();

  /** `servers`: whom to ask ("127.0.0.1:5353"); as the machine does by default. */
  constructor(servers: readonly string[] = []) {
    if (servers.length > 0) this.#resolver.setServers(servers);
  }

  /** Those of the domains that take no mail. Who cannot be asked about is not among them. */
  async findWithout(domains: Iterable<string>): Promise<Set<string>> {
    const asked = [...new Set(domains)];
    const takes = await Promise.all(asked.map((domain) => this.takesMail(domain)));
    return new Set(asked.filter((_, i) => takes[i] === false));
  }

  /** Null when nobody could be asked. */
  async takesMail(domain: string): Promise<boolean | null> {
    const known = this.#known.get(domain);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    const takes = await this.#turns.run(() => this.#ask(domain));
    this.#known.set(domain, takes);
    return takes;
  }

  /** RFC 5321 §5.1: without an MX record the address itself counts. RFC 7505: one of "." says that there is no mail. */
  async #ask(domain: string): Promise<boolean | null> {
    try {
      const exchangers = await this.#resolver.resolveMx(domain);
      return exchangers.some(({ exchange }) => exchange !== '' && exchange !== '.');
    } catch (error) {
      if (!isNothing(error)) return null;
    }
    const found = await Promise.all([
      this.#has(() => this.#resolver.resolve4(domain)),
      this.#has(() => this.#resolver.resolve6(domain)),
    ]);
    return found.includes(true) ? true : found.includes(null) ? null : false;
  }

  async #has(ask: () => Promise<unknown[]>): Promise<boolean | null> {
    return ask().then(
      (records) => records.length > 0,
      (error: unknown) => (isNothing(error) ? false : null),
    );
  }
}

function isNothing(error: unknown): boolean {
  return NOTHING.has(String((error as { code?: unknown } | null)?.code));
}
