import { describe, expect, it } from 'vitest';
import { brief, FAST, mail, mails, sendAll, withRig } from '../../../test/helpers/smtp-client.ts';
import type { SinkOptions, SmtpSink } from '../../../test/helpers/smtp-sink.ts';

const LOCK_STEP: SinkOptions = { extensions: ['8BITMIME', 'SIZE'] };
const MODES: ReadonlyArray<readonly [string, SinkOptions]> = [
  ['with PIPELINING', {}],
  ['in lock-step', LOCK_STEP],
];

function receivedBytes(sink: SmtpSink): number {
  return [...sink.sessions].reduce((sum, { socket }) => sum + socket.bytesRead, 0);
}

describe.each(MODES)('messages on one connection, %s', (_, mode) => {
  it('all arrive once, in order, with the words of the server', async () => {
    await withRig(mode, {}, async (rig) => {
      const outcomes = await Promise.all(mails(20).map((message) => rig.transport.send(message)));
      expect(outcomes[4]).toEqual({
        kind: 'accepted',
        reply: { code: 250, enhanced: '2.0.0', text: 'Ok: queued as SINK5' },
        remoteId: 'SINK5',
      });
      expect(rig.sink.accepted.map(({ to }) => to[0])).toEqual(mails(20).map(({ envelopeTo }) => envelopeTo));
      expect(rig.sink.connections).toBe(1);
    });
  });

  it('carry on after refusals at MAIL, RCPT, DATA and the dot', async () => {
    const refusals: Record<string, string> = {
      mail1: '550 5.1.8 Sender address rejected: Domain not found',
      rcpt2: '550 5.1.1 User unknown',
      data3: '451 4.3.0 Try later',
      dot4: '554 5.7.1 Spam message rejected',
    };
    const script: SinkOptions['script'] = ({ stage, message }) => refusals[`${stage}${message}`];
    await withRig({ ...mode, script }, {}, async (rig) => {
      expect(await sendAll(rig, mails(6))).toEqual([
        'refused@mail-from:sender-domain-invalid',
        'refused@rcpt-to:mailbox-unknown',
        'refused@data:destination-trouble',
        'refused@final-dot:spam-refused',
        'accepted',
        'accepted',
      ]);
      expect(rig.sink.connections).toBe(1);
      expect([...rig.sink.copiesByRecipient().values()]).toEqual([1, 1]);
    });
  });

  it('are refused one by one when all recipients are bad, without a nested transaction', async () => {
    const script: SinkOptions['script'] = ({ stage, to }) =>
      stage === 'rcpt' && to[0] !== 'u7@example.test' ? '550 5.1.1 User unknown' : undefined;
    await withRig({ ...mode, script }, {}, async (rig) => {
      const outcomes = await sendAll(rig, mails(9));
      expect(outcomes.filter((one) => one === 'refused@rcpt-to:mailbox-unknown')).toHaveLength(8);
      expect(outcomes[7]).toBe('accepted');
      expect(rig.sink.accepted).toHaveLength(1);
    });
  });

  it('never exceed the cap of a connection', async () => {
    await withRig(mode, { maxMessagesPerConnection: 3 }, async (rig) => {
      expect(await sendAll(rig, mails(10))).toEqual(Array(10).fill('accepted'));
      expect(rig.sink.connections).toBe(4);
      expect(rig.sink.accepted.map(({ connection }) => connection)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4]);
      expect(rig.sink.verbs().filter((verb) => verb === 'QUIT').length).toBeGreaterThanOrEqual(3);
    });
  });

  it.each(['mail', 'rcpt', 'data', 'dot'] as const)(
    'end with 421 at %s: the rest goes over a new connection',
    async (stage) => {
      const script: SinkOptions['script'] = (at) =>
        at.stage === stage && at.connection === 1 && at.message === 3
          ? { reply: '421 4.3.2 Shutting down', after: 'close' }
          : undefined;
      await withRig({ ...mode, script }, {}, async (rig) => {
        const outcomes = await sendAll(rig, mails(6));
        // At the dot the 421 answers the message itself; before that it says nothing about it.
        const third = stage === 'dot' ? 'refused@final-dot:server-closing' : 'accepted';
        expect(outcomes).toEqual(['accepted', 'accepted', third, 'accepted', 'accepted', 'accepted']);
        expect([...rig.sink.copiesByRecipient().values()].every((copies) => copies === 1)).toBe(true);
      });
    },
  );

  it('hand over a 421 that speaks of our rate, and reconnect for the others', async () => {
    const script: SinkOptions['script'] = (at) =>
      at.stage === 'mail' && at.connection === 1 && at.message === 2
        ? { reply: '421 4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume', after: 'close' }
        : undefined;
    await withRig({ ...mode, script }, {}, async (rig) => {
      expect(await sendAll(rig, mails(3))).toEqual(['accepted', 'refused@mail-from:rate-limited', 'accepted']);
    });
  });
});

describe('PIPELINING', () => {
  it('writes body k and the envelope of k+1 together: one packet, one round trip a message', async () => {
    const chunks: number[] = [];
    await withRig({}, {}, async (rig) => {
      await rig.transport.send(mail('warm@example.test'));
      for (const { socket } of rig.sink.sessions) socket.on('data', (chunk: Buffer) => chunks.push(chunk.length));
      await sendAll(rig, mails(10));
      expect(chunks).toHaveLength(11); // the first envelope, then ten bodies, nine of them with an envelope behind
    });
  });

  it('answers DATA accepted after a refused RCPT with a lone dot (RFC 2920 section 3.1)', async () => {
    const script: SinkOptions['script'] = ({ stage, message }) => {
      if (stage === 'rcpt' && message === 2) return '550 5.1.1 User unknown';
      if (stage === 'data' && message === 2) return '354 Go on';
      return undefined;
    };
    await withRig({ script }, {}, async (rig) => {
      expect(await sendAll(rig, mails(4))).toEqual([
        'accepted',
        'refused@rcpt-to:mailbox-unknown',
        'accepted',
        'accepted',
      ]);
      expect(rig.sink.connections).toBe(1);
      expect(rig.sink.accepted).toHaveLength(3);
      expect(rig.sink.verbs()).toContain('RSET');
    });
  });

  it('gives the connection up rather than send an empty message when MAIL was refused and RCPT and DATA were not', async () => {
    const script: SinkOptions['script'] = ({ stage, connection }) => {
      if (connection > 1) return undefined;
      if (stage === 'mail') return '550 5.1.8 Sender address rejected: Domain not found';
      if (stage === 'rcpt') return '250 2.1.5 Ok';
      return stage === 'data' ? '354 Go on' : undefined;
    };
    await withRig({ script }, {}, async (rig) => {
      expect(await sendAll(rig, mails(2))).toEqual(['refused@mail-from:sender-domain-invalid', 'accepted']);
      expect(rig.sink.connections).toBe(2);
      expect(rig.sink.accepted).toHaveLength(1);
    });
  });

  it.each([
    ['each', '503 Bad sequence of commands - pipelined after end of DATA'],
    ['what is left of a divided one', '500 Unrecognized command'],
  ])(
    'is no longer used behind bodies on a connection whose server refuses it there, with an answer to %s',
    async (_, words) => {
      const script: SinkOptions['script'] = ({ stage, message }) =>
        message === 2 && (stage === 'mail' || stage === 'rcpt' || stage === 'data') ? words : undefined;
      await withRig({ script }, {}, async (rig) => {
        expect(await sendAll(rig, mails(5))).toEqual(Array(5).fill('accepted'));
        expect(rig.sink.accepted.map(({ to }) => to[0])).toEqual(mails(5).map(({ envelopeTo }) => envelopeTo));
        expect(rig.sink.connections).toBe(1);
        expect(rig.sink.verbs().filter((verb) => verb === 'MAIL')).toHaveLength(6);
      });
    },
  );

  it('leaves a refusal of MAIL that was not sent behind a body with its message', async () => {
    const script: SinkOptions['script'] = ({ stage }) => (stage === 'mail' ? '503 5.5.1 Bad sequence' : undefined);
    await withRig({ script }, {}, async (rig) => {
      expect(await sendAll(rig, mails(2))).toEqual(Array(2).fill('refused@mail-from:command-refused'));
    });
  });

  it('puts a late message behind the body under way', async () => {
    const script: SinkOptions['script'] = ({ stage }) => (stage === 'dot' ? { delayMs: 300 } : undefined);
    await withRig({ script }, {}, async (rig) => {
      const first = rig.transport.send(mail('a@example.test', 'x'.repeat(1_000)));
      await expect.poll(() => receivedBytes(rig.sink), { interval: 5 }).toBeGreaterThan(1_000);
      const before = receivedBytes(rig.sink);
      const second = rig.transport.send(mail('b@example.test'));
      await expect.poll(() => receivedBytes(rig.sink), { interval: 5 }).toBeGreaterThan(before);
      expect(rig.sink.accepted).toHaveLength(0);
      expect([brief(await first), brief(await second)]).toEqual(['accepted', 'accepted']);
    });
  });
});

describe('a server out of step', () => {
  it('that answers before it is asked has its answers thrown away with the connection', async () => {
    // 250 for the dot comes in one packet with 354: taking it for an answer would make an accepted message of an unsent one.
    const script: SinkOptions['script'] = ({ stage, connection }) =>
      stage === 'data' && connection === 1
        ? { reply: Buffer.from('354 Go on\r\n250 2.0.0 Ok: queued as LIE\r\n') }
        : undefined;
    await withRig({ script }, {}, async (rig) => {
      expect(await sendAll(rig, mails(3))).toEqual(['accepted', 'accepted', 'accepted']);
      expect(rig.sink.accepted).toHaveLength(3);
      expect(rig.sink.accepted.every(({ connection }) => connection > 1)).toBe(true);
    });
  });

  it('that sends one reply too many never turns an unsent message into an accepted one', async () => {
    for (const stage of ['mail', 'rcpt', 'data'] as const) {
      const script: SinkOptions['script'] = (at) =>
        at.stage === stage && at.connection === 1
          ? { reply: Buffer.from('250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n') }
          : undefined;
      await withRig({ script }, {}, async (rig) => {
        const outcomes = await sendAll(rig, mails(3));
        const copies = rig.sink.copiesByRecipient();
        for (const [i, outcome] of outcomes.entries())
          if (outcome === 'accepted') expect(copies.get(`u${i}@example.test`)).toBe(1);
      });
    }
  });

  it('that speaks into the silence loses its idle connection', async () => {
    const script: SinkOptions['script'] = ({ stage, connection }) =>
      stage === 'dot' && connection === 1 ? { reply: Buffer.from('250 2.0.0 Ok\r\n250 and more\r\n') } : undefined;
    await withRig({ script }, {}, async (rig) => {
      expect(brief(await rig.transport.send(mail('a@example.test')))).toBe('accepted');
      expect(brief(await rig.transport.send(mail('b@example.test')))).toBe('accepted');
      expect(rig.sink.connections).toBe(2);
    });
  });
});

describe('what the server offers', () => {
  it('decides over SIZE, BODY and SMTPUTF8', async () => {
    await withRig({}, {}, async (rig) => {
      await rig.transport.send(mail('a@example.test', 'Subject: a\r\n\r\nb\r\n'));
      await rig.transport.send(mail('a@example.test', 'Subject: a\r\n\r\nä\r\n'));
      await rig.transport.send(mail('bob@bücher.test'));
      const [plain, eightBit, utf8] = rig.sink.commands
        .filter(({ line }) => line.startsWith('MAIL'))
        .map(({ line }) => line);
      expect(plain).toBe('MAIL FROM:<news@acme.test> SIZE=17');
      expect(eightBit).toBe('MAIL FROM:<news@acme.test> SIZE=18 BODY=8BITMIME');
      expect(utf8).toMatch(/ SMTPUTF8$/);
      expect(rig.sink.accepted[2]?.to).toEqual(['bob@bücher.test']);
    });
    await withRig({ extensions: [] }, {}, async (rig) => {
      await rig.transport.send(mail('a@example.test', 'Subject: a\r\n\r\nä\r\n'));
      expect(rig.sink.commands.find(({ line }) => line.startsWith('MAIL'))?.line).toBe('MAIL FROM:<news@acme.test>');
    });
  });

  it('refuses locally what it cannot take, without a word on the wire', async () => {
    await withRig({ extensions: ['PIPELINING', 'SIZE 100'] }, {}, async (rig) => {
      const outcomes = await Promise.all([
        rig.transport.send(mail('a@example.test', 'x'.repeat(101))),
        rig.transport.send(mail('bob@bücher.test', 'x')),
        rig.transport.send(mail('b@example.test', 'x')),
      ]);
      expect(outcomes.map((one) => (one.kind === 'not-handed-over' ? one.class.name : one.kind))).toEqual([
        'message-too-large',
        'smtputf8-not-offered',
        'accepted',
      ]);
      expect(rig.sink.verbs()).toEqual(['EHLO', 'MAIL', 'RCPT', 'DATA']);
    });
  });

  it('refuses an unsafe address for its message only', async () => {
    await withRig({}, {}, async (rig) => {
      const outcomes = await Promise.all([
        rig.transport.send(mail('a@example.test>\r\nRCPT TO:<eve@evil.test')),
        rig.transport.send({ ...mail('a@example.test'), envelopeFrom: 'x@y\r\nQUIT' }),
        rig.transport.send(mail('b@example.test')),
      ]);
      expect(outcomes.map((one) => (one.kind === 'not-handed-over' ? one.class.name : one.kind))).toEqual([
        'envelope-invalid',
        'sender-envelope-invalid',
        'accepted',
      ]);
      expect(rig.sink.commands.some(({ line }) => line.includes('evil'))).toBe(false);
    });
  });
});

describe('large messages', () => {
  const large = (to: string) =>
    mail(to, Buffer.from(`Subject: large\r\n\r\n${`${'.'.repeat(70)}\r\n`.repeat(30_000)}`));

  it('arrive whole, dot-stuffed, with others behind them', async () => {
    await withRig({}, {}, async (rig) => {
      expect(await sendAll(rig, [mail('a@example.test'), large('b@example.test'), mail('c@example.test')])).toEqual(
        Array(3).fill('accepted'),
      );
      expect(rig.sink.accepted[1]?.content.equals(large('b@example.test').content)).toBe(true);
      expect(rig.sink.connections).toBe(1);
    });
  });

  // More than the socket buffers of both sides hold, so that the end cannot have left yet.
  const huge = (to: string) => mail(to, Buffer.alloc(30_000_000, `${'x'.repeat(70)}\r\n`));

  it('are refused for good when the server says no in the middle', async () => {
    const script: SinkOptions['script'] = ({ stage, connection }) =>
      stage === 'body' && connection === 1
        ? { reply: '552 5.3.4 Message size exceeds fixed limit', after: 'stall' }
        : undefined;
    await withRig({ script }, {}, async (rig) => {
      expect(await sendAll(rig, [huge('a@example.test'), mail('b@example.test')])).toEqual([
        'refused@body:message-too-large',
        'accepted',
      ]);
    });
  });

  it('are unknown when the server says yes in the middle', async () => {
    const script: SinkOptions['script'] = ({ stage, connection }) =>
      stage === 'body' && connection === 1 ? { reply: '250 2.0.0 Ok', after: 'stall' } : undefined;
    await withRig({ script }, {}, async (rig) => {
      expect(await sendAll(rig, [huge('a@example.test'), mail('b@example.test')])).toEqual([
        'unknown@body',
        'accepted',
      ]);
    });
  });

  it('are safe to repeat when the server stops reading before the dot', async () => {
    const script: SinkOptions['script'] = ({ stage }) => (stage === 'body' ? { after: 'stall' } : undefined);
    await withRig({ script }, { timeoutMs: { ...FAST, bodyMs: 150 } }, async (rig) => {
      expect(await sendAll(rig, [huge('a@example.test')])).toEqual(['not-handed-over@body']);
      expect(rig.sink.connections).toBe(3);
    });
  });
});
