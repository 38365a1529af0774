import { describe, expect, it } from 'vitest';
import { remoteIdOf } from './commands.ts';
import { parseExtensions } from './extensions.ts';
import { smtpSettings } from './options.ts';
import { OutputBuffer } from './output-buffer.ts';
import { isCharged, judge } from './step.ts';
import { Submission } from './submission.ts';
import { SubmissionQueue } from './submission-queue.ts';
import type { Wire } from './wire.ts';

describe('EHLO extensions', () => {
  it('are read whatever their case, and AUTH also in its old form', () => {
    const offered = parseExtensions([
      'mx.example',
      'pipelining',
      'SIZE 1000',
      'AUTH=LOGIN',
      'AUTH PLAIN xoauth2',
      '8BITMIME',
      'SMTPUTF8',
      'STARTTLS',
      '',
    ]);
    expect(offered).toMatchObject({
      pipelining: true,
      eightBitMime: true,
      smtpUtf8: true,
      startTls: true,
      sizeLimit: 1000,
    });
    expect([...offered.authMechanisms]).toEqual(['LOGIN', 'PLAIN', 'XOAUTH2']);
  });

  it('do not include the greeting line, and SIZE may come without a number', () => {
    const offered = parseExtensions(['PIPELINING', 'SIZE']);
    expect(offered).toMatchObject({ pipelining: false, sizeLimit: 0, names: ['SIZE'] });
  });
});

describe('the remote id', () => {
  it.each([
    ['Ok: queued as 4XyZ12', '4XyZ12'],
    ['OK id=1tABcd-0000ab-2C', '1tABcd-0000ab-2C'],
    ['Ok 0102018f6a2b3c4d-1a2b3c4d-0000', '0102018f6a2b3c4d-1a2b3c4d-0000'],
    ['OK  1732200000 d2e1a72fcca58-724de5 - gsmtp', '1732200000 d2e1a72fcca58-724de5'],
    [
      '<abc123@mx.example> [InternalId=1, Hostname=X] 9000 bytes in 0.1, 70 KB/sec Queued mail for delivery',
      'abc123@mx.example',
    ],
    ['Message Queued (BF9A87F9-263B-4FBE-B3B7-E108656127DD.1)', 'BF9A87F9-263B-4FBE-B3B7-E108656127DD.1'],
    ['9d96f71e Message accepted for delivery', '9d96f71e'],
    ['Ok', undefined],
    ['Message accepted', undefined],
  ])('of %j is %j', (text, id) => {
    expect(remoteIdOf(text)).toBe(id);
  });
});

describe('the waiting queue', () => {
  it('is first in, first out, and takes back at the front, however much went through', () => {
    const queue = new SubmissionQueue();
    const submission = (name: string) =>
      new Submission({ envelopeFrom: '', envelopeTo: name, content: Buffer.alloc(0) }, false, () => undefined);
    for (let i = 0; i < 5000; i++) queue.push(submission(`${i}`));
    const out: string[] = [];
    for (let i = 0; i < 3000; i++) out.push(queue.take()?.message.envelopeTo ?? '');
    queue.pushFront(submission('back'));
    expect(queue.length).toBe(2001);
    out.push(...queue.drain().map((one) => one.message.envelopeTo));
    expect(out).toEqual([
      ...Array.from({ length: 3000 }, (_, i) => `${i}`),
      'back',
      ...Array.from({ length: 2000 }, (_, i) => `${i + 3000}`),
    ]);
    queue.pushFront(submission('again'));
    expect([queue.take()?.message.envelopeTo, queue.take(), queue.length]).toEqual(['again', undefined, 0]);
  });
});

describe('options', () => {
  const base = { host: 'localhost', port: 25, secure: 'none' } as const;
  it.each([
    ['an empty host', { host: '' }],
    ['a host with a line end', { host: 'a\r\nb' }],
    ['a bad port', { port: 0 }],
    ['an EHLO name with a line end', { name: 'me\r\nMAIL FROM:<x@y>' }],
    ['an EHLO name with a space', { name: 'me you' }],
    ['a password without user', { password: 'x' }],
    ['a user without password', { username: 'x' }],
    ['a NUL in the user name', { username: 'a\u0000b', password: 'x' }],
    ['a ^A in the user name', { username: 'a\u0001b', password: 'x' }],
    ['a NUL in the password', { username: 'a', password: 'a\u0000b' }],
    ['no connections', { maxConnections: 0 }],
    ['a host name as local address', { localAddress: 'eth0' }],
  ])('refuse %s when the account is made', (_, over) => {
    expect(() => smtpSettings({ ...base, ...over })).toThrow(TypeError);
  });

  it('read 0 messages a connection as no cap', () => {
    expect(smtpSettings({ ...base, maxMessagesPerConnection: 0 }).maxMessagesPerConnection).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(smtpSettings(base)).toMatchObject({ maxConnections: 5, maxMessagesPerConnection: 100 });
  });
});

describe('the shared output buffer is written again, or not,', () => {
  it.each([
    ['a socket that took everything at once', 0, false, true],
    ['a socket that still holds the bytes', 10, false, false],
    ['TLS, which holds them until they are encrypted', 0, true, false],
  ])('after %s', (_, unsentBytes, copiesOnWrite, mayBeReused) => {
    const written: Buffer[] = [];
    const wire = { unsentBytes, copiesOnWrite, write: (bytes: Buffer) => written.push(bytes) } as unknown as Wire;
    const output = new OutputBuffer();
    output.send(wire, Buffer.from('first\r\n'), '.\r\nMAIL FROM:<ä@x>\r\n');
    const first = written[0]?.toString();
    output.send(wire, Buffer.from('second\r\n'), '.\r\n');
    expect(first).toBe('first\r\n.\r\nMAIL FROM:<ä@x>\r\n');
    expect(written[1]?.toString()).toBe('second\r\n.\r\n');
    expect(written[0]?.toString() !== first).toBe(mayBeReused);
  });
});

describe('what a reply and a loss mean at each step', () => {
  it.each([
    ['mail', 250, 'yes'],
    ['rcpt', 251, 'yes'],
    ['data', 354, 'yes'],
    ['data', 250, 'nonsense'],
    ['mail', 354, 'nonsense'],
    ['final', 354, 'nonsense'],
    ['final', 550, 'no'],
    ['rcpt', 450, 'no'],
    ['idle', 250, 'nonsense'],
    ['idle', 421, 'closing'],
    ['final', 421, 'closing'],
  ] as const)('at %s %i is %s', (step, code, verdict) => {
    expect(judge(step, code)).toBe(verdict);
  });

  it('charges a message for its own commands and body, and on a line that has served nobody', () => {
    for (const step of ['rcpt', 'data', 'body'] as const) expect(isCharged(step, true)).toBe(true);
    for (const step of ['reset', 'mail', 'final', 'lone-dot'] as const) expect(isCharged(step, true)).toBe(false);
    for (const step of ['mail', 'rcpt', 'data', 'body'] as const) expect(isCharged(step, false)).toBe(true);
    expect(isCharged('final', false)).toBe(false); // behind a body, whose own loss is the news
  });
});
