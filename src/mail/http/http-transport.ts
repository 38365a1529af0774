import { messageOf } from '../../errors.ts';
import { settlesWithin } from '../../lib/settles-within.ts';
import { replyClass } from '../classify/reply-classes.ts';
import type { AccessError } from '../oauth/access-error.ts';
import type { OutgoingMessage, SendOutcome, Transport, TransportReport } from '../transport.ts';
import { checkProvider } from './check-provider.ts';
import { HttpClient, type HttpTimeouts } from './http-client.ts';
import { HttpSubmission } from './http-submission.ts';
import type { HttpProvider } from './provider.ts';
import { ProviderRequest, type RequestEnd } from './provider-request.ts';
import { RequestGate, type Shut } from './request-gate.ts';

export interface HttpTransportOptions {
  /** Requests at the same time. */
  readonly maxRequests: number;
  readonly timeouts?: Partial<HttpTimeouts>;
  /** How long a provider is asked again, or searched, for what became of a request whose answer was lost. */
  readonly repeatForMs?: number;
}

const DEFAULT_TIMEOUTS: HttpTimeouts = { connectMs: 10_000, answerMs: 10 * 60_000 };
const REPEAT_FOR_MS = 10 * 60_000;
const DEFAULT_GRACE_MS = 10_000;
/** How long the first message of a request waits for others: the engine hands over a window in one go. */
const LINGER_MS = 5;
/** Of one request; what is beyond waits for the next. */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

/** A way out over a provider's API: messages are collected into requests, a bounded number of them at a time. */
export class HttpTransport implements Transport {
  readonly #provider: HttpProvider;
  readonly #maxRequests: number;
  readonly #timeouts: HttpTimeouts;
  readonly #repeatForMs: number;
  readonly #client: HttpClient;
  readonly #gate: RequestGate;
  /** Behind the last request that the provider allows for now. */
  readonly #used: Shut;
  readonly #abort = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #queue: HttpSubmission[] = [];
  /** The request that is being collected has waited for company. */
  #isDue = false;
  #timer: NodeJS.Timeout | null = null;
  #closing: Promise<void> | null = null;

  constructor(provider: HttpProvider, options: HttpTransportOptions) {
    this.#provider = provider;
    this.#maxRequests = options.maxRequests;
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    this.#repeatForMs = options.repeatForMs ?? REPEAT_FOR_MS;
    this.#client = new HttpClient(provider.baseUrl, this.#timeouts);
    this.#used = { class: replyClass('account-rate'), message: `${provider.name}: no request is left for now` };
    this.#gate = new RequestGate(provider.minIntervalMs ?? 0);
  }

  get capacity(): number {
    return this.#maxRequests * this.#provider.maxBatch;
  }

  send(message: OutgoingMessage): Promise<SendOutcome> {
    return new Promise((resolve) => {
      const submission = new HttpSubmission(message, resolve);
      const now = performance.now();
      const shut = this.#closing === null ? this.#gate.shut(now) : CLOSED;
      if (shut !== null) {
        submission.notHandedOver(shut.class, shut.message);
        return;
      }
      this.#queue.push(submission);
      this.#dispatch();
    });
  }

  verify(): Promise<TransportReport> {
    return checkProvider(this.#provider, this.#timeouts);
  }

  close(graceMs: number = DEFAULT_GRACE_MS): Promise<void> {
    this.#closing ??= this.#shutDown(graceMs);
    return this.#closing;
  }

  async #shutDown(graceMs: number): Promise<void> {
    this.#stopTimer();
    this.#answerQueue(CLOSED);
    const isDone = () => Promise.all(this.#underWay);
    if (this.#underWay.size > 0) await settlesWithin(isDone(), graceMs);
    this.#abort.abort();
    this.#client.destroy();
    await isDone();
  }

  #dispatch(): void {
    if (this.#closing !== null) return;
    while (this.#queue.length > 0 && this.#underWay.size < (this.#gate.isProbing ? 1 : this.#maxRequests)) {
      const now = performance.now();
      const isDue = this.#isDue || this.#queue.length >= this.#size;
      const waitMs = Math.max(this.#gate.waitMs(now), isDue ? 0 : LINGER_MS);
      if (waitMs > 0) {
        this.#wakeIn(waitMs);
        return;
      }
      const taken = this.#queue.splice(0, this.#size);
      this.#isDue = false;
      this.#begin(taken, now);
    }
  }

  get #size(): number {
    return this.#gate.isProbing ? 1 : this.#provider.maxBatch;
  }

  #begin(submissions: readonly HttpSubmission[], now: number): void {
    this.#gate.begun(now);
    const run = this.#run(submissions).finally(() => {
      this.#underWay.delete(run);
      this.#dispatch();
    });
    this.#underWay.add(run);
  }

  /** Never rejects: what goes wrong here is the outcome of its messages. */
  async #run(submissions: readonly HttpSubmission[]): Promise<void> {
    const made: HttpSubmission[] = [];
    for (const submission of submissions) {
      if (submission.message.recall?.recalled === true) submission.recalled();
      else if (await submission.make(this.#provider)) made.push(submission);
      else if (submission.noAccess !== null) this.#withoutAccess(submission, submission.noAccess);
    }
    const together = companyOf(made);
    this.#giveBack(made.slice(together.length));
    if (together.length === 0) return;
    const request = new ProviderRequest(this.#provider, this.#client, together);
    try {
      const end = await request.run({ repeatForMs: this.#repeatForMs, signal: this.#abort.signal });
      const shut = this.#heed(request, end);
      // First those of the request: they know best what was said. Who sends more in answer meets what was learnt.
      end.tell();
      if (shut !== null) this.#answerQueue(shut);
    } catch (error) {
      // A bug of ours: what may have left is unknown, whatever it was.
      for (const submission of together) submission.unknown(`the answer could not be dealt with: ${messageOf(error)}`);
    }
  }

  #giveBack(submissions: readonly HttpSubmission[]): void {
    if (this.#closing === null) this.#queue.unshift(...submissions);
    else for (const submission of submissions) submission.notHandedOver(CLOSED.class, CLOSED.message);
  }

  /** What a request's end says beyond its messages; answers what those in the queue are to be told, if anything. */
  #heed(request: ProviderRequest, end: RequestEnd): Shut | null {
    const now = performance.now();
    if (end.kind === 'failed') {
      const shut = { class: end.class, message: end.text };
      this.#gate.failed(now, shut, end.holdMs);
      return shut;
    }
    if (end.kind === 'nothing-sent') return null;
    this.#gate.answered();
    this.#giveBack(request.split());
    const isUsedUp = end.holdMs !== null && this.#gate.pause(now, this.#used, end.holdMs);
    if (end.refusal !== null) {
      const shut = { class: end.refusal.class, message: end.refusal.text };
      if (this.#gate.refused(now, shut, end.retryAfterMs)) return shut;
    }
    return isUsedUp ? this.#used : null;
  }

  /** Who waits would get no token either. */
  #withoutAccess(submission: HttpSubmission, error: AccessError): void {
    const { replyClass: cls, message } = error;
    const shut = { class: cls, message };
    const now = performance.now();
    if (cls.action === 'retry') this.#gate.failed(now, shut, null);
    const isShut = cls.action === 'retry' || this.#gate.refused(now, shut, null);
    submission.withoutAccess(error);
    if (isShut) this.#answerQueue(shut);
  }

  /** Who waits is told why, and may come again. */
  #answerQueue(shut: Shut): void {
    const waiting = this.#queue;
    this.#queue = [];
    for (const submission of waiting) submission.notHandedOver(shut.class, shut.message);
  }

  #wakeIn(ms: number): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#isDue = true;
      this.#dispatch();
    }, ms);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

const CLOSED: Shut = { class: replyClass('transport-closed'), message: 'the transport was closed' };

/** The first of these messages that may share a request. */
function companyOf(made: readonly HttpSubmission[]): readonly HttpSubmission[] {
  const [first] = made;
  if (first === undefined) return [];
  let bytes = 0;
  const isAlone = (one: HttpSubmission) => one.isSplit || one.entry.isAlone === true;
  const end = made.findIndex((one, i) => {
    bytes += one.entry.content.length;
    return (
      i > 0 && (isAlone(first) || isAlone(one) || one.entry.path !== first.entry.path || bytes > MAX_REQUEST_BYTES)
    );
  });
  return end < 0 ? made : made.slice(0, end);
}
