import { afterAll, beforeAll, expect, it } from 'vitest';
import { runContacts } from '../bench/contacts.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

const CONTACTS = 20_000;

let test: TestCore;
beforeAll(async () => {
  test = await openTestCore();
});
afterAll(() => test.close());

it('asks everything that is published of a workspace of 10,000,000, of one of 20,000', async () => {
  const postrider = { core: test.core, workspaceId: test.caller.workspaceId };
  const { contacts, times } = await runContacts({ postrider, contacts: CONTACTS, requests: 3, onStep: () => {} });
  expect(contacts).toBe(CONTACTS);
  const found = new Map(times.map((one) => [one.name, one.found]));
  expect(found.get('list, first page')).toBe(50);
  expect(found.get('prefix, nobody')).toBe(0);
  expect(found.get('address, one has it')).toBe(1);
  expect(found.get('attribute, one has it')).toBe(1);
  expect(found.get('activity of a contact')).toBeGreaterThan(1);
  expect(found.get('workspace of ten, list')).toBe(10);
  expect(found.get('count of three clauses')).toBeGreaterThan(0);
  for (const { p50, p95, max } of times) expect(p50 <= p95 && p95 <= max).toBe(true);
}, 120_000);
