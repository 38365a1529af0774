import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/helpers/app.ts';
import type { SandboxBehaviour } from '../../contract/sandbox.ts';
import { insertSandboxMessages } from '../../db/sandbox-messages.ts';
import { uuid7 } from '../../lib/uuid7.ts';

const RAW = [
  'From: News <news@a.test>',
  'To: zoe@b.test',
  'Subject: Hello Zoe',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=x',
  '',
  '--x',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>Hi Zoë</p>',
  '--x',
  'Content-Type: text/plain',
  'Content-Disposition: attachment; filename="a b.txt"',
  '',
  'Terms',
  '--x--',
  '',
].join('\r\n');

describe('the built-in mailbox over HTTP', () => {
  let test: TestApp;
  let behaviour: SandboxBehaviour = { refuse: null, delayMs: 0, drop: null };
  const id = uuid7();

  beforeAll(async () => {
    const controls = {
      get: () => behaviour,
      set: (next: SandboxBehaviour) => {
        behaviour = next;
      },
    };
    test = await openTestApp({ sandbox: { controls } });
    await insertSandboxMessages(test.core.db.pool, test.caller.workspaceId, [
      {
        id,
        envelopeFrom: 'news@a.test',
        envelopeTo: 'zoe@b.test',
        messageId: null,
        subject: 'Hello Zoe',
        fromText: 'News <news@a.test>',
        toText: 'zoe@b.test',
        raw: Buffer.from(RAW),
      },
    ]);
  });
  afterAll(() => test.close());

  it('lists, opens, and hands out source and attachments', async () => {
    const list = await test.call('GET', '/api/sandbox/messages?search=zoe');
    expect(list).toMatchObject({ status: 200, body: { total: 1, nextCursor: null } });
    expect(list.body.items[0]).toMatchObject({
      id,
      subject: 'Hello Zoe',
      envelopeTo: 'zoe@b.test',
      size: Buffer.byteLength(RAW),
    });
    const message = await test.call('GET', `/api/sandbox/messages/${id}`);
    expect(message.body).toMatchObject({
      html: expect.stringContaining('Hi Zoë'),
      attachments: [{ filename: 'a b.txt' }],
    });
    const source = await test.call('GET', `/api/sandbox/messages/${id}/source`);
    expect(source.text).toBe(RAW);
    expect(source.headers['content-type']).toBe('text/plain; charset=utf-8');
    const file = await test.call('GET', `/api/sandbox/messages/${id}/attachments/0`);
    expect(file.text.trim()).toBe('Terms');
    expect(file.headers['content-disposition']).toBe("attachment; filename*=UTF-8''a%20b.txt");
    expect((await test.call('GET', `/api/sandbox/messages/${id}/attachments/7`)).status).toBe(404);
  });

  it('belongs to its workspace', async () => {
    expect((await test.stranger('GET', `/api/sandbox/messages/${id}`)).status).toBe(404);
    expect((await test.stranger('GET', '/api/sandbox/messages')).body.items).toEqual([]);
  });

  it('is told how to behave, by editors only, and refuses nonsense', async () => {
    const refuse = { reply: '452 4.2.2 full', firstAttemptOnly: false, matching: '@b.test', sharePercent: 25 };
    const told = await test.as('editor')('PUT', '/api/sandbox/behaviour', { refuse, delayMs: 20, drop: null });
    expect(told).toMatchObject({ status: 200, body: { refuse, delayMs: 20, drop: null } });
    expect((await test.call('GET', '/api/sandbox/behaviour')).body).toEqual(behaviour);
    const bad = { refuse: { ...refuse, reply: '250 fine\r\nX' }, delayMs: 0, drop: null };
    expect((await test.call('PUT', '/api/sandbox/behaviour', bad)).status).toBe(422);
    const viewer = await test.as('viewer')('PUT', '/api/sandbox/behaviour', { refuse: null, delayMs: 0, drop: null });
    expect(viewer.status).toBe(403);
  });

  it('is emptied', async () => {
    expect((await test.call('DELETE', '/api/sandbox/messages')).body).toEqual({ removed: 1 });
    expect((await test.call('GET', `/api/sandbox/messages/${id}`)).status).toBe(404);
  });
});
