import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/lib/package-root.ts';
import { mailchimpCsv, type SampleContact, sampleContacts } from './helpers/mailchimp-csv.ts';
import { type Postfix, postfixMissing, startPostfix } from './helpers/postfix.ts';
import { runsHere } from './helpers/runs-here.ts';

// REAL_INPUT_ROWS=50000 is the long form.
const ROWS = Number(process.env.REAL_INPUT_ROWS ?? 1500);
const INVALID = Math.max(20, Math.round(ROWS / 250));
const runs = runsHere('a campaign through a real Postfix', postfixMissing());

describe.runIf(runs)('a Mailchimp export sent through a real Postfix', () => {
  const contacts = sampleContacts(ROWS, INVALID);
  const expected = new Map(
    contacts.filter((contact) => contact.fate === 'sent').map((contact) => [contact.email, contact]),
  );
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-real-'));
  let postfix: Postfix;

  beforeAll(async () => {
    postfix = await startPostfix();
    fs.writeFileSync(path.join(home, 'contacts.csv'), mailchimpCsv(contacts));
  }, 60_000);
  afterAll(async () => {
    await postfix.stop();
    fs.rmSync(home, { recursive: true, force: true });
  });

  it('arrives once each, right for every recipient, and ledger, counts and Maildir agree', {
    timeout: 60_000 + ROWS * 20,
  }, async () => {
    const run = await runCli(
      [
        'send',
        '--contacts',
        path.join(home, 'contacts.csv'),
        '--subject',
        'Hello {{firstName | default: "there"}}, your {{plan}} plan 📮',
        '--mjml',
        path.join(packageRoot(), 'samples/newsletter.mjml'),
        '--from',
        '"Σύλλογος \\"News\\"" <news@sender.test>',
        '--smtp',
        `smtp+plain://127.0.0.1:${postfix.port}`,
        '--yes',
        '--json',
      ],
      home,
    );
    expect(run.stderr).toContain('Importing');
    expect(`${run.code} ${run.code === 0 ? '' : run.stderr}`).toBe('0 ');
    const status = JSON.parse(run.stdout) as { total: number; counts: Record<string, number> };
    expect(status.total).toBe(expected.size);
    expect(status.counts).toMatchObject({
      sent: expected.size,
      failed: 0,
      unknown: 0,
      excluded: 0,
      pending: 0,
      sending: 0,
      deferred: 0,
    });

    await postfix.drained(60_000 + ROWS * 20);
    const seen = new Set<string>();
    const messageIds = new Set<string>();
    const faults: string[] = [];
    for (const file of fs.readdirSync(path.join(postfix.maildir, 'new'))) {
      const raw = fs.readFileSync(path.join(postfix.maildir, 'new', file));
      const mail = await PostalMime.parse(raw);
      const to = mail.deliveredTo ?? '';
      if (seen.has(to)) faults.push(`second copy for ${to}`);
      seen.add(to);
      messageIds.add(mail.messageId ?? '');
      const contact = expected.get(to);
      if (contact) faults.push(...check(mail, contact));
      else faults.push(`a copy for ${to}, who is not to get one`);
    }
    expect(faults.slice(0, 10)).toEqual([]);
    expect(seen.size).toBe(expected.size);
    expect(messageIds.size).toBe(expected.size);
  });
});

type Mail = Awaited<ReturnType<typeof PostalMime.parse>>;

/** What is wrong with one delivered message, by a parser that is not ours. */
function check(mail: Mail, contact: SampleContact): string[] {
  const faults: string[] = [];
  const want = (what: string, right: boolean, got: unknown) => {
    if (!right) faults.push(`${contact.email}: ${what}: ${JSON.stringify(got)?.slice(0, 300)}`);
  };
  const first = contact.firstName === '' ? 'there' : contact.firstName;
  const name = [contact.firstName, contact.lastName].filter(Boolean).join(' ');
  const header = (key: string) => mail.headers.find((entry) => entry.key === key)?.value ?? '';
  want('subject', mail.subject === `Hello ${first}, your ${contact.plan} plan 📮`, mail.subject);
  want('from', mail.from?.address === 'news@sender.test' && mail.from.name === 'Σύλλογος "News"', mail.from);
  want('to', mail.to?.[0]?.address === contact.email && (mail.to[0].name ?? '') === name, mail.to);
  want(
    'text',
    mail.text?.includes(`Hello ${first},`) === true && mail.text.includes(`made for ${name === '' ? 'you' : name} and`),
    mail.text,
  );
  want(
    'html',
    mail.html?.includes(`Hello ${escaped(first)},`) === true &&
      mail.html.includes(`made for ${name === '' ? 'you' : escaped(name)} and`),
    mail.html,
  );
  const branch = { business: 'As a business customer', team: 'has ordered', free: 'on the free plan' };
  for (const [plan, words] of Object.entries(branch)) {
    want(
      `branch ${plan}`,
      mail.html?.includes(words) === (plan === contact.plan) && mail.text?.includes(words) === (plan === contact.plan),
      plan,
    );
  }
  want(
    'unsubscribe',
    /^<http:\/\/localhost:\d+\/u\/[\w-]{40,}>$/.test(header('list-unsubscribe')),
    header('list-unsubscribe'),
  );
  want('one-click', header('list-unsubscribe-post') === 'List-Unsubscribe=One-Click', header('list-unsubscribe-post'));
  want('feedback id', header('feedback-id').split(':').length === 4, header('feedback-id'));
  want('date', Math.abs(Date.parse(mail.date ?? '') - Date.now()) < 3_600_000, mail.date);
  want('message id', /^<[\w.-]+@sender\.test>$/.test(mail.messageId ?? ''), mail.messageId);
  want(
    'singletons',
    ['from', 'to', 'subject', 'date', 'message-id', 'mime-version'].every(
      (key) => mail.headers.filter((entry) => entry.key === key).length === 1,
    ),
    'repeated or missing',
  );
  return faults;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&#34;')
    .replaceAll("'", '&#39;');
}

function runCli(args: string[], cwd: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [path.join(packageRoot(), 'dist/cli.mjs'), ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, DATA_DIR: path.join(cwd, 'data') },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, stdout, stderr })));
}
