import type { FastifyInstance } from 'fastify';
import { storeApiKey } from '../src/core/api-keys.ts';
import { encodeCursor } from '../src/core/cursor.ts';
import { insertWorkspace } from '../src/db/workspaces.ts';
import { buildApp } from '../src/http/app.ts';
import { uuid7 } from '../src/lib/uuid7.ts';
import type { Postrider } from '../src/main.ts';
import { chooseActive, chooseContacts, fillContacts } from './fill-contacts.ts';
import { quantile } from './quantile.ts';

export interface ContactsOptions {
  readonly postrider: Pick<Postrider, 'core' | 'workspaceId'>;
  readonly contacts: number;
  /** Of each kind. */
  readonly requests: number;
  readonly onStep: (line: string) => void;
}

/** Milliseconds from a request to the end of its answer, through the HTTP side in this process. */
interface RequestTimes {
  readonly name: string;
  readonly requests: number;
  /** Items or contacts in the last answer. */
  readonly found: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

export interface ContactsBench {
  readonly contacts: number;
  readonly fillSeconds: number;
  readonly databaseMb: number;
  readonly times: readonly RequestTimes[];
}

/** Nothing is limited, whatever this machine has to do. */
const CALM = { load: { factor: 1, reason: null }, touch: () => {}, close: () => {} };

const SEGMENT = {
  filter: {
    and: [
      { attribute: 'country', op: 'is', value: 'DE' },
      { attribute: 'orders', op: 'above', value: 20 },
      { not: [{ field: 'tags', op: 'containsAny', value: ['vip'] }] },
    ],
  },
};

/** What people do with contacts, in a workspace of many. */
export async function runContacts(options: ContactsOptions): Promise<ContactsBench> {
  const { postrider, contacts, onStep } = options;
  const { pool } = postrider.core.db;
  const startedAt = performance.now();
  await fillContacts(pool, postrider.workspaceId, contacts, onStep);
  const fillSeconds = (performance.now() - startedAt) / 1000;
  const active = await chooseActive(pool, postrider.workspaceId, options.requests);
  const { rows } = await pool.query<{ mb: number }>('select (pg_database_size(current_database()) / 1e6)::int as mb');
  const app = await buildApp(postrider.core, { rateLimits: false, load: CALM, webDir: '/nowhere' });
  try {
    const bench = new RequestBench(options, app, active);
    return { contacts, fillSeconds: Math.round(fillSeconds), databaseMb: rows[0]?.mb ?? 0, times: await bench.run() };
  } finally {
    await app.close();
  }
}

interface Sample {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly domain: string;
  readonly customerId: string;
}

class RequestBench {
  readonly #options: ContactsOptions;
  readonly #app: FastifyInstance;
  readonly #active: readonly string[];
  readonly #times: RequestTimes[] = [];
  #key = '';

  constructor(options: ContactsOptions, app: FastifyInstance, active: readonly string[]) {
    this.#options = options;
    this.#app = app;
    this.#active = active;
  }

  async run(): Promise<RequestTimes[]> {
    const { postrider } = this.#options;
    const { workspaceId } = postrider;
    this.#key = await this.#keyOf(workspaceId);
    const samples = await this.#samples();
    const lists = await this.#lists();
    const [everybody = '', board = ''] = ['Everybody', 'Board'].map((name) => lists.get(name));
    const list = (query: string) => `/api/contacts?${query}`;
    const term = (text: string) => encodeURIComponent(text);
    await this.#measure('list, first page', () => list(''));
    await this.#measure('list, deep page', (i) => list(`cursor=${encodeCursor(samples(i).id)}`));
    await this.#measure('members of half of all, first page', () => list(`listId=${everybody}`));
    await this.#measure('members of half of all, deep page', (i) =>
      list(`listId=${everybody}&cursor=${encodeCursor(samples(i).id)}`),
    );
    await this.#measure('who left that list', (i) =>
      list(`listId=${everybody}&status=unsubscribed&cursor=${encodeCursor(samples(i).id)}`),
    );
    await this.#measure('members of a small list', () => list(`listId=${board}`));
    await this.#measure('address, one has it', (i) => list(`search=${term(samples(i).email.slice(0, -4))}`));
    await this.#measure('prefix, common', (i) => list(`search=${term(samples(i).email.slice(0, 2))}`));
    await this.#measure('prefix, in between', (i) =>
      list(`search=${term(samples(i).email.slice(0, samples(i).email.indexOf('.') + 3))}`),
    );
    await this.#measure('prefix, nobody', (i) => list(`search=zzqx${i}`));
    await this.#measure('last name', (i) => list(`search=${term(samples(i).lastName)}`));
    await this.#measure('whole name', (i) => list(`search=${term(`${samples(i).firstName} ${samples(i).lastName}`)}`));
    await this.#measure('domain', (i) => list(`search=${term(`@${samples(i).domain}`)}`));
    await this.#measure('tag, common', () => list('tag=newsletter'));
    await this.#measure('tag, a thousandth', () => list('tag=vip'));
    await this.#measure('tag, a hundred thousandth', () => list('tag=beta-2019'));
    await this.#measure('tag, nobody', () => list('tag=none'));
    await this.#measure('attribute, one has it', (i) =>
      list(`attribute=${term(`customerId:${samples(i).customerId}`)}`),
    );
    await this.#measure('attribute, common', () => list('attribute=plan:free'));
    await this.#measure('attribute, in between', (i) => list(`attribute=city:city${(i * 37) % 3000}`));
    await this.#measure('search in a list', (i) => list(`listId=${everybody}&search=${term(samples(i).lastName)}`));
    await this.#measure('contact', (i) => `/api/contacts/${this.#activeOne(i)}`);
    await this.#measure('activity of a contact', (i) => `/api/contacts/${this.#activeOne(i)}/activity`);
    await this.#measure('activity, nothing sent', (i) => `/api/contacts/${samples(i).id}/activity`);
    await this.#measure('count of three clauses', () => '/api/segments/count', SEGMENT);
    await this.#small();
    return this.#times;
  }

  /** Ten contacts beside the many. */
  async #small(): Promise<void> {
    const { core } = this.#options.postrider;
    const { id } = await insertWorkspace(core.db.sql, 'Small');
    await core.db.pool.query(
      `insert into contacts (workspace_id, email, email_key, attributes) select $1, e, e, '{"plan":"free"}' from (select 'small' || g || '@x.test' as e from generate_series(1, 10) g) s`,
      [id],
    );
    this.#key = await this.#keyOf(id);
    await this.#measure('workspace of ten, list', () => '/api/contacts');
    await this.#measure('workspace of ten, search', () => '/api/contacts?search=anna');
    await this.#measure('workspace of ten, attribute', () => '/api/contacts?attribute=plan:free');
  }

  async #keyOf(workspaceId: string): Promise<string> {
    const key = `bench-${uuid7()}-${uuid7()}`;
    await storeApiKey(this.#options.postrider.core, { workspaceId, name: key, role: 'owner', key });
    return key;
  }

  #activeOne(i: number): string {
    return this.#active[i % this.#active.length] ?? '';
  }

  async #lists(): Promise<Map<string, string>> {
    const { pool } = this.#options.postrider.core.db;
    const { rows } = await pool.query<{ id: string; name: string }>(
      'select id, name from lists where workspace_id = $1',
      [this.#options.postrider.workspaceId],
    );
    return new Map(rows.map(({ id, name }) => [name, id]));
  }

  async #samples(): Promise<(i: number) => Sample> {
    const { core, workspaceId } = this.#options.postrider;
    const ids = await chooseContacts(core.db.pool, workspaceId, this.#options.requests);
    const { rows } = await core.db.pool.query<Sample>(
      `select id, email, first_name as "firstName", last_name as "lastName", split_part(email, '@', 2) as domain, attributes->>'customerId' as "customerId"
       from contacts where id = any($1::uuid[])`,
      [ids],
    );
    return (i) => rows[i % rows.length] as Sample;
  }

  /** One request after the other, as people do; two before, that open what is to be opened. */
  async #measure(name: string, url: (i: number) => string, body?: object): Promise<void> {
    const { requests, onStep } = this.#options;
    const taken: number[] = [];
    let found = 0;
    for (let i = -2; i < requests; i++) {
      const startedAt = performance.now();
      const response = await this.#app.inject({
        method: body ? 'POST' : 'GET',
        url: url(Math.abs(i)),
        headers: { authorization: `Bearer ${this.#key}` },
        ...(body ? { payload: body } : {}),
      });
      if (response.statusCode !== 200)
        throw new Error(`${name}: ${response.statusCode} ${response.body.slice(0, 300)}`);
      if (i >= 0) taken.push(performance.now() - startedAt);
      const answer = response.json<{ items?: unknown[]; count?: number }>();
      found = answer.items?.length ?? answer.count ?? 1;
    }
    const times = {
      name,
      requests,
      found,
      p50: quantile(taken, 0.5),
      p95: quantile(taken, 0.95),
      max: quantile(taken, 1),
    };
    this.#times.push(times);
    onStep(`${name}: p50 ${times.p50} ms, p95 ${times.p95} ms`);
  }
}
