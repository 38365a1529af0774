import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/lib/package-root.ts';
import { openTestApp, type TestApp } from './helpers/app.ts';
import { redisRunsHere, TestRedis } from './helpers/redis.ts';

/** One request of the documents the product comes from, and what its answer must have. */
interface Example {
  readonly seed: string;
  readonly title: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  /** Field → `string`, `number`, `object`, `array`, or the value itself. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Name → field of the answer, for `{name}` in later examples. */
  readonly save?: Readonly<Record<string, string>>;
}

const file = path.join(packageRoot(), 'test/fixtures/seed-examples.json');
const examples = JSON.parse(fs.readFileSync(file, 'utf8')) as Example[];

describe.each(['postgres', 'redis'] as const)('the examples of the seeds, on %s', (kind) => {
  const runs = kind === 'postgres' || redisRunsHere('the examples of the seeds');
  let redis: TestRedis | null = null;
  let test: TestApp;
  const saved = new Map<string, string>();

  beforeAll(async () => {
    if (!runs) return;
    if (kind === 'redis') redis = await TestRedis.start();
    test = await openTestApp({ rateLimits: true }, { redisUrl: redis?.url });
    await test.addAccount(9, { limitPerDay: 100 });
  });
  afterAll(async () => {
    await test?.close();
    await redis?.stop();
  });

  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => saved.get(name) ?? whole);

  it.runIf(runs).each(examples)('$seed: $title', async (example) => {
    const body = example.body === undefined ? undefined : JSON.parse(fill(JSON.stringify(example.body)));
    const answer = await test.call(example.method, fill(example.path), body);
    expect(answer, answer.text).toMatchObject({ status: example.status });
    for (const [field, wanted] of Object.entries(example.fields)) {
      const value = answer.body[field];
      if (wanted === 'array') expect(value, field).toBeInstanceOf(Array);
      else if (wanted === 'string' || wanted === 'number' || wanted === 'object')
        expect(typeof value, field).toBe(wanted);
      else expect(value, field).toBe(wanted);
    }
    for (const [name, field] of Object.entries(example.save ?? {})) saved.set(name, answer.body[field]);
  });
});
