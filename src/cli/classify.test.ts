import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { messageOfFixture, RETURN_FIXTURES } from '../mail/returns/returns.fixtures.ts';
import { classifyCommand } from './classify.ts';

let dir: string;
const said: string[] = [];
const complained: string[] = [];

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-classify-'));
  said.length = 0;
  complained.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void complained.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  fs.rmSync(dir, { recursive: true });
});

/** The fixture whose title holds these words, as a file. */
function file(words: string): string {
  const fixture = RETURN_FIXTURES.find(({ title }) => title.includes(words));
  if (fixture === undefined) throw new Error(`no fixture about ${words}`);
  const name = path.join(dir, `${words}.eml`);
  fs.writeFileSync(name, messageOfFixture(fixture));
  return name;
}

const run = (...args: string[]) => classifyCommand().parseAsync(['node', 'classify', ...args]);

it('answers one JSON object a recipient', async () => {
  const [qmail, ordinary] = [file('qmail'), file('quotes a bounce')];
  await run('--json', qmail, ordinary);
  expect(said.map((line) => JSON.parse(line))).toEqual([
    {
      file: qmail,
      kind: 'bounce',
      recipient: 'nobody@example.org',
      status: '5.1.1',
      statusDerived: false,
      reply: '',
      class: 'mailbox-unknown',
      hard: true,
    },
    {
      file: qmail,
      kind: 'bounce',
      recipient: 'user@nowhere.example',
      status: '5.1.2',
      statusDerived: false,
      reply: '',
      class: 'domain-unknown',
      hard: true,
    },
    {
      file: ordinary,
      kind: 'other',
      recipient: 'ann@example.org',
      status: '',
      statusDerived: false,
      reply: '',
      class: '',
      hard: false,
    },
  ]);
  expect(process.exitCode).toBeUndefined();
});

it('says it in one line a recipient for people', async () => {
  const exim = file('Exim');
  await run(exim);
  expect(said).toEqual([`${exim}: bounce full@example.net 552 5.2.2 mailbox-full soft`]);
});

it('names files that cannot be read, and reads the others', async () => {
  const missing = path.join(dir, 'missing.eml');
  await run(missing, file('Exim'));
  expect(complained).toEqual([expect.stringContaining(`${missing}: cannot be read`)]);
  expect(said).toHaveLength(1);
  expect(process.exitCode).toBe(2);
  await run(missing);
  expect(process.exitCode).toBe(1);
});
