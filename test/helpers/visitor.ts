import type { LightMyRequestResponse } from 'fastify';
import type { TestApp } from './app.ts';

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  readonly body: any;
  readonly headers: LightMyRequestResponse['headers'];
  readonly text: string;
}

/** A browser as far as the API sees one: it keeps cookies, and its requests come from our own pages. */
export class Visitor {
  readonly #test: TestApp;
  readonly #cookies = new Map<string, string>();
  /** What it sends along with every request. */
  readonly headers: Record<string, string>;

  constructor(test: TestApp, headers: Record<string, string> = {}) {
    this.#test = test;
    this.headers = { 'sec-fetch-site': 'same-origin', 'user-agent': 'Visitor/1', ...headers };
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async call(method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', url: string, body?: unknown): Promise<Reply> {
    const response = await this.#test.inject({
      method,
      url,
      headers: { ...this.headers, ...(this.#cookies.size > 0 ? { cookie: this.cookie } : {}) },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    for (const { name, value } of response.cookies) {
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const isJson = /json/.test(String(response.headers['content-type'] ?? ''));
    return {
      status: response.statusCode,
      body: isJson ? response.json() : null,
      headers: response.headers,
      text: response.body,
    };
  }

  logIn(email: string, password: string): Promise<Reply> {
    return this.call('POST', '/api/auth/login', { email, password });
  }

  /** Whether the cookie still opens anything. */
  async isLoggedIn(): Promise<boolean> {
    return (await this.call('GET', '/api/auth/me')).status === 200;
  }
}
