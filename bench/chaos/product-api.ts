import { setTimeout as delay } from 'node:timers/promises';

const AGAIN_MS = 100;
const WITHIN_MS = 90_000;
/** A request that a killed server never answers must not hold up the run. */
const ANSWER_WITHIN_MS = 15_000;

/** The product's API as a patient client uses it: while server or database are away, it asks again. */
export class ProductApi {
  readonly #apiKey: string;
  readonly #url: () => string;
  readonly #over: AbortSignal;

  /** `url` changes when the server is started again; patience ends with `over`. */
  constructor(apiKey: string, url: () => string, over: AbortSignal) {
    this.#apiKey = apiKey;
    this.#url = url;
    this.#over = over;
  }

  async get<T>(route: string): Promise<T> {
    return (await (await this.#patiently(route, {})).json()) as T;
  }

  async text(route: string): Promise<string> {
    return (await this.#patiently(route, {})).text();
  }

  /** `also` names statuses that are as good as success, when an earlier try may have worked. */
  async post<T>(
    route: string,
    body: unknown,
    also: readonly number[] = [],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    return (await (await this.#patiently(route, withBody('POST', body, headers), also)).json()) as T;
  }

  async patch(route: string, body: unknown): Promise<void> {
    await (await this.#patiently(route, withBody('PATCH', body))).text();
  }

  async #patiently(route: string, init: RequestInit, also: readonly number[] = []): Promise<Response> {
    let last = 'no answer';
    for (const end = Date.now() + WITHIN_MS; Date.now() < end && !this.#over.aborted; await delay(AGAIN_MS)) {
      const response = await this.#fetch(route, init).catch((error: unknown) => String(error));
      if (typeof response === 'string') last = response;
      else if (response.ok || also.includes(response.status)) return response;
      else {
        last = `${response.status} ${(await response.text()).slice(0, 500)}`;
        if (response.status < 500) throw new Error(`${route} answered ${last}`);
      }
    }
    throw new Error(`${route} did not work within ${WITHIN_MS / 1000} s: ${last}`);
  }

  #fetch(route: string, init: RequestInit): Promise<Response> {
    return fetch(this.#url() + route, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${this.#apiKey}` },
      signal: AbortSignal.any([this.#over, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
  }
}

function withBody(method: string, body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
}
