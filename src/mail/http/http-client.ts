import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { messageOf } from '../../errors.ts';
import { HttpFailure } from './http-failure.ts';

export interface HttpTimeouts {
  /** Name lookup, TCP connect and TLS handshake together. */
  readonly connectMs: number;
  /** From the first byte of a request to the last of its answer: too short a wait makes `unknown` of what was accepted. */
  readonly answerMs: number;
}

/** What leaves once a connection stands. */
export interface HttpContent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  /** Behind the base address, with its query: `/email/batch`. */
  readonly path: string;
  /**
   * Called once, when the connection stands and nothing was written yet; what it answers is written at once. Null: nothing
   * is left to send.
   */
  readonly content: () => HttpContent | null;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** Null without TLS. */
  readonly tls: { readonly protocol: string; readonly cipher: string } | null;
}

/** Nothing a provider answers about a hundred messages comes near. */
const MAX_ANSWER = 4 * 1024 * 1024;
/**
 * Idle connections are dropped before the other side does it: a request that crosses with its FIN would be `unknown`.
 * Load balancers wait 60 s and longer; a server that announces less (`Keep-Alive: timeout=5`) is heeded by Node.
 */
const IDLE_MS = 4_000;

/**
 * One provider's API: POSTs over kept connections, and knows of each whether anything of it may have arrived. Redirects
 * are not followed: they are answers.
 */
export class HttpClient {
  readonly #base: URL;
  readonly #timeouts: HttpTimeouts;
  readonly #agent: http.Agent;
  readonly #open = new Set<http.ClientRequest>();

  /** `base`: http or https, with or without a path. */
  constructor(base: URL, timeouts: HttpTimeouts) {
    this.#base = base;
    this.#timeouts = timeouts;
    const options = { keepAlive: true, scheduling: 'lifo', timeout: IDLE_MS } as const;
    this.#agent = base.protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
  }

  /** Answers what the server said, null when there was nothing left to send; rejects with an HttpFailure only. */
  exchange(call: HttpCall): Promise<HttpAnswer | null> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(call, this.#timeouts, resolve, reject);
      const request = this.#request(call);
      this.#open.add(request);
      request.once('close', () => this.#open.delete(request));
      exchange.run(request);
    });
  }

  /** Breaks what is under way; exchanges reject, each with what is known of it. */
  destroy(): void {
    for (const request of this.#open) request.destroy(new Error('the transport was closed'));
    this.#agent.destroy();
  }

  #request({ method, path }: HttpCall): http.ClientRequest {
    const { request } = this.#base.protocol === 'https:' ? https : http;
    const prefix = this.#base.pathname.replace(/\/$/, '');
    return request({
      agent: this.#agent,
      protocol: this.#base.protocol,
      host: this.#base.hostname.replace(/^\[|\]$/g, ''),
      ...(this.#base.port === '' ? {} : { port: this.#base.port }),
      method,
      path: prefix + path,
    });
  }
}

/** One request and its answer. Nothing is written before the connection stands: until then, nothing can have arrived. */
class Exchange {
  readonly #call: HttpCall;
  readonly #timeouts: HttpTimeouts;
  readonly #resolve: (answer: HttpAnswer | null) => void;
  readonly #reject: (failure: HttpFailure) => void;
  #request: http.ClientRequest | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Something of the request may have reached the server. */
  #isWritten = false;
  #isAnswering = false;
  #isOver = false;
  #tls: HttpAnswer['tls'] = null;

  constructor(
    call: HttpCall,
    timeouts: HttpTimeouts,
    resolve: (answer: HttpAnswer | null) => void,
    reject: (failure: HttpFailure) => void,
  ) {
    this.#call = call;
    this.#timeouts = timeouts;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  run(request: http.ClientRequest): void {
    this.#request = request;
    this.#expectWithin(this.#timeouts.connectMs, 'no connection');
    request.on('error', (error) => this.#failed(error));
    request.on('response', (response) => this.#read(response));
    request.on('close', () => {
      if (!this.#isAnswering) this.#failed(new Error('the connection was closed without an answer'));
    });
    request.once('socket', (socket) => this.#whenReady(socket));
  }

  #whenReady(socket: Socket): void {
    const tls = socket instanceof TLSSocket ? socket : null;
    const ready = () => {
      this.#tls = tls && { protocol: tls.getProtocol() ?? '', cipher: tls.getCipher().name };
      this.#write();
    };
    // Not in the types: true until the handshake is done.
    const isHandshaking = tls !== null && 'secureConnecting' in tls && tls.secureConnecting === true;
    if (socket.connecting || isHandshaking) socket.once(tls === null ? 'connect' : 'secureConnect', ready);
    else ready();
  }

  #write(): void {
    const request = this.#request;
    if (this.#isOver || request === null) return;
    let content: HttpContent | null;
    try {
      content = this.#call.content();
      for (const [name, value] of Object.entries(content?.headers ?? {})) request.setHeader(name, value);
    } catch (error) {
      this.#failed(error);
      return;
    }
    if (content === null) {
      this.#settle(() => this.#resolve(null));
      return;
    }
    this.#expectWithin(this.#timeouts.answerMs, 'no answer');
    this.#isWritten = true;
    if (this.#call.method === 'POST') request.setHeader('content-length', Buffer.byteLength(content.body));
    request.end(content.body);
  }

  #read(response: http.IncomingMessage): void {
    this.#isAnswering = true;
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER) this.#failed(new Error('the answer is too long'));
      else chunks.push(chunk);
    });
    response.on('error', (error) => this.#failed(error));
    response.on('end', () => {
      if (!response.complete) return;
      const body = Buffer.concat(chunks).toString('utf8');
      const answer = { status: response.statusCode ?? 0, headers: response.headers, body, tls: this.#tls };
      this.#settle(() => this.#resolve(answer), 'keep the connection');
    });
    response.on('close', () => this.#failed(new Error('the connection broke in the middle of the answer')));
  }

  #expectWithin(ms: number, what: string): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#failed(Object.assign(new Error(`${what} within ${ms / 1000} s`), { code: 'ETIMEDOUT' }));
    }, ms);
  }

  #failed(error: unknown): void {
    this.#settle(() => this.#reject(new HttpFailure(messageOf(error), this.#isWritten, error)));
  }

  /** The first end counts; whatever is left of the connection then goes. */
  #settle(tell: () => void, connection?: 'keep the connection'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    tell();
    if (connection === undefined) this.#request?.destroy();
  }
}
