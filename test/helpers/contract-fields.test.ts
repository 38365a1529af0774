import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/lib/package-root.ts';
import { ContractFields, type ContractRoute } from './contract-fields.ts';

const ROUTE: ContractRoute = {
  route: 'POST /api/things/{id}',
  status: 200,
  when: '!?dry',
  request: ['retry.delays[]', 'mode=merge', 'header:idempotency-key'],
  response: { id: 'id', 'at?': 'time', 'items[].code': 'count|null', state: ['waiting', 'done'] },
};
const ID = '01890000-0000-7000-8000-000000000000';
const URL = `/api/things/${ID}`;
const NAME = 'POST /api/things/{id} !?dry → 200';

describe('what a run has shown of the contract', () => {
  const gapsAfter = (...answers: readonly unknown[]) => {
    const fields = new ContractFields([ROUTE]);
    const body = { retry: { delays: [1] }, mode: 'merge' };
    const headers = { 'idempotency-key': 'x' };
    for (const answer of answers) fields.note({ method: 'POST', url: URL, body, headers, status: 200, answer });
    return fields.gaps();
  };
  const whole = { id: ID, at: '2030-01-01T00:00:00.000Z', items: [{ code: null }, { code: 250 }], state: 'done' };

  it('has no gap when every field was sent, and answered as it should be', () => {
    expect(gapsAfter(whole, { ...whole, at: undefined, state: 'waiting' })).toEqual([]);
  });

  it('names what is missing, of another type, always null, or never one of its words', () => {
    expect(
      gapsAfter({ ...whole, at: '2030-01-01', items: [{ code: null }] }, { ...whole, id: undefined, items: [{}] }),
    ).toEqual([
      `${NAME}: id is missing in an answer`,
      `${NAME}: at? is no time: "2030-01-01"`,
      `${NAME}: items[].code is missing in an answer`,
      `${NAME}: items[].code was never answered with a value`,
      `${NAME}: state was never "waiting"`,
    ]);
    expect(gapsAfter(whole, { ...whole, state: 'lost' })).toContain(`${NAME}: state was "lost"`);
  });

  it('names what was never sent, and routes that were never called in the way that is meant', () => {
    const fields = new ContractFields([ROUTE]);
    const call = { method: 'POST', answer: whole, body: { mode: 'skip', retry: {} } };
    fields.note({ ...call, url: URL, status: 202 });
    fields.note({ ...call, url: `${URL}?dry=1`, status: 200 });
    fields.note({ ...call, url: `${URL}/more`, status: 200 });
    expect(fields.gaps()).toEqual([`${NAME}: never called`]);
    fields.note({ ...call, url: URL, status: 200 });
    expect(fields.gaps().slice(0, 3)).toEqual(ROUTE.request?.map((field) => `${NAME}: ${field} was never sent`));
  });
});

describe('docs/api-coverage.md', () => {
  it('has every route of the contract', () => {
    const read = (file: string) => fs.readFileSync(path.join(packageRoot(), file), 'utf8');
    const parts = JSON.parse(read('test/fixtures/contract-fields.json')) as Record<string, ContractRoute[]>;
    const docs = read('docs/api-coverage.md');
    const missing = Object.values(parts)
      .flat()
      .filter(({ route }) => !docs.includes(`\`${route}\``));
    expect(missing.map(({ route }) => route)).toEqual([]);
  });
});
