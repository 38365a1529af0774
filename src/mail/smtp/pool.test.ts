import { describe, expect, it } from 'vitest';
import { brief, FAST, mail, mails, sendAll, withRig } from '../../../test/helpers/smtp-client.ts';
import { type SinkScript, SmtpSink, startSink } from '../../../test/helpers/smtp-sink.ts';
import { smtpTransport } from '../transports/smtp.ts';

describe('connections', () => {
  it('are opened as the queue needs them and never beyond the maximum', async () => {
    const slow: SinkScript = ({ stage }) => (stage === 'dot' ? { delayMs: 20 } : undefined);
    await withRig({ script: slow }, { maxConnections: 4 }, async (rig) => {
      await sendAll(rig, mails(1));
      expect(rig.sink.connections).toBe(1);
      await sendAll(rig, mails(2));
      expect(rig.sink.connections).toBeLessThanOrEqual(2);
      await sendAll(rig, mails(60));
      expect(rig.sink.connections).toBe(4);
      expect(rig.sink.peakConnections).toBe(4);
    });
  });

  it('stay at or under the maximum while they are replaced', async () => {
    await withRig({}, { maxConnections: 3, maxMessagesPerConnection: 2 }, async (rig) => {
      await sendAll(rig, mails(60));
      expect(rig.sink.accepted).toHaveLength(60);
      expect(rig.sink.peakConnections).toBeLessThanOrEqual(3);
    });
  });

  it('are closed politely when idle, and opened again for the next message', async () => {
    await withRig({}, { timeoutMs: { ...FAST, idleMs: 60 } }, async (rig) => {
      await sendAll(rig, mails(1));
      await expect.poll(() => rig.sink.sessions.size, { interval: 10 }).toBe(0);
      expect(rig.sink.verbs().at(-1)).toBe('QUIT');
      expect(await sendAll(rig, mails(1))).toEqual(['accepted']);
      expect(rig.sink.connections).toBe(2);
    });
  });

  it('that the server limits leave the others working', async () => {
    let open = 0;
    const script: SinkScript = ({ stage, connection }) => {
      if (stage === 'connect') open++;
      if (stage === 'connect' && open > 2) return { reply: '421 4.7.0 Too many connections', after: 'close' };
      return connection <= 2 && stage === 'dot' ? { delayMs: 5 } : undefined;
    };
    await withRig({ script }, { maxConnections: 6 }, async (rig) => {
      expect(await sendAll(rig, mails(60))).toEqual(Array(60).fill('accepted'));
      expect(rig.sink.connections).toBeLessThan(12);
    });
  });
});

describe('a message that is made when it is its turn', () => {
  it('is made once, however often its connection is lost', async () => {
    let losses = 0;
    const script: SinkScript = ({ stage }) => (stage === 'rcpt' && losses++ === 0 ? { after: 'close' } : undefined);
    await withRig({ script }, {}, async (rig) => {
      let made = 0;
      const content = () => {
        made++;
        return Buffer.from('Subject: late\r\n\r\nmade late\r\n');
      };
      expect(brief(await rig.transport.send({ ...mail('a@example.test'), content }))).toBe('accepted');
      expect(made).toBe(1);
      expect(rig.sink.accepted[0]?.content.toString()).toContain('made late');
    });
  });

  it('comes back when it cannot be made, and takes no other with it', async () => {
    const broken = () => {
      throw new Error('no such field');
    };
    await withRig({}, { maxConnections: 2 }, async (rig) => {
      const letters = mails(60).map((one, i) => (i % 3 === 1 ? { ...one, content: broken } : one));
      const outcomes = await sendAll(rig, letters);
      expect(outcomes).toEqual(letters.map((_, i) => (i % 3 === 1 ? 'not-handed-over@body' : 'accepted')));
      expect(rig.sink.accepted).toHaveLength(40);
      expect(rig.sink.connections).toBeLessThanOrEqual(2);
    });
  });

  it('is not made while no server can be reached', async () => {
    const sink = await startSink();
    const { port } = sink;
    await sink.close();
    const transport = smtpTransport({ host: '127.0.0.1', port, secure: 'none', timeoutMs: FAST });
    const content = () => expect.fail('made for nobody');
    expect(brief(await transport.send({ ...mail('a@example.test'), content }))).toBe('not-handed-over@connect');
    await transport.close();
  });
});

describe('a server that is away', () => {
  it('answers what is queued after the first failed try, and later tries again', async () => {
    const sink = await startSink();
    const { port } = sink;
    await sink.close();
    const transport = smtpTransport({ host: '127.0.0.1', port, secure: 'none', timeoutMs: FAST, maxConnections: 3 });
    const first = await Promise.all(mails(20).map((message) => transport.send(message)));
    expect(first.map(brief)).toEqual(Array(20).fill('not-handed-over@connect'));
    expect(first[0]).toMatchObject({ class: { subject: 'connection', action: 'retry', name: 'connection-refused' } });
    const back = await new SmtpSink({}).listen(port);
    expect(brief(await transport.send(mail('a@example.test')))).toBe('accepted');
    await transport.close(0);
    await back.close();
  });

  it('is asked less and less often', async () => {
    let asked = 0;
    const script: SinkScript = ({ stage }) => {
      if (stage === 'connect') asked++;
      return stage === 'connect' ? { reply: '554 5.3.2 Not now', after: 'close' } : undefined;
    };
    await withRig({ script }, { maxConnections: 5 }, async ({ transport }) => {
      const until = performance.now() + 900;
      let sent = 0;
      while (performance.now() < until) {
        await transport.send(mail('a@example.test'));
        sent++;
      }
      expect(asked).toBeLessThanOrEqual(5);
      expect(sent).toBe(asked);
    });
  });

  it('in all but its greeting is found out after three connections, and a long queue is answered', async () => {
    const script: SinkScript = ({ stage }) => (stage === 'mail' ? { reply: null, after: 'close' } : undefined);
    await withRig({ script }, { maxConnections: 2 }, async (rig) => {
      const outcomes = await sendAll(rig, mails(300));
      expect(new Set(outcomes)).toEqual(new Set(['not-handed-over@mail-from']));
      expect(rig.sink.connections).toBeLessThanOrEqual(4);
    });
  });

  it('and comes back in the middle of a campaign loses nothing and repeats nothing', async () => {
    const sink = await startSink();
    const { port } = sink;
    const transport = smtpTransport({ host: '127.0.0.1', port, secure: 'none', timeoutMs: FAST, maxConnections: 4 });
    const before = mails(200).map((message) => transport.send(message));
    await Promise.race(before);
    await sink.close();
    const outcomes = await Promise.all(before);
    const back = await new SmtpSink({}).listen(port);
    const copies = sink.copiesByRecipient();
    for (const [i, outcome] of outcomes.entries()) {
      const count = copies.get(`u${i}@example.test`) ?? 0;
      if (outcome.kind === 'not-handed-over') expect(count).toBe(0);
      if (outcome.kind === 'accepted') expect(count).toBe(1);
    }
    const again = await Promise.all(mails(10).map((message) => transport.send(message)));
    expect(again.map(brief)).toEqual(Array(10).fill('accepted'));
    await transport.close(0);
    await back.close();
  });
});

describe('close', () => {
  it('waits for replies in flight, answers the queue, says QUIT', async () => {
    const slow: SinkScript = ({ stage }) => (stage === 'dot' ? { delayMs: 80 } : undefined);
    await withRig({ script: slow }, { maxConnections: 2 }, async (rig) => {
      const outcomes = mails(20).map((message) => rig.transport.send(message));
      await expect
        .poll(() => rig.sink.verbs().filter((verb) => verb === 'DATA').length, { interval: 5 })
        .toBeGreaterThanOrEqual(2);
      await rig.transport.close(2_000);
      const words = (await Promise.all(outcomes)).map(brief);
      const accepted = words.filter((word) => word === 'accepted').length;
      expect(accepted).toBe(rig.sink.accepted.length);
      expect(accepted).toBeGreaterThanOrEqual(2);
      expect(words.filter((word) => word === 'not-handed-over@connect')).toHaveLength(20 - accepted);
      expect(rig.sink.verbs().filter((verb) => verb === 'QUIT')).toHaveLength(2);
      await expect.poll(() => rig.sink.sessions.size, { interval: 5 }).toBe(0);
    });
  });

  it('leaves unknown what has no reply when the grace is over', async () => {
    const never: SinkScript = ({ stage }) =>
      stage === 'dot' ? { reply: null, accept: true, after: 'stall' } : undefined;
    await withRig({ script: never }, {}, async (rig) => {
      const outcomes = mails(3).map((message) => rig.transport.send(message));
      await expect.poll(() => rig.sink.accepted.length, { interval: 5 }).toBe(1);
      const started = performance.now();
      await rig.transport.close(60);
      expect(performance.now() - started).toBeLessThan(1_000);
      expect((await Promise.all(outcomes)).map(brief)).toEqual([
        'unknown@final-dot',
        'not-handed-over@mail-from',
        'not-handed-over@connect',
      ]);
    });
  });

  it('can be called twice, before anything was sent, and answers what is sent after it', async () => {
    await withRig({}, {}, async (rig) => {
      await Promise.all([rig.transport.close(), rig.transport.close(0)]);
      expect(await rig.transport.send(mail('a@example.test'))).toMatchObject({
        kind: 'not-handed-over',
        class: { name: 'transport-closed' },
      });
      expect(await rig.transport.verify()).toMatchObject({ ok: false });
      expect(rig.sink.connections).toBe(0);
    });
  });

  it('answers messages that wait for a server that is away', async () => {
    const transport = smtpTransport({ host: '127.0.0.1', port: 1, secure: 'none', timeoutMs: FAST });
    await transport.send(mail('a@example.test'));
    const waiting = transport.send(mail('b@example.test'));
    await transport.close();
    expect(brief(await waiting)).toBe('not-handed-over@connect');
  });
});
