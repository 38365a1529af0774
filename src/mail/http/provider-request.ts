import type { ReplyClass } from '../../domain/reply-class.ts';
import { messageOf } from '../../errors.ts';
import { sleep } from '../../lib/sleep.ts';
import { replyClass } from '../classify/reply-classes.ts';
import { AccessError } from '../oauth/access-error.ts';
import type { HttpAnswer, HttpClient, HttpContent } from './http-client.ts';
import { HttpFailure } from './http-failure.ts';
import type { HttpSubmission } from './http-submission.ts';
import type { HttpProvider, ProviderAnswer } from './provider.ts';
import { searchForMessage } from './search-for-message.ts';
import { rateWaitMs, retryAfterMs } from './wait-headers.ts';

/** How a request ended, beyond its messages. */
export type RequestEnd = {
  /** Until when its headers ask for quiet. */
  readonly holdMs: number | null;
  /** Gives the messages their outcomes: last, so that who sends more in answer to them meets what was learnt. */
  readonly tell: () => void;
} & (
  | { readonly kind: 'nothing-sent' }
  | {
      readonly kind: 'answered';
      /** The first refusal that speaks of the account. */
      readonly refusal: { readonly class: ReplyClass; readonly text: string } | null;
      readonly retryAfterMs: number | null;
    }
  /** Nobody was reached, something else answered, or nobody can tell what became of it. */
  | { readonly kind: 'failed'; readonly class: ReplyClass; readonly text: string }
);

export interface RunOptions {
  readonly repeatForMs: number;
  readonly signal: AbortSignal;
}

const REPEAT_MS = 500;
const LONGEST_REPEAT_MS = 30_000;

/** One request from its connection to the outcomes of its messages. */
export class ProviderRequest {
  readonly #provider: HttpProvider;
  readonly #client: HttpClient;
  readonly #all: readonly HttpSubmission[];
  readonly #path: string;
  /** Those that were handed over: the request is about them, in this order. */
  #handed: readonly HttpSubmission[] = [];
  #content: HttpContent | null = null;
  #split: readonly HttpSubmission[] = [];

  /** Messages of one path; at least one. */
  constructor(provider: HttpProvider, client: HttpClient, submissions: readonly HttpSubmission[]) {
    this.#provider = provider;
    this.#client = client;
    this.#all = submissions;
    this.#path = submissions[0]?.entry.path ?? '/';
  }

  /** Messages to be sent one by one: one of them spoiled the request for the others, and nobody knows which. */
  split(): readonly HttpSubmission[] {
    return this.#split;
  }

  /** Every message has its outcome after `tell`, but those of `split`. */
  async run({ repeatForMs, signal }: RunOptions): Promise<RequestEnd> {
    const first = await this.#withAccess(signal);
    if (first instanceof AccessError) return this.#withoutAccess(first);
    if (first === null) return { kind: 'nothing-sent', holdMs: null, tell: () => {} };
    if (first instanceof HttpFailure && !first.mayHaveArrived) return this.#notReached(first, signal);
    const seen = this.#read(first);
    if (seen.kind !== 'unclear') return this.#settle(seen, first as HttpAnswer);
    if (this.#provider.search !== undefined) return this.#search(seen.text, first, repeatForMs, signal);
    if (this.#provider.isIdempotent !== true || seen.isFinal === true) return this.#unclear(seen.text, first);
    return this.#repeat(seen.text, first, repeatForMs, signal);
  }

  /** An access token that is not taken any more is a definite no: one other is tried. */
  async #withAccess(signal: AbortSignal): Promise<HttpAnswer | HttpFailure | AccessError | null> {
    const first = await this.#exchange(() => this.#handOver(), signal);
    const { renewAccess } = this.#provider;
    if (first === null || first instanceof HttpFailure || first.status !== 401 || renewAccess === undefined)
      return first;
    try {
      await this.#provider.renewAccess?.();
    } catch (error) {
      if (error instanceof AccessError) return error;
      throw error;
    }
    return this.#exchange(() => this.#handOver(), signal);
  }

  /** What was handed over was refused for its token, and there is no other. */
  #withoutAccess(error: AccessError): RequestEnd {
    const { replyClass: cls, message: text } = error;
    const tell = () => {
      for (const submission of this.#handed) submission.withoutAccess(error);
    };
    if (cls.action === 'retry') return { kind: 'failed', class: cls, text, holdMs: null, tell };
    return { kind: 'answered', refusal: { class: cls, text }, retryAfterMs: null, holdMs: null, tell };
  }

  #handOver(): HttpContent | null {
    this.#handed = this.#all.filter((submission) => submission.handOver());
    if (this.#handed.length === 0) return null;
    this.#content = this.#provider.request(this.#handed.map(({ entry }) => entry));
    return this.#content;
  }

  async #exchange(content: () => HttpContent | null, signal: AbortSignal): Promise<HttpAnswer | HttpFailure | null> {
    if (signal.aborted) return new HttpFailure('the transport was closed', false, null);
    try {
      return await this.#client.exchange({ method: 'POST', path: this.#path, content });
    } catch (error) {
      return error instanceof HttpFailure ? error : new HttpFailure(messageOf(error), this.#content !== null, error);
    }
  }

  #read(answer: HttpAnswer | HttpFailure): ProviderAnswer {
    if (answer instanceof HttpFailure) return { kind: 'unclear', text: answer.message };
    const read = this.#provider.read(answer, this.#handed.length);
    if (read.kind === 'entries' && read.results.length !== this.#handed.length)
      return {
        kind: 'unclear',
        text: `the provider answered ${read.results.length} of ${this.#handed.length} messages`,
      };
    return read;
  }

  /** A message that is found was taken; one that is not found may have been: `unknown`. Of providers with one message a request. */
  async #search(
    text: string,
    first: HttpAnswer | HttpFailure,
    forMs: number,
    signal: AbortSignal,
  ): Promise<RequestEnd> {
    const [submission] = this.#handed;
    const id = submission && (await searchForMessage(this.#provider, this.#client, submission.entry, forMs, signal));
    if (!submission || !id) return this.#unclear(text, first);
    const tell = () => submission.answered({ kind: 'accepted', id }, 200, null);
    return { kind: 'answered', refusal: null, retryAfterMs: null, holdMs: askedWaitMs(first), tell };
  }

  /** The same key and the same body again, and nothing else, until the answer is clear or the time is up. */
  async #repeat(
    text: string,
    first: HttpAnswer | HttpFailure,
    forMs: number,
    signal: AbortSignal,
  ): Promise<RequestEnd> {
    const content = this.#content;
    const until = performance.now() + forMs;
    let why = text;
    let last = first;
    for (let tries = 0; content !== null; tries++) {
      const waitMs = Math.max(
        askedWaitMs(last) ?? 0,
        Math.min(LONGEST_REPEAT_MS, REPEAT_MS * 2 ** Math.min(tries, 10)),
      );
      if (signal.aborted || performance.now() + waitMs > until) break;
      await sleep(waitMs, signal);
      const answer = await this.#exchange(() => content, signal);
      if (answer === null) break;
      last = answer;
      const seen = this.#read(answer);
      if (seen.kind === 'entries' || (seen.kind === 'refused' && isAboutTheBody(seen.class)))
        return this.#settle(seen, answer as HttpAnswer);
      why = seen.text;
      // Neither tells what became of the first request, and asking again will not change it.
      if (seen.kind === 'refused' && seen.class.action !== 'throttle') break;
      if (seen.kind === 'unclear' && seen.isFinal === true) break;
    }
    return this.#unclear(why, last);
  }

  #settle(seen: Exclude<ProviderAnswer, { kind: 'unclear' }>, answer: HttpAnswer): RequestEnd {
    const now = Date.now();
    const holdMs = rateWaitMs(answer.headers, now);
    const waitMs = retryAfterMs(answer.headers, now) ?? (answer.status === 429 ? holdMs : null);
    if (seen.kind === 'not-the-api') {
      const failed = { kind: 'failed', class: replyClass('protocol-error'), text: this.#words(seen.text) } as const;
      const tell = () => {
        for (const submission of this.#handed) submission.notHandedOver(failed.class, failed.text);
      };
      return { ...failed, holdMs, tell };
    }
    if (seen.kind === 'refused') return { ...this.#refused(seen, answer, waitMs), holdMs };
    const tell = () => {
      this.#handed.forEach((submission, i) => {
        const result = seen.results[i];
        if (result) submission.answered(result, answer.status, result.kind === 'refused' ? waitMs : null);
      });
    };
    const refusal = seen.results.find((one) => one.kind === 'refused' && one.class.subject === 'account');
    const told = refusal?.kind === 'refused' ? refusal : null;
    return { kind: 'answered', refusal: told, retryAfterMs: waitMs, holdMs, tell };
  }

  /** A request of several that is refused for one of them tells nothing of the others. */
  #refused(
    { class: cls, text, retryAfterMs: saidMs }: Extract<ProviderAnswer, { kind: 'refused' }>,
    { status }: HttpAnswer,
    askedMs: number | null,
  ): Omit<Extract<RequestEnd, { kind: 'answered' }>, 'holdMs'> {
    const waitMs = askedMs ?? saidMs ?? null;
    if (this.#handed.length > 1 && isAboutTheBody(cls)) {
      this.#split = this.#handed;
      for (const submission of this.#split) submission.isSplit = true;
      return { kind: 'answered', refusal: null, retryAfterMs: waitMs, tell: () => {} };
    }
    const result = { kind: 'refused', code: status, text, class: cls } as const;
    const tell = () => {
      for (const submission of this.#handed) submission.answered(result, status, waitMs);
    };
    return { kind: 'answered', refusal: { class: cls, text }, retryAfterMs: waitMs, tell };
  }

  #notReached(failure: HttpFailure, signal: AbortSignal): RequestEnd {
    const cls = signal.aborted ? replyClass('transport-closed') : failure.replyClass;
    const text = this.#words(failure.message);
    const tell = () => {
      for (const submission of this.#all) submission.notHandedOver(cls, text);
    };
    return { kind: 'failed', class: cls, text, holdMs: null, tell };
  }

  #unclear(text: string, last: HttpAnswer | HttpFailure): RequestEnd {
    const words = this.#words(text);
    const tell = () => {
      for (const submission of this.#handed) submission.unknown(words);
    };
    return { kind: 'failed', class: replyClass('server-not-ready'), text: words, holdMs: askedWaitMs(last), tell };
  }

  #words(text: string): string {
    return `${this.#provider.name}: ${text}`;
  }
}

/** It would be the same with every attempt: what the message or its recipient is, not who sends it and how fast. */
function isAboutTheBody({ subject }: ReplyClass): boolean {
  return subject === 'recipient' || subject === 'message';
}

function askedWaitMs(answer: HttpAnswer | HttpFailure): number | null {
  return answer instanceof HttpFailure ? null : retryAfterMs(answer.headers, Date.now());
}
