import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuzzTimeoutMs, holds } from '../../../test/helpers/fuzz.ts';
import { mutated } from '../../../test/helpers/mutations.ts';
import { playBack, type Score } from '../../../test/helpers/play-back.ts';
import { brief, mail, mails, sendAll, withRig } from '../../../test/helpers/smtp-client.ts';
import type { SinkAction, SinkScript } from '../../../test/helpers/smtp-sink.ts';
import { smtpTransport } from '../transports/smtp.ts';

const TIGHT = { connectMs: 60, commandMs: 60, bodyMs: 60, finalDotMs: 60, idleMs: 60 };
const rejections: unknown[] = [];
const note = (reason: unknown) => rejections.push(reason);

beforeAll(() => {
  process.on('unhandledRejection', note);
});
afterAll(() => {
  process.off('unhandledRejection', note);
  expect(rejections).toEqual([]);
});

/** Four messages to such a server: each must have its one outcome soon. */
async function playAndSend(score: Score): Promise<void> {
  await playBack(score, async ({ port }) => {
    const transport = smtpTransport({ host: '127.0.0.1', port, secure: 'none', maxConnections: 2, timeoutMs: TIGHT });
    const outcomes = mails(4).map((message) => transport.send(message));
    let settled = 0;
    for (const outcome of outcomes) void outcome.then(() => settled++);
    await Promise.race([Promise.all(outcomes), new Promise((resolve) => setTimeout(resolve, 10_000))]);
    await transport.close(0);
    expect(settled).toBe(4);
  });
}

describe('whatever a server says', () => {
  const line = fc.constantFrom(
    '220 hi\r\n',
    '250 ok\r\n',
    '250-PIPELINING\r\n250 SIZE 10\r\n',
    '250-x\r\n250 PIPELINING\r\n',
    '354 go\r\n',
    '421 bye\r\n',
    '450 later\r\n',
    '550 5.1.1 no\r\n',
    '334 YWJj\r\n',
    '235 in\r\n',
    '250-',
    '25',
    '\r\n',
    '\n',
    '250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n',
    '250 ok\r\n354 go\r\n250 ok\r\n',
    '999 what\r\n',
  );
  const piece = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => Buffer.from(lines.join(''))),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  );
  const started = [Buffer.from('220 hi\r\n'), Buffer.from('250-x\r\n250 PIPELINING\r\n')];

  const long = { numRuns: 15, share: 0.3 };
  it('each message gets one outcome, in time, and nothing is thrown', { timeout: fuzzTimeoutMs(long) }, async () => {
    const scenario = fc.tuple(fc.array(piece, { maxLength: 12 }), fc.boolean());
    // Side by side, because most of them wait for a timeout.
    const scenarios = fc.array(scenario, { minLength: 10, maxLength: 10 });
    const property = fc.asyncProperty(scenarios, async (all) => {
      await Promise.all(
        all.map(async ([pieces, polite]) => await playAndSend(polite ? [...started, ...pieces] : pieces)),
      );
    });
    await holds('random replies (ten servers a run)', property, long);
  });

  const near = { numRuns: 10, share: 0.2 };
  it('and so it does when the server is nearly right', { timeout: fuzzTimeoutMs(near) }, async () => {
    const exchange = ['250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go on\r\n', '250 2.0.0 Ok: queued as X\r\n'];
    const greeting = ['220 hi ESMTP\r\n', '250-hi\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250 8BITMIME\r\n'];
    const inGroups = [...greeting, ...exchange, ...exchange, ...exchange];
    const oneByOne = [
      '220 hi\r\n',
      '250 hi\r\n',
      '250 ok\r\n',
      '250 ok\r\n',
      '354 go\r\n',
      '250 ok\r\n',
      '221 bye\r\n',
    ];
    const scores = fc.oneof(...[inGroups, oneByOne].map((lines) => mutated(lines.map((line) => Buffer.from(line)))));
    const property = fc.asyncProperty(fc.array(scores, { minLength: 10, maxLength: 10 }), async (all) => {
      await Promise.all(all.map(playAndSend));
    });
    await holds('mutated replies (ten servers a run)', property, near);
  });

  const drops = { numRuns: 100, share: 0.2 };
  it('accepted means accepted: a server that answers at random, and drops at random, never sees a copy twice', {
    timeout: fuzzTimeoutMs(drops),
  }, async () => {
    const stages = ['connect', 'ehlo', 'mail', 'rcpt', 'data', 'dot', 'rset'] as const;
    const action = fc.constantFrom<SinkAction>(
      '250 2.0.0 Ok',
      '421 4.3.2 Bye',
      '450 4.2.0 Later',
      '550 5.1.1 User unknown',
      '503 5.5.1 Bad sequence of commands',
      '354 Go on',
      { reply: null, after: 'close' },
      { reply: null, after: 'reset' },
      { after: 'close' },
      { after: 'reset' },
      { delayMs: 5 },
      { reply: Buffer.from('250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n') },
    );
    const fault = fc.record({
      stage: fc.constantFrom(...stages),
      connection: fc.integer({ min: 1, max: 4 }),
      message: fc.integer({ min: 0, max: 4 }),
      action,
    });
    const manner = fc.constantFrom<string[]>(['PIPELINING'], ['SIZE'], ['PIPELINING', 'CHUNKING']);
    const property = fc.asyncProperty(fc.array(fault, { maxLength: 6 }), manner, async (faults, extensions) => {
      const script: SinkScript = (at) =>
        faults.find((one) => one.stage === at.stage && one.connection === at.connection && one.message === at.message)
          ?.action ?? (at.stage === 'ehlo' && extensions.includes('CHUNKING') ? { delayMs: 25 } : undefined); // far away
      await withRig(
        { script, extensions },
        { maxConnections: 2, timeoutMs: { ...TIGHT, commandMs: 150, finalDotMs: 150 } },
        async (rig) => {
          const messages = mails(8);
          const outcomes = await sendAll(rig, messages);
          const copies = rig.sink.copiesByRecipient();
          for (const [i, { envelopeTo }] of messages.entries()) {
            const count = copies.get(envelopeTo) ?? 0;
            expect(count).toBeLessThanOrEqual(1);
            if (count === 1) expect(['accepted', 'unknown@final-dot']).toContain(outcomes[i]);
          }
        },
      );
    });
    await holds('random answers and drops', property, drops);
  });
});

describe('whatever a message holds', () => {
  it('arrives as it was, line ends made CRLF', async () => {
    const unit = fc.constantFrom(
      '\r\n',
      '\r\n.',
      '\r\n..',
      '\n',
      '\r',
      '.',
      '\r\n.\r\n',
      '\n.\n',
      '\n.\r\n',
      'QUIT',
      'words of a body',
      'ä',
      ' ',
    );
    await withRig({}, {}, async (rig) => {
      await fc.assert(
        fc.asyncProperty(fc.array(unit, { maxLength: 80 }), async (units) => {
          const text = `Subject: a\r\n\r\n${units.join('')}`;
          expect(brief(await rig.transport.send(mail('a@example.test', text)))).toBe('accepted');
          const lines = text.split(/\r\n|\r|\n/);
          if (lines.at(-1) === '') lines.pop();
          expect(rig.sink.accepted.at(-1)?.content.toString()).toBe(lines.map((one) => `${one}\r\n`).join(''));
        }),
        { numRuns: 200 },
      );
      expect(rig.sink.connections).toBe(2); // 100 messages each
    });
  });
});
