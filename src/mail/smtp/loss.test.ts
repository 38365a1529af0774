import { describe, expect, it } from 'vitest';
import { FAST, mails, sendAll, withRig } from '../../../test/helpers/smtp-client.ts';
import type { SinkOptions, SinkScript, SinkStage, SinkStep } from '../../../test/helpers/smtp-sink.ts';

const MODES: ReadonlyArray<readonly [string, SinkOptions]> = [
  ['with PIPELINING', {}],
  ['in lock-step', { extensions: ['8BITMIME', 'SIZE'] }],
];

type Loss = readonly [name: string, step: SinkStep];
const BEFORE_REPLY: readonly Loss[] = [
  ['FIN', { reply: null, after: 'close' }],
  ['RST', { reply: null, after: 'reset' }],
  ['silence', { reply: null, after: 'stall' }],
  ['garbage', { reply: 'Welcome to the jungle', after: 'close' }],
];
const AFTER_REPLY: readonly Loss[] = [
  ['FIN', { after: 'close' }],
  ['RST', { after: 'reset' }],
];

const EVERY_TIME = 1_000;
const once =
  (stage: SinkStage, step: SinkStep, message: number, times = 1): SinkScript =>
  (at) =>
    at.stage === stage && at.connection <= times && at.message === message ? step : undefined;

const options = { timeoutMs: { ...FAST, commandMs: 120, finalDotMs: 120, bodyMs: 120 } };

describe.each(MODES)('a lost connection, %s', (_, mode) => {
  for (const [how, step] of BEFORE_REPLY) {
    it.each(['mail', 'rcpt', 'data'] as const)(
      `by ${how} at %s costs nobody anything: all arrive once`,
      async (stage) => {
        for (const message of [1, 3]) {
          await withRig({ ...mode, script: once(stage, step, message) }, options, async (rig) => {
            expect(await sendAll(rig, mails(5))).toEqual(Array(5).fill('accepted'));
            expect([...rig.sink.copiesByRecipient().values()]).toEqual(Array(5).fill(1));
          });
        }
      },
    );

    it(`by ${how} instead of the reply to the dot leaves that one message unknown, and no other`, async () => {
      for (const kept of [true, false]) {
        for (const message of [1, 3]) {
          await withRig({ ...mode, script: once('dot', { ...step, accept: kept }, message) }, options, async (rig) => {
            const expected = Array(5).fill('accepted');
            expected[message - 1] = 'unknown@final-dot';
            expect(await sendAll(rig, mails(5))).toEqual(expected);
            const copies = rig.sink.copiesByRecipient();
            expect(copies.get(`u${message - 1}@example.test`) ?? 0).toBe(kept ? 1 : 0);
            expect([...copies.values()].every((count) => count === 1)).toBe(true);
          });
        }
      }
    });

    it(`by ${how} every time ends after three tries, with the stage reached`, async () => {
      const expected = [
        ['mail', 'not-handed-over@mail-from'],
        ['rcpt', 'not-handed-over@rcpt-to'],
        ['data', 'not-handed-over@data'],
      ] as const;
      for (const [stage, outcome] of expected) {
        await withRig({ ...mode, script: once(stage, step, 1, EVERY_TIME) }, options, async (rig) => {
          expect(await sendAll(rig, mails(1))).toEqual([outcome]);
          expect(rig.sink.connections).toBe(3);
          expect(rig.sink.accepted).toHaveLength(0);
        });
      }
    });
  }

  for (const [how, step] of AFTER_REPLY) {
    it(`by ${how} right after an accepted message is noticed at once and charged to nobody`, async () => {
      // Yahoo closes like this, without a word, after so many messages.
      const script: SinkScript = (at) => (at.stage === 'dot' ? step : undefined);
      await withRig({ ...mode, script }, options, async (rig) => {
        expect(await sendAll(rig, mails(8))).toEqual(Array(8).fill('accepted'));
        expect(rig.sink.connections).toBe(8);
        expect([...rig.sink.copiesByRecipient().values()]).toEqual(Array(8).fill(1));
      });
    });
  }

  it('while half a small body is on its way is unknown: nobody can tell what the other side has', async () => {
    const script: SinkScript = (at) =>
      at.stage === 'body' && at.connection === 1 ? { reply: null, after: 'reset' } : undefined;
    await withRig({ ...mode, script }, options, async (rig) => {
      expect(await sendAll(rig, mails(3))).toEqual(['unknown@final-dot', 'accepted', 'accepted']);
    });
  });

  it('after a limit announced by 421 between messages is charged to nobody', async () => {
    const script: SinkScript = (at) =>
      at.stage === 'mail' && at.message > 2
        ? { reply: '421 4.7.0 Too many messages in this session, closing', after: 'close' }
        : undefined;
    await withRig({ ...mode, script }, options, async (rig) => {
      expect(await sendAll(rig, mails(9))).toEqual(Array(9).fill('accepted'));
      expect(rig.sink.connections).toBe(5);
    });
  });

  it('answers each of many messages exactly once when connections break at random', async () => {
    let dice = 12345;
    const roll = () => {
      dice = (dice * 1103515245 + 12345) % 2147483648;
      return dice / 2147483648;
    };
    const script: SinkScript = (at) => {
      if (at.stage === 'quit' || at.stage === 'ehlo' || roll() > 0.04) return undefined;
      const accept = at.stage === 'dot' && roll() < 0.5;
      return { reply: null, accept, after: roll() < 0.5 ? 'close' : 'reset' };
    };
    await withRig({ ...mode, script }, { ...options, maxConnections: 4 }, async (rig) => {
      const messages = mails(400);
      const outcomes = await sendAll(rig, messages);
      const copies = rig.sink.copiesByRecipient();
      for (const [i, { envelopeTo }] of messages.entries()) {
        const count = copies.get(envelopeTo) ?? 0;
        expect(count).toBeLessThanOrEqual(1);
        if (outcomes[i] === 'accepted') expect(count).toBe(1);
        else if (count === 1) expect(outcomes[i]).toBe('unknown@final-dot');
      }
      expect(outcomes.filter((one) => one === 'accepted').length).toBeGreaterThan(300);
    });
  });
});
