import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { steadyMs } from '../chaos/steady-clock.ts';
import type { FakeMail } from './fake-mail.ts';

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  /** When its first bytes were read, by steady-clock.ts. */
  readonly begunAt: number;
}

export interface FakeAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Copies that are taken with it. */
  readonly mails?: readonly FakeMail[];
}

/** What the account looks like from the provider's side. */
export interface FakeState {
  isKeyRevoked: boolean;
  isQuotaUsedUp: boolean;
  /** Recipients that are refused as invalid, and those on the provider's suppression list. */
  readonly invalid: Set<string>;
  readonly suppressed: Set<string>;
}

/** One provider's published contract: checks a request as the provider does, and answers in its words. */
export interface FakeApi {
  answer(request: FakeRequest, state: FakeState): Promise<FakeAnswer> | FakeAnswer;
  /** 429 in its words, to come again after so many seconds. */
  tooMany(retryAfterSeconds: number): FakeAnswer;
  /** 5yz in its words. */
  broken(status: number): FakeAnswer;
  /** The key that it takes. */
  readonly key: string;
  /** Whether a request is about messages, so that faults hit it; where it is not said, every POST is. */
  sends?(request: Pick<FakeRequest, 'method' | 'path'>): boolean;
}

/** What goes wrong with one request. `isTaken`: the messages in it are taken all the same. */
export type ProviderFault =
  | { readonly kind: 'none' }
  /** The answer comes this late. */
  | { readonly kind: 'late'; readonly ms: number }
  | { readonly kind: 'cut'; readonly isTaken: boolean; readonly manner?: 'rst' }
  /** Status and half of the body, then the end. */
  | { readonly kind: 'cut-answer' }
  | { readonly kind: 'too-many'; readonly retryAfterSeconds: number }
  | { readonly kind: 'broken'; readonly status: number; readonly isTaken: boolean }
  /** The answer is held until then; with `isCut` the connection breaks instead. */
  | { readonly kind: 'held'; readonly until: Promise<void>; readonly isCut: boolean }
  /** The answer, and the connection ends behind it. */
  | { readonly kind: 'cut-after' }
  /** The answer in small pieces. */
  | { readonly kind: 'drip' }
  /** Something else than the provider answers. */
  | { readonly kind: 'stranger'; readonly status: number };

/** Addresses that are refused, and those that a rule refuses. */
class Refused extends Set<string> {
  rule: (address: string) => boolean = () => false;

  override has(address: string): boolean {
    return super.has(address) || this.rule(address);
  }
}

/** A provider on a loopback port: keeps every copy it takes, and does what faults say. */
export class FakeProvider implements FakeState {
  isKeyRevoked = false;
  isQuotaUsedUp = false;
  readonly invalid = new Refused();
  readonly suppressed = new Set<string>();
  readonly copies: FakeMail[] = [];
  readonly requests: FakeRequest[] = [];
  /** Of the next requests that send, in order. */
  readonly faults: ProviderFault[] = [];
  /** When `faults` is empty: what happens to a request. */
  nextFault: (request: FakeRequest) => ProviderFault | null = () => null;
  /** A copy was taken, before anybody was told. */
  onCopy: (mail: FakeMail, request: FakeRequest) => void = () => {};
  /** Somebody is told that a copy was taken. */
  onReply: (mail: FakeMail) => void = () => {};
  /** Whether a new connection is cut before anything is read. */
  refusesConnection: () => boolean = () => false;
  readonly #api: FakeApi;
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();

  constructor(api: FakeApi) {
    this.#api = api;
    this.#server = http.createServer((request, response) => void this.#serve(request, response));
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
      if (this.refusesConnection()) socket.resetAndDestroy();
    });
  }

  get key(): string {
    return this.#api.key;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.port}`);
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return this;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  /** Requests that were about messages. */
  get sendRequests(): readonly FakeRequest[] {
    return this.requests.filter((request) => this.#sends(request));
  }

  copiesOf(recipient: string): FakeMail[] {
    return this.copies.filter((mail) => mail.recipient === recipient);
  }

  /** The most copies anybody has. */
  get mostCopies(): number {
    const counts = new Map<string, number>();
    for (const { recipient } of this.copies) counts.set(recipient, (counts.get(recipient) ?? 0) + 1);
    return Math.max(0, ...counts.values());
  }

  #sends(request: FakeRequest): boolean {
    return this.#api.sends?.(request) ?? request.method !== 'GET';
  }

  async #serve(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    const begunAt = steadyMs();
    try {
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
    } catch {
      return; // the client went away in the middle of its request
    }
    const { method = '', url = '', headers } = incoming;
    const request = { method, path: url, headers, body: Buffer.concat(chunks), begunAt };
    const fault = this.#sends(request) ? (this.faults.shift() ?? this.nextFault(request)) : null;
    this.requests.push(request);
    await this.#answer(request, response, fault ?? { kind: 'none' });
  }

  async #answer(request: FakeRequest, response: http.ServerResponse, fault: ProviderFault): Promise<void> {
    const { socket } = response;
    switch (fault.kind) {
      case 'none':
        this.#write(response, await this.#take(request));
        return;
      case 'late': {
        const answer = await this.#take(request);
        setTimeout(() => this.#write(response, answer), fault.ms).unref();
        return;
      }
      case 'held': {
        const answer = await this.#take(request);
        await fault.until;
        if (fault.isCut) socket?.resetAndDestroy();
        else this.#write(response, answer);
        return;
      }
      case 'cut-after':
        response.shouldKeepAlive = false;
        this.#write(response, await this.#take(request));
        return;
      case 'drip':
        await drip(response, await this.#take(request));
        return;
      case 'cut':
        if (fault.isTaken) await this.#take(request);
        if (fault.manner === 'rst') socket?.resetAndDestroy();
        else socket?.destroy();
        return;
      case 'cut-answer': {
        const { status, body } = await this.#take(request);
        const text = JSON.stringify(body);
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length + 10 });
        response.write(text.slice(0, text.length / 2), () => socket?.destroy());
        return;
      }
      case 'too-many':
        write(response, this.#api.tooMany(fault.retryAfterSeconds));
        return;
      case 'broken':
        if (fault.isTaken) await this.#take(request);
        write(response, this.#api.broken(fault.status));
        return;
      case 'stranger':
        response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<h1>Not here</h1>');
    }
  }

  #write(response: http.ServerResponse, answer: FakeAnswer): void {
    for (const mail of answer.mails ?? []) this.onReply(mail);
    write(response, answer);
  }

  async #take(request: FakeRequest): Promise<FakeAnswer> {
    const answer = await this.#api.answer(request, this);
    for (const mail of answer.mails ?? []) {
      this.copies.push(mail);
      this.onCopy(mail, request);
    }
    return answer;
  }
}

function write(response: http.ServerResponse, { status, body, headers }: FakeAnswer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

async function drip(response: http.ServerResponse, { status, body, headers }: FakeAnswer): Promise<void> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  const piece = Math.ceil(text.length / 8) + 1;
  for (let at = 0; at < text.length; at += piece) {
    response.write(text.slice(at, at + piece));
    await delay(5);
  }
  response.end();
}
