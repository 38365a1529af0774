import { describe, expect, it } from 'vitest';
import { FAST, mail, mails, sendAll, withRig } from '../../../test/helpers/smtp-client.ts';
import type { SinkOptions, SinkScript } from '../../../test/helpers/smtp-sink.ts';
import { CHUNKED_DEPTH, depthFor } from './chunked-exchange.ts';
import { parseExtensions } from './extensions.ts';

const EXTENSIONS = ['PIPELINING', 'CHUNKING', '8BITMIME', 'ENHANCEDSTATUSCODES', 'SIZE 52428800'];
/** Time to EHLO is what a client takes for the distance of a server. */
const far = (script: SinkScript = () => undefined): SinkOptions => ({
  extensions: EXTENSIONS,
  script: (at) => (at.stage === 'ehlo' ? { delayMs: 30 } : script(at)),
});
const options = { timeoutMs: { ...FAST, commandMs: 500, finalDotMs: 500 } };
const ones = (count: number) => Array<number>(count).fill(1);

describe('a far server with CHUNKING', () => {
  it('gets messages with BDAT, each once and byte by byte, whatever they begin their lines with', async () => {
    await withRig(far(), options, async (rig) => {
      const contents = ['a\r\n.\r\nb\r\n', '.\r\n', 'x\n..y\r', '', `${'long '.repeat(20_000)}\r\n`];
      const messages = contents.map((content, i) => mail(`u${i}@example.test`, content));
      expect(await sendAll(rig, messages)).toEqual(Array(5).fill('accepted'));
      const arrived = new Map(rig.sink.accepted.map(({ to, content }) => [to[0], content.toString()]));
      expect(messages.map(({ envelopeTo }) => arrived.get(envelopeTo))).toEqual([
        'a\r\n.\r\nb\r\n',
        '.\r\n',
        'x\r\n..y\r\n',
        '',
        contents[4],
      ]);
      expect(rig.sink.verbs()).not.toContain('DATA');
      expect(rig.sink.verbs().filter((verb) => verb === 'BDAT')).toHaveLength(5);
    });
  });

  it('has several messages on the way at once: a silent server leaves so many in doubt, and no more', async () => {
    const silent = far((at) =>
      at.stage === 'dot' && at.message === 3 ? { reply: null, accept: true, after: 'stall' } : undefined,
    );
    await withRig(silent, { ...options, maxMessagesPerConnection: 10 }, async (rig) => {
      const outcomes = await sendAll(rig, mails(2 + CHUNKED_DEPTH));
      expect(outcomes).toEqual(['accepted', 'accepted', ...Array<string>(CHUNKED_DEPTH).fill('unknown@final-dot')]);
    });
  });

  it('does not get a message for which there was no room before a loss', async () => {
    const lost = far((at) =>
      at.stage === 'dot' && at.connection === 1 ? { reply: null, accept: true, after: 'reset' } : undefined,
    );
    await withRig(lost, options, async (rig) => {
      const outcomes = await sendAll(rig, mails(20));
      const unknown = outcomes.filter((outcome) => outcome === 'unknown@final-dot').length;
      expect(unknown).toBeGreaterThan(0);
      expect(unknown).toBeLessThanOrEqual(CHUNKED_DEPTH);
      expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(20 - unknown);
      expect([...rig.sink.copiesByRecipient().values()].every((copies) => copies === 1)).toBe(true);
    });
  });

  it.each(['mail', 'rcpt'] as const)('refuses one recipient at %s, and only that one', async (stage) => {
    const refusing = far((at) => (at.stage === stage && at.message === 3 ? '550 5.1.1 No such user' : undefined));
    await withRig(refusing, options, async (rig) => {
      const outcomes = await sendAll(rig, mails(8));
      expect(outcomes[2]).toMatch(/^refused@/);
      expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(7);
      expect([...rig.sink.copiesByRecipient().values()]).toEqual(ones(7));
      expect(rig.sink.connections).toBe(1);
    });
  });

  it('refuses a message after its body, and only that one', async () => {
    const refusing = far((at) => (at.stage === 'dot' && at.message === 2 ? '554 5.6.0 Malformed' : undefined));
    await withRig(refusing, options, async (rig) => {
      const outcomes = await sendAll(rig, mails(5));
      expect(outcomes[1]).toMatch(/^refused@final-dot/);
      expect([...rig.sink.copiesByRecipient().values()]).toEqual(ones(4));
    });
  });

  it.each(['mail', 'rcpt', 'dot', 'rset'] as const)(
    'says goodbye with 421 at %s: what came behind goes over another connection',
    async (stage) => {
      const closing = far((at) =>
        at.stage === stage && at.connection === 1 && at.acceptedHere === 2
          ? { reply: '421 4.7.0 Closing, come again', accept: false, after: 'close' }
          : undefined,
      );
      await withRig(closing, options, async (rig) => {
        const outcomes = await sendAll(rig, mails(10));
        const refused = outcomes.filter((outcome) => outcome.startsWith('refused')).length;
        expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(10 - refused);
        expect(refused).toBeLessThanOrEqual(1);
        expect([...rig.sink.copiesByRecipient().values()]).toEqual(ones(10 - refused));
      });
    },
  );

  it('that knows no BDAT after all gets everything with DATA', async () => {
    const ignorant = far((at) =>
      at.stage === 'dot' && at.line === '' && at.connection === 1 ? '502 5.5.2 Unknown command' : undefined,
    );
    await withRig(ignorant, options, async (rig) => {
      expect(await sendAll(rig, mails(10))).toEqual(Array(10).fill('accepted'));
      expect([...rig.sink.copiesByRecipient().values()]).toEqual(ones(10));
      expect(rig.sink.verbs(2)).toContain('DATA');
    });
  });

  it('closes after as many messages as the account allows', async () => {
    await withRig(far(), { ...options, maxMessagesPerConnection: 3 }, async (rig) => {
      expect(await sendAll(rig, mails(7))).toEqual(Array(7).fill('accepted'));
      expect(rig.sink.connections).toBe(3);
    });
  });
});

it('only a server that is far, and lets commands follow each other, gets several messages at once', () => {
  const offers = (...names: string[]) => parseExtensions(['sink', ...names]);
  expect(depthFor(offers('PIPELINING', 'CHUNKING'), 100)).toBe(CHUNKED_DEPTH);
  expect(depthFor(offers('PIPELINING', 'CHUNKING'), 0.3)).toBe(1);
  expect(depthFor(offers('CHUNKING'), 100)).toBe(1);
  expect(depthFor(offers('PIPELINING'), 100)).toBe(1);
});
