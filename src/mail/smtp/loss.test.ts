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

/** Only silence has to be waited for: for everything else the machine may be as busy as it likes. */
const within = (ms: number) => ({
  timeoutMs: { ...FAST, connectMs: 20_000, commandMs: ms, finalDotMs: ms, bodyMs: ms },
});
const PATIENT = within(20_000);
const optionsFor = (how: string) => (how === 'silence' ? within(1_000) : PATIENT);

/** Most of these wait for a timeout: not one after the other. */
async function sideBySide<T>(cases: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  await Promise.all(cases.map(run));
}

describe.each(MODES)('a lost connection, %s', (_, mode) => {
  for (const [how, step] of BEFORE_REPLY) {
    it(`by ${how} at MAIL, RCPT or DATA costs nobody anything: all arrive once`, async () => {
      const cases = (['mail', 'rcpt', 'data'] as const).flatMap((stage) => [[stage, 1] as const, [stage, 3] as const]);
      await sideBySide(cases, async ([stage, message]) => {
        await withRig({ ...mode, script: once(stage, step, message) }, optionsFor(how), async (rig) => {
          expect(await sendAll(rig, mails(5))).toEqual(Array(5).fill('accepted'));
          expect([...rig.sink.copiesByRecipient().values()]).toEqual(Array(5).fill(1));
        });
      });
    });

    it(`by ${how} instead of the reply to the dot leaves that one message unknown, and no other`, async () => {
      const cases = [true, false].flatMap((kept) => [[kept, 1] as const, [kept, 3] as const]);
      await sideBySide(cases, async ([kept, message]) => {
        await withRig(
          { ...mode, script: once('dot', { ...step, accept: kept }, message) },
          optionsFor(how),
          async (rig) => {
            const expected = Array(5).fill('accepted');
            expected[message - 1] = 'unknown@final-dot';
            expect(await sendAll(rig, mails(5))).toEqual(expected);
            const copies = rig.sink.copiesByRecipient();
            expect(copies.get(`u${message - 1}@example.test`) ?? 0).toBe(kept ? 1 : 0);
            expect([...copies.values()].every((count) => count === 1)).toBe(true);
          },
        );
      });
    });

    it(`by ${how} every time ends after three tries, with the stage reached`, async () => {
      const expected = [
        ['mail', 'not-handed-over@mail-from'],
        ['rcpt', 'not-handed-over@rcpt-to'],
        ['data', 'not-handed-over@data'],
      ] as const;
      await sideBySide(expected, async ([stage, outcome]) => {
        await withRig({ ...mode, script: once(stage, step, 1, EVERY_TIME) }, optionsFor(how), async (rig) => {
          expect(await sendAll(rig, mails(1))).toEqual([outcome]);
          expect(rig.sink.connections).toBe(3);
          expect(rig.sink.accepted).toHaveLength(0);
        });
      });
    });
  }

  for (const [how, step] of AFTER_REPLY) {
    it(`by ${how} right after an accepted message is noticed at once and charged to nobody`, async () => {
      // Yahoo closes like this, without a word, after so many messages.
      const script: SinkScript = (at) => (at.stage === 'dot' ? step : undefined);
      await withRig({ ...mode, script }, PATIENT, async (rig) => {
        expect(await sendAll(rig, mails(8))).toEqual(Array(8).fill('accepted'));
        expect(rig.sink.connections).toBe(8);
        expect([...rig.sink.copiesByRecipient().values()]).toEqual(Array(8).fill(1));
      });
    });
  }

  it('while half a small body is on its way is unknown: nobody can tell what the other side has', async () => {
    const script: SinkScript = (at) =>
      at.stage === 'body' && at.connection === 1 ? { reply: null, after: 'reset' } : undefined;
    await withRig({ ...mode, script }, PATIENT, async (rig) => {
      expect(await sendAll(rig, mails(3))).toEqual(['unknown@final-dot', 'accepted', 'accepted']);
    });
  });

  it('after a limit announced by 421 between messages is charged to nobody', async () => {
    const script: SinkScript = (at) =>
      at.stage === 'mail' && at.message > 2
        ? { reply: '421 4.7.0 Too many messages in this session, closing', after: 'close' }
        : undefined;
    await withRig({ ...mode, script }, PATIENT, async (rig) => {
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
    await withRig({ ...mode, script }, { maxConnections: 4 }, async (rig) => {
      const messages = mails(400);
      const outcomes = new Map<string, string>();
      // What was not handed over is safe to send again, as often as it takes.
      for (let waiting = messages; waiting.length > 0; ) {
        const words = await sendAll(rig, waiting);
        for (const [i, { envelopeTo }] of waiting.entries()) outcomes.set(envelopeTo, words[i] ?? '');
        waiting = waiting.filter(({ envelopeTo }) => outcomes.get(envelopeTo)?.startsWith('not-handed-over'));
      }
      const copies = rig.sink.copiesByRecipient();
      for (const [recipient, outcome] of outcomes) {
        const count = copies.get(recipient) ?? 0;
        if (outcome === 'accepted') expect(count).toBe(1);
        else expect([outcome, count <= 1]).toEqual(['unknown@final-dot', true]);
      }
      expect(outcomes.size).toBe(400);
    });
  });
});
