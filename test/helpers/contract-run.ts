import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CampaignStatus } from '../../src/contract/campaigns.ts';
import type { AccountRow } from '../../src/db/accounts.ts';
import { packageRoot } from '../../src/lib/package-root.ts';
import { openTestApp, type TestApp } from './app.ts';
import { TestWorkers } from './campaign.ts';
import { ContractFields, type ContractRoute } from './contract-fields.ts';
import { redisRunsHere, TestRedis } from './redis.ts';
import { type SinkAction, type SmtpSink, startSink } from './smtp-sink.ts';

type Part = 'campaigns' | 'queue' | 'workers';
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

const PATIENCE = { timeout: 20_000, interval: 100 };

/**
 * The same tests on PostgreSQL alone and with Redis. The last of them is that every route and field of this part of
 * test/fixtures/contract-fields.json was sent and answered by those before it.
 */
export function onBothBackends(part: Part, title: string, tests: (run: ContractRun) => void): void {
  for (const backend of ['postgres', 'redis'] as const) {
    const runs = backend === 'postgres' || redisRunsHere(title);
    describe.runIf(runs)(`${title}, on ${backend}`, () => {
      const run = new ContractRun(part, backend);
      beforeAll(() => run.open());
      afterAll(() => run.close());
      tests(run);
      it('has shown every field of the contract', () => {
        expect(run.fields.gaps()).toEqual([]);
      });
    });
  }
}

/** One API, one worker and one mail server, and what was asked of the API. */
export class ContractRun {
  readonly backend: 'postgres' | 'redis';
  readonly fields: ContractFields;
  readonly #workers = new TestWorkers();
  #redis: TestRedis | null = null;
  #parts: { readonly test: TestApp; readonly sink: SmtpSink; readonly account: AccountRow } | null = null;
  /** Whether the mail server says no to those it says no to: `later…` 451, `never…` 550, `lost…` a cut before the reply. */
  refuses = true;

  constructor(part: Part, backend: 'postgres' | 'redis') {
    this.backend = backend;
    this.fields = new ContractFields(readRoutes(part));
  }

  async open(): Promise<void> {
    if (this.backend === 'redis') this.#redis = await TestRedis.start();
    const sink = await startSink({ script: ({ stage, line, to }) => this.#answer(stage, line, to) });
    const test = await openTestApp({ rateLimits: true }, { redisUrl: this.#redis?.url });
    this.#parts = { test, sink, account: await test.addAccount(sink.port) };
    await this.#workers.start(test);
  }

  async close(): Promise<void> {
    await this.#workers.stop();
    await this.#parts?.test.close();
    await this.#parts?.sink.close();
    await this.#redis?.stop();
  }

  get test(): TestApp {
    return this.#open.test;
  }

  get sink(): SmtpSink {
    return this.#open.sink;
  }

  /** Without limits, on the mail server of the run. */
  get account(): AccountRow {
    return this.#open.account;
  }

  /** Null on PostgreSQL alone. */
  get redis(): TestRedis | null {
    return this.#redis;
  }

  /** The answer's body, when its status is the one that was expected; of one that is no JSON the text. */
  async call(
    status: number,
    method: Method,
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
    // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  ): Promise<any> {
    const answer = await this.test.call(method, url, body, headers);
    expect(answer.status, `${method} ${url}: ${answer.text}`).toBe(status);
    this.fields.note({ method, url, body, headers, status, answer: answer.body });
    if (answer.status === 200 && /^\/api\/(queue\/)?campaigns\/(status|send)/.test(url)) expectToAddUp(answer.body);
    return answer.body ?? answer.text;
  }

  /** Polls the status of a job until it matches; that status. */
  async until(jobId: string, wanted: object): Promise<CampaignStatus> {
    const told: CampaignStatus[] = [];
    const look = async () => {
      told.unshift(await this.call(200, 'GET', `/api/campaigns/status/${jobId}`));
      return told[0];
    };
    await expect.poll(look, PATIENCE).toMatchObject(wanted);
    const [last] = told;
    if (!last) throw new Error(`${jobId} was never looked at`);
    return last;
  }

  /** Imports contacts into a list and waits for the end; its id. */
  async listOf(listName: string, ...emails: readonly string[]): Promise<string> {
    const leads = emails.map((email) => ({ email }));
    const { importId } = await this.call(202, 'POST', '/api/queue/leads/import', { leads, listName });
    return (await this.untilImported(importId)).listId;
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came back
  async untilImported(importId: string): Promise<any> {
    const status = () => this.call(200, 'GET', `/api/queue/leads/import?importId=${importId}`);
    await expect.poll(async () => (await status()).finishedAt, PATIENCE).not.toBeNull();
    const ended = await status();
    expect(ended, ended.error).toMatchObject({ state: 'completed', progress: 100 });
    return ended;
  }

  /** What the mail server took for an address, newest last. */
  copiesTo(email: string): Buffer[] {
    return this.sink.accepted.filter(({ to }) => to.includes(email)).map(({ content }) => content);
  }

  get #open() {
    if (!this.#parts) throw new Error('The run is not open yet');
    return this.#parts;
  }

  #answer(stage: string, line: string, to: readonly string[]): SinkAction {
    if (!this.refuses) return undefined;
    if (stage === 'rcpt' && line.includes('<later')) return '451 4.3.0 Try again later';
    if (stage === 'rcpt' && line.includes('<never')) return '550 5.7.1 Not today';
    const isLost = stage === 'dot' && to.some((address) => address.startsWith('lost'));
    return isLost ? { reply: null, accept: true, after: 'close' } : undefined;
  }
}

function expectToAddUp({ counts, total }: CampaignStatus): void {
  const sum = Object.values(counts).reduce((all, count) => all + count, 0);
  expect(sum, JSON.stringify(counts)).toBe(total);
}

function readRoutes(part: Part): readonly ContractRoute[] {
  const file = path.join(packageRoot(), 'test/fixtures/contract-fields.json');
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as Record<Part, ContractRoute[]>)[part];
}
