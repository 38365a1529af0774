import { randomUUID } from 'node:crypto';
import { sleep } from '../src/lib/sleep.ts';
import type { ProductApi } from './chaos/product-api.ts';
import { CountingSink } from './counting-sink.ts';
import { LETTER_HTML } from './message.ts';
import { quantile } from './quantile.ts';
import { ServerProcess } from './server-process.ts';

export interface EmailsOptions {
  /** Emails of each kind, posted as fast as the clients can. */
  readonly emails: number;
  readonly dataDir: string;
  /** `[node, dist/cli.mjs]` */
  readonly program: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly onStep?: (line: string) => void;
}

interface Posted {
  readonly kind: string;
  readonly perSecond: number;
  /** From request to 202, in milliseconds. */
  readonly p50: number;
  readonly p95: number;
  /** Emails a second from the first request to the last message that the server took. */
  readonly sentPerSecond: number;
}

interface Alone {
  readonly emails: number;
  /** From the request to the moment the mail server took the message, in milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly most: number;
}

export interface Emails {
  readonly clients: number;
  readonly posted: readonly Posted[];
  readonly quiet: Alone;
  /** While a campaign is being sent as fast as it can. */
  readonly besideCampaign: Alone & { readonly campaignPerSecond: number };
}

const CLIENTS = 16;
const CONNECTIONS = 20;
const SINGLES = 100;
const EVERY_MS = 60;
const CAMPAIGN = 50_000;
const RECEIPT = '<h1>Hi {{name}},</h1><p>your order {{order}} is on its way.</p>';

/** How fast single emails are accepted, and how soon one is out: with nothing else to do, and beside a campaign. */
export async function runEmails(options: EmailsOptions): Promise<Emails> {
  const { program, environment, dataDir, onStep } = options;
  const sink = new CountingSink();
  const port = await sink.listen();
  const server = await ServerProcess.start(program, {
    ...environment,
    DATA_DIR: dataDir,
    SANDBOX: 'false',
    LOG_LEVEL: 'error',
  });
  try {
    const run = new EmailRun(server.api, sink);
    const templateId = await run.prepare(port);
    const template = (order: number) => ({ templateId, data: { order } });
    const inline = (order: number) => ({ subject: 'Order {{order}}', htmlContent: RECEIPT, data: { order } });
    const letter = (order: number) => ({ subject: `Order ${order}`, htmlContent: `${LETTER_HTML}${order}` });
    await run.post('to warm up', options.emails / 10, template, false);
    const posted: Posted[] = [];
    for (const [kind, bodyOf, isKeyed] of [
      ['of a template', template, false],
      ['of a template, with an Idempotency-Key', template, true],
      ['with HTML of their own', inline, false],
      ['with 10 KB of HTML of their own', letter, false],
    ] as const) {
      const one = await run.post(kind, options.emails, bodyOf, isKeyed);
      posted.push(one);
      onStep?.(`${kind}: ${one.perSecond}/s, p50 ${one.p50} ms, sent ${one.sentPerSecond}/s`);
    }
    const quiet = await run.singles(template);
    onStep?.(`one by one: p50 ${quiet.p50} ms, p95 ${quiet.p95} ms`);
    const besideCampaign = await run.besideCampaign(template);
    onStep?.(`beside a campaign: p50 ${besideCampaign.p50} ms, p95 ${besideCampaign.p95} ms`);
    return { clients: CLIENTS, posted, quiet, besideCampaign };
  } finally {
    await server.stop();
    await sink.close();
  }
}

type BodyOf = (order: number) => object;

class EmailRun {
  readonly #api: ProductApi;
  readonly #sink: CountingSink;
  readonly #taken = new Map<string, number>();
  #made = 0;

  constructor(api: ProductApi, sink: CountingSink) {
    this.#api = api;
    this.#sink = sink;
    sink.onKept = (recipient) => this.#taken.set(recipient, performance.now());
  }

  async prepare(port: number): Promise<string> {
    await this.#api.patch('/api/settings', { rateLimits: { api: { limit: 1_000_000, windowSeconds: 60 } } });
    await this.#api.post('/api/accounts', {
      name: 'Sink',
      type: 'smtp',
      host: '127.0.0.1',
      port,
      secure: 'none',
      from: 'Shop <shop@sender.test>',
      maxConnections: CONNECTIONS,
      batchSize: CONNECTIONS,
      maxMessagesPerConnection: 1_000_000,
    });
    const template = { name: 'Receipt', subject: 'Order {{order}}', htmlContent: RECEIPT };
    return (await this.#api.post<{ id: string }>('/api/templates', template)).id;
  }

  async post(kind: string, emails: number, bodyOf: BodyOf, isKeyed: boolean): Promise<Posted> {
    const waits: number[] = [];
    const recipients: string[] = [];
    const startedAt = performance.now();
    const client = async () => {
      while (recipients.length < emails) {
        const to = this.#recipient();
        recipients.push(to);
        const askedAt = performance.now();
        await this.#send(to, bodyOf(this.#made), isKeyed);
        waits.push(performance.now() - askedAt);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    const seconds = (performance.now() - startedAt) / 1000;
    const last = Math.max(...(await Promise.all(recipients.map((to) => this.#taking(to)))));
    return {
      kind,
      perSecond: Math.round(recipients.length / seconds),
      p50: quantile(waits, 0.5),
      p95: quantile(waits, 0.95),
      sentPerSecond: Math.round((recipients.length * 1000) / (last - startedAt)),
    };
  }

  /** One after the other, with a pause between them. */
  async singles(bodyOf: BodyOf): Promise<Alone> {
    const waits: number[] = [];
    for (let i = 0; i < SINGLES; i++) {
      const to = this.#recipient();
      const askedAt = performance.now();
      await this.#send(to, bodyOf(i), false);
      waits.push((await this.#taking(to)) - askedAt);
      await sleep(EVERY_MS);
    }
    return { emails: SINGLES, p50: quantile(waits, 0.5), p95: quantile(waits, 0.95), most: quantile(waits, 1) };
  }

  async besideCampaign(bodyOf: BodyOf): Promise<Emails['besideCampaign']> {
    const audience = Array.from({ length: CAMPAIGN }, (_, i) => ({
      email: `person${i}@example.test`,
      firstName: `P${i}`,
    }));
    const body = { subject: 'News', htmlContent: LETTER_HTML, audience };
    const { campaignId } = await this.#api.post<{ campaignId: string }>('/api/campaigns/send', body);
    const from = this.#sink.accepted;
    while (this.#sink.accepted < from + 1000) await sleep(10);
    const [startedAt, before] = [performance.now(), this.#sink.accepted];
    const alone = await this.singles(bodyOf);
    const rate = ((this.#sink.accepted - before) * 1000) / (performance.now() - startedAt);
    await this.#api.post(`/api/campaigns/${campaignId}/cancel`, {}, [409]);
    return { ...alone, campaignPerSecond: Math.round(rate) };
  }

  #recipient(): string {
    return `single${++this.#made}@example.test`;
  }

  async #send(to: string, body: object, isKeyed: boolean): Promise<void> {
    const headers = isKeyed ? { 'idempotency-key': randomUUID() } : {};
    await this.#api.post('/api/emails', { to, ...body }, [], headers);
  }

  async #taking(recipient: string): Promise<number> {
    for (;;) {
      const at = this.#taken.get(recipient);
      if (at !== undefined) return at;
      await sleep(1);
    }
  }
}
