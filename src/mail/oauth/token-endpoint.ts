import { replyClass } from '../classify/reply-classes.ts';
import { HttpClient, type HttpTimeouts } from '../http/http-client.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { jsonObject } from '../http/read-answer.ts';
import { AccessError } from './access-error.ts';
import type { GivenToken } from './access-tokens.ts';

/** What an endpoint says when it gives no token (RFC 6749 section 5.2). */
export interface TokenRefusal {
  readonly status: number;
  /** `invalid_grant`; empty when the answer is not of that form. */
  readonly error: string;
  readonly description: string;
}

export interface TokenAnswer extends GivenToken {
  /** A new refresh token, where the endpoint changes it with every use. */
  readonly refreshToken: string | null;
}

const TIMEOUTS: HttpTimeouts = { connectMs: 10_000, answerMs: 20_000 };
const USUAL_LIFE_S = 3600;

/** An OAuth 2 token endpoint (RFC 6749 section 3.2). */
export class TokenEndpoint {
  readonly #base: URL;
  readonly #path: string;
  readonly #explain: (refusal: TokenRefusal) => AccessError;

  /** `explain` turns a refusal into what people can do about it. */
  constructor(url: URL, explain: (refusal: TokenRefusal) => AccessError) {
    this.#base = new URL(url.origin);
    this.#path = url.pathname;
    this.#explain = explain;
  }

  /** Posts the form. Rejects with an AccessError only. */
  async ask(form: Readonly<Record<string, string>>): Promise<TokenAnswer> {
    const body = new URLSearchParams(form).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const client = new HttpClient(this.#base, TIMEOUTS);
    try {
      const answer = await client.exchange({ method: 'POST', path: this.#path, content: () => ({ headers, body }) });
      return this.#read(answer?.status ?? 0, answer?.body ?? '');
    } catch (error) {
      if (error instanceof HttpFailure)
        throw new AccessError(`no access token: ${error.message}`, error.replyClass, null);
      throw error;
    } finally {
      client.destroy();
    }
  }

  #read(status: number, text: string): TokenAnswer {
    const body = jsonObject(text);
    if (status === 200 && typeof body?.access_token === 'string') {
      const lifeS = Number(body.expires_in);
      return {
        token: body.access_token,
        expiresInMs: (lifeS > 0 ? lifeS : USUAL_LIFE_S) * 1000,
        refreshToken: typeof body.refresh_token === 'string' ? body.refresh_token : null,
      };
    }
    if (status === 429 || status >= 500 || typeof body?.error !== 'string')
      throw new AccessError(`no access token: the endpoint answered ${status}`, replyClass('server-not-ready'), status);
    const description = typeof body.error_description === 'string' ? body.error_description : '';
    throw this.#explain({ status, error: body.error, description });
  }
}
