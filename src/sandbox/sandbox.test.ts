import net from 'node:net';
import { createTransport } from 'nodemailer';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase, testDatabase, truncateAll } from '../../test/helpers/database.ts';
import type { Caller } from '../core/context.ts';
import { clearMessages, getMessage, getMessageAttachment, getMessageSource, listMessages } from '../core/sandbox.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { insertWorkspace } from '../db/workspaces.ts';
import { createLogger } from '../lib/logger.ts';
import { type SandboxOptions, type SandboxServer, startSandbox } from './sandbox.ts';

const log = createLogger({ level: 'silent', format: 'json' });
const WELL_BEHAVED = { refuse: null, delayMs: 0, drop: null };

let db: Database;
let caller: Caller;
let sandbox: SandboxServer;

const start = (options: Partial<SandboxOptions> = {}) =>
  startSandbox(db, { host: '127.0.0.1', port: 0, workspaceId: caller.workspaceId, log, ...options });

beforeEach(async () => {
  const { config } = await testDatabase();
  await truncateAll();
  db = openDatabase(config, () => {});
  caller = { workspaceId: (await insertWorkspace(db.sql, 'Test')).id, role: 'owner', userId: null };
  sandbox = await start();
});

afterEach(async () => {
  await sandbox.stop();
  await db.close();
});

/** One message by nodemailer on a connection of its own; rejects with the server's refusal. */
async function send(to: string, message: Record<string, unknown> = {}): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port: sandbox.port, ignoreTLS: true });
  try {
    const sent = await transport.sendMail({ from: 'News <news@a.test>', to, subject: 'Hello', text: 'Hi', ...message });
    return sent.response;
  } finally {
    transport.close();
  }
}

const count = async () => (await listMessages({ db }, caller, {})).total;

describe('the built-in mailbox', () => {
  it('keeps a message octet for octet and shows what a MIME parser makes of it', async () => {
    const reply = await send('Zoë <zoe@b.test>', {
      subject: 'Grüße, Zoë',
      html: '<p>Hi <img src="cid:logo"></p>',
      text: '.\n..dots\n.',
      attachments: [
        { filename: 'logo.png', content: Buffer.from('PNG'), contentType: 'image/png', cid: 'logo' },
        { filename: 'terms.txt', content: 'Terms' },
      ],
    });
    const { items } = await listMessages({ db }, caller, {});
    const [item] = items;
    expect(item).toMatchObject({
      envelopeFrom: 'news@a.test',
      envelopeTo: 'zoe@b.test',
      subject: 'Grüße, Zoë',
      from: 'News <news@a.test>',
      to: 'Zoë <zoe@b.test>',
    });
    expect(reply).toBe(`250 2.0.0 Ok: queued as ${item?.id}`);
    const message = await getMessage({ db }, caller, item!.id);
    expect(message.text).toBe('.\n..dots\n.\n');
    expect(message.html).toContain(`src="data:image/png;base64,${Buffer.from('PNG').toString('base64')}"`);
    expect(message.headers.find((header) => header.name === 'Message-ID')?.value).toBe(item?.messageId);
    const terms = message.attachments.findIndex((attachment) => attachment.filename === 'terms.txt');
    const attachment = await getMessageAttachment({ db }, caller, item!.id, terms);
    expect(attachment.content.toString()).toBe('Terms');
    const source = await getMessageSource({ db }, caller, item!.id);
    expect(source.length).toBe(item?.size);
    expect(source.toString()).toContain('\r\n\r\n');
  });

  it('takes pipelined commands, and eight-bit and international addresses', async () => {
    const body = 'Subject: Größe\r\n\r\nœuvre\r\n.\r\n';
    const [, hello, ...replies] = await dialogue([
      ['EHLO me\r\n', 1],
      [
        'MAIL FROM:<news@a.test> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<zoë@b.test>\r\nRCPT TO:<bounce@b.test>\r\nDATA\r\n',
        4,
      ],
      [`${body}MAIL FROM:<>\r\nRCPT TO:<second@b.test>\r\nDATA\r\n`, 4],
      [`${body}QUIT\r\n`, 2],
    ]);
    for (const extension of ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE']) expect(hello).toContain(extension);
    expect(hello).not.toMatch(/AUTH|STARTTLS/);
    const codes = replies.map((reply) => reply.slice(0, 3));
    expect(codes).toEqual(['250', '250', '550', '354', '250', '250', '250', '354', '250', '221']);
    const { items } = await listMessages({ db }, caller, {});
    expect(items.map((item) => item.envelopeTo).sort()).toEqual(['second@b.test', 'zoë@b.test']);
    expect(items[0]?.subject).toBe('Größe');
  });

  it('answers 250 only after the message is committed, also when many come at once', async () => {
    const transport = createTransport({
      host: '127.0.0.1',
      port: sandbox.port,
      ignoreTLS: true,
      pool: true,
      maxConnections: 20,
      maxMessages: 10_000,
    });
    const { pool } = await testDatabase();
    const missing: string[] = [];
    await Promise.all(
      Array.from({ length: 400 }, async (_, i) => {
        const to = `user${i}@b.test`;
        await transport.sendMail({ from: 'news@a.test', to, subject: `n ${i}`, text: 'Hi' });
        const { rowCount } = await pool.query('select 1 from sandbox_messages where envelope_to = $1', [to]);
        if (rowCount !== 1) missing.push(to);
      }),
    );
    transport.close();
    expect(missing).toEqual([]);
    expect(await count()).toBe(400);
  });

  it('answers 451 while the database is away, and takes mail again when it is back', async () => {
    const { config, name } = await freshDatabase();
    const there = openDatabase(config, () => {});
    const workspaceId = (await insertWorkspace(there.sql, 'Test')).id;
    await there.close();
    const away = openDatabase({ ...config, connectionTimeoutMillis: 500 }, () => {});
    await sandbox.stop();
    sandbox = await startSandbox(away, { host: '127.0.0.1', port: 0, workspaceId, log });
    const admin = new pg.Client((await testDatabase()).config);
    await admin.connect();
    await admin.query(`alter database ${name} allow_connections false`);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    await expect(send('a@b.test')).rejects.toThrow(/451 4\.3\.0/);
    await admin.query(`alter database ${name} allow_connections true`);
    expect(await send('a@b.test')).toMatch(/^250/);
    await admin.end();
    await sandbox.stop();
    await away.close();
    sandbox = await start();
  });

  it('misbehaves when it is told to', async () => {
    const { controls } = sandbox;
    controls.set({
      ...WELL_BEHAVED,
      refuse: { reply: '451 4.7.1 Greylisted', firstAttemptOnly: true, matching: '', sharePercent: 100 },
    });
    await expect(send('a@b.test')).rejects.toThrow(/451 4\.7\.1 Greylisted/);
    expect(await send('a@b.test')).toMatch(/^250/);
    controls.set({
      ...WELL_BEHAVED,
      refuse: { reply: '421 4.3.2 Going down', firstAttemptOnly: false, matching: '', sharePercent: 100 },
    });
    await expect(send('a@b.test')).rejects.toThrow(/421 4\.3\.2/);
    controls.set({ ...WELL_BEHAVED, delayMs: 150 });
    const startedAt = Date.now();
    await send('a@b.test');
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(150);
    const before = await count();
    controls.set({ ...WELL_BEHAVED, drop: { keepMessage: false, matching: '', sharePercent: 100 } });
    await expect(send('a@b.test')).rejects.toThrow();
    expect(await count()).toBe(before);
    controls.set({ ...WELL_BEHAVED, drop: { keepMessage: true, matching: '', sharePercent: 100 } });
    await expect(send('a@b.test')).rejects.toThrow();
    expect(await count()).toBe((before ?? 0) + 1);
    controls.set(WELL_BEHAVED);
    expect(controls.get()).toEqual(WELL_BEHAVED);
  });

  it('lists newest first in pages, finds by recipient and subject, and can be emptied', async () => {
    for (const name of ['ann', 'bob', 'cid_1']) await send(`${name}@b.test`, { subject: `For ${name} 100%` });
    const first = await listMessages({ db }, caller, { limit: 2 });
    expect(first.items.map((item) => item.envelopeTo)).toEqual(['cid_1@b.test', 'bob@b.test']);
    expect(first.total).toBe(3);
    const second = await listMessages({ db }, caller, { limit: 2, cursor: first.nextCursor! });
    expect(second.items.map((item) => item.envelopeTo)).toEqual(['ann@b.test']);
    expect(second.nextCursor).toBeNull();
    const found = async (search: string) => (await listMessages({ db }, caller, { search })).total;
    expect(await found('BOB@')).toBe(1);
    expect(await found('for ann')).toBe(1);
    expect(await found('d_1')).toBe(1);
    expect(await found('b_b')).toBe(0);
    expect(await found('100%')).toBe(3);
    const stranger = { ...caller, workspaceId: (await insertWorkspace(db.sql, 'Other')).id };
    await expect(getMessage({ db }, stranger, first.items[0]!.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await clearMessages({ db }, caller)).toEqual({ removed: 3 });
    expect(await count()).toBe(0);
  });

  it('keeps the newest up to its bound, by number and by size', async () => {
    await sandbox.stop();
    sandbox = await start({ bound: { messages: 5, bytes: 1_000_000 } });
    for (let i = 0; i < 9; i++) await send(`user${i}@b.test`);
    await expect.poll(count, { timeout: 5000 }).toBe(5);
    const { items } = await listMessages({ db }, caller, {});
    expect(items.map((item) => item.envelopeTo)).toEqual([8, 7, 6, 5, 4].map((i) => `user${i}@b.test`));
    await sandbox.stop();
    const half = Math.ceil((items[0]?.size ?? 0) * 2.5);
    sandbox = await start({ bound: { messages: 5, bytes: half } });
    await expect.poll(count, { timeout: 5000 }).toBe(2);
  });

  it('says what to do when its port is taken', async () => {
    await expect(start({ port: sandbox.port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining('SANDBOX_SMTP_PORT'),
    });
  });

  it('refuses a message over 32 MB and goes on', async () => {
    const line = `${'x'.repeat(990)}\r\n`;
    const replies = await dialogue([
      ['EHLO me\r\n', 1],
      ['MAIL FROM:<a@a.test>\r\nRCPT TO:<b@b.test>\r\nDATA\r\n', 3],
      [`Subject: big\r\n\r\n${line.repeat(34_000)}.\r\nNOOP\r\nQUIT\r\n`, 3],
    ]);
    expect(replies.slice(-3).map((reply) => reply.slice(0, 3))).toEqual(['552', '250', '221']);
    expect(await count()).toBe(0);
  });
});

/** Says one burst after the other, each when the one before has its replies; answers every reply, greeting first. */
function dialogue(bursts: ReadonlyArray<readonly [text: string, replies: number]>): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    let next = 0;
    let due = 1;
    const replies = () => text.match(/(?:^\d{3}-.*\r\n)*^\d{3} .*\r\n/gm) ?? [];
    const socket = net.connect(sandbox.port, '127.0.0.1');
    socket.on('data', (chunk) => {
      text += chunk.toString();
      while (replies().length >= due) {
        const burst = bursts[next++];
        if (!burst) return;
        due += burst[1];
        socket.write(burst[0]);
      }
    });
    socket.on('close', () => resolve(replies()));
    socket.on('error', reject);
  });
}
