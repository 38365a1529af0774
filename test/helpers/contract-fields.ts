/**
 * How a field of an answer must be: `id`, `time`, `text`, `number`, `count`, `boolean`, `object` or `array`, with `|null`
 * where it may be null; a list of words is all it may be. Whatever is listed must have been seen: each word, and of what
 * may be null also something else.
 */
type FieldType = string | readonly string[];

/** One line of test/fixtures/contract-fields.json. */
export interface ContractRoute {
  /** `POST /api/campaigns/{id}/test` */
  readonly route: string;
  readonly status: number;
  /** Only requests with this field; with `!` in front those without it. */
  readonly when?: string;
  /** `retry.delaysSeconds[]`, `attachments[].cid`, `onUnknown=hold`, `?status`, `header:idempotency-key`, `form:mapping` */
  readonly request?: readonly string[];
  /** Path → type. With `?` behind the path it may be missing, but not always. */
  readonly response?: Readonly<Record<string, FieldType>>;
}

interface Call {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly answer: unknown;
}

const IS: Readonly<Record<string, (value: unknown) => boolean>> = {
  id: (value) => matches(value, /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  time: (value) => matches(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  text: (value) => typeof value === 'string' && value !== '',
  number: (value) => typeof value === 'number' && value >= 0,
  count: (value) => Number.isInteger(value) && (value as number) >= 0,
  boolean: (value) => typeof value === 'boolean',
  object: isObject,
  array: Array.isArray,
};

/** Remembers which fields of the contract were sent and answered, and tells which were not. */
export class ContractFields {
  readonly #routes: ReadonlyArray<{ readonly route: ContractRoute; readonly address: RegExp }>;
  readonly #seen = new Map<ContractRoute, { readonly sent: Set<string>; readonly answers: unknown[] }>();

  constructor(routes: readonly ContractRoute[]) {
    this.#routes = routes.map((route) => ({ route, address: addressOf(route.route) }));
  }

  note(call: Call): void {
    const sent = new Set(fieldsOfRequest(call));
    const address = `${call.method} ${call.url.replace(/\?.*/, '')}`;
    for (const { route, address: pattern } of this.#routes) {
      if (route.status !== call.status || !pattern.test(address) || !isMeant(route.when, sent)) continue;
      const seen = this.#seen.get(route) ?? { sent: new Set(), answers: [] };
      this.#seen.set(route, seen);
      for (const field of sent) seen.sent.add(field);
      seen.answers.push(call.answer);
    }
  }

  /** What the contract has and no call showed, a line each. */
  gaps(): string[] {
    return this.#routes.flatMap(({ route }) => {
      const name = `${route.route} ${route.when ?? ''} → ${route.status}`;
      const seen = this.#seen.get(route);
      if (!seen) return [`${name}: never called`];
      const unsent = (route.request ?? []).filter((field) => !seen.sent.has(field));
      const wrong = Object.entries(route.response ?? {}).flatMap(([path, type]) =>
        problemsOf(path, type, seen.answers).map((problem) => `${path} ${problem}`),
      );
      return [...unsent.map((field) => `${name}: ${field} was never sent`), ...wrong.map((line) => `${name}: ${line}`)];
    });
  }
}

function problemsOf(path: string, type: FieldType, answers: readonly unknown[]): string[] {
  const isOptional = path.endsWith('?');
  const values = answers.flatMap((answer) => valuesAt(answer, isOptional ? path.slice(0, -1) : path));
  const there = values.filter((value) => value !== undefined);
  const missing = there.length < values.length && !isOptional ? ['is missing in an answer'] : [];
  if (typeof type !== 'string') {
    const other = there.find((value) => !type.includes(value as string));
    const unseen = type.filter((word) => !there.includes(word));
    return [
      ...missing,
      ...(other === undefined ? [] : [`was ${JSON.stringify(other)}`]),
      ...unseen.map((word) => `was never "${word}"`),
    ];
  }
  const [name = '', nullable] = type.split('|');
  const told = nullable === 'null' ? there.filter((value) => value !== null) : there;
  const wrong = told.find((value) => IS[name]?.(value) !== true);
  return [
    ...missing,
    ...(told.length === 0 ? ['was never answered with a value'] : []),
    ...(wrong === undefined ? [] : [`is no ${name}: ${JSON.stringify(wrong)}`]),
  ];
}

/** Every value at `items[].code`; undefined for an object that lacks it. */
function valuesAt(answer: unknown, path: string): unknown[] {
  let found: unknown[] = [answer];
  for (const step of path.split('.')) {
    const name = step.replace('[]', '');
    found = found.filter(isObject).map((object) => object[name]);
    if (step !== name) found = found.flatMap((value) => (Array.isArray(value) ? value : []));
  }
  return found;
}

function fieldsOfRequest({ url, body, headers = {} }: Call): string[] {
  const query = [...new URL(url, 'http://localhost').searchParams];
  const inBody = Buffer.isBuffer(body)
    ? [...body.toString('latin1').matchAll(/; name="(\w+)"/g)].map(([, name]) => `form:${name}`)
    : fieldsOf(body, '');
  return [
    ...query.flatMap(([name, value]) => [`?${name}`, `?${name}=${value}`]),
    ...Object.keys(headers).map((name) => `header:${name}`),
    ...inBody,
  ];
}

function fieldsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return [path, `${path}[]`, ...value.flatMap((item) => fieldsOf(item, `${path}[]`))];
  if (!isObject(value)) return [path, `${path}=${value}`];
  const inner = Object.entries(value).flatMap(([name, field]) =>
    fieldsOf(field, path === '' ? name : `${path}.${name}`),
  );
  return [path, ...inner];
}

function addressOf(route: string): RegExp {
  const pattern = route.replaceAll(/\{(\w+)\}/g, (_, name) => (name === 'jobId' ? 'campaign-[^/]+' : '[0-9a-f-]{36}'));
  return new RegExp(`^${pattern}$`);
}

function isMeant(when: string | undefined, sent: ReadonlySet<string>): boolean {
  if (when === undefined) return true;
  return when.startsWith('!') ? !sent.has(when.slice(1)) : sent.has(when);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}
