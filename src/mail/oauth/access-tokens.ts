/** What a token endpoint gives. */
export interface GivenToken {
  readonly token: string;
  readonly expiresInMs: number;
}

/** A token is not used in the last part of its life: it is to be good until the request with it was read. */
const SPARE_MS = 5 * 60_000;

/** One bearer token, fetched when it is first needed and anew shortly before it expires; whoever asks meanwhile shares the fetch. */
export class AccessTokens {
  readonly #fetch: () => Promise<GivenToken>;
  #held: { readonly token: string; readonly until: number } | null = null;
  #fetching: Promise<string> | null = null;

  /** `fetch` rejects with an AccessError. */
  constructor(fetch: () => Promise<GivenToken>) {
    this.#fetch = fetch;
  }

  /** The token that `get` gave last; empty before that. */
  get current(): string {
    return this.#held?.token ?? '';
  }

  /** `rejected`: a token that is not taken any more; another one is fetched unless that was done already. */
  get(rejected?: string): Promise<string> {
    const held = this.#held;
    if (held !== null && held.token !== rejected && performance.now() < held.until) return Promise.resolve(held.token);
    this.#fetching ??= this.#renew().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #renew(): Promise<string> {
    const { token, expiresInMs } = await this.#fetch();
    const spare = Math.min(SPARE_MS, expiresInMs / 2);
    this.#held = { token, until: performance.now() + expiresInMs - spare };
    return token;
  }
}
