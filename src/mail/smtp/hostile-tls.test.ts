import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzTimeoutMs, holds } from '../../../test/helpers/fuzz.ts';
import { mutated } from '../../../test/helpers/mutations.ts';
import { playBack, type Score } from '../../../test/helpers/play-back.ts';
import { mails, sendAll, withRig } from '../../../test/helpers/smtp-client.ts';
import type { SinkOptions } from '../../../test/helpers/smtp-sink.ts';
import { SINK_CERTIFICATE } from '../../../test/helpers/smtp-sink-certificate.ts';
import type { SmtpTransportOptions } from '../smtp/options.ts';
import { smtpTransport } from '../transports/smtp.ts';

const TIGHT = { connectMs: 400, commandMs: 100, bodyMs: 100, finalDotMs: 100, idleMs: 100 };
const LOGIN = { username: 'bob', password: 'secret' };
const TLS = { ca: SINK_CERTIFICATE };

const utf8 = (...lines: string[]) => lines.map((line) => Buffer.from(line));
const OFFER = utf8('220 hi ESMTP\r\n', '250-hi\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n');
const UPGRADE: Score = [...OFFER, ...utf8('220 2.0.0 Ready\r\n'), 'tls'];
const INSIDE = utf8(
  '250-hi\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n',
  '235 2.7.0 in\r\n',
  '250 Ok\r\n250 Ok\r\n354 Go on\r\n',
  '250 2.0.0 Ok\r\n',
);

describe('a server that offers STARTTLS', () => {
  const fuzzing = { numRuns: 8, share: 0.15 };
  it('gets neither password nor message in clear, whatever it says, and every message its outcome', {
    timeout: fuzzTimeoutMs(fuzzing),
  }, async () => {
    const scores = fc.array(mutated([...UPGRADE, ...INSIDE]), { minLength: 6, maxLength: 6 });
    const property = fc.asyncProperty(scores, async (all) => {
      await Promise.all(all.map(playAndSend));
    });
    await holds('a mutated upgrade to TLS (six servers a run)', property, fuzzing);
  });

  it('is not believed what it said before the line was encrypted', async () => {
    // CVE-2011-0411: replies for after the upgrade, sent before it in the packet that allows it.
    const injected = Buffer.concat([Buffer.from('220 2.0.0 Ready\r\n'), ...INSIDE]);
    await playBack([...OFFER, injected, 'tls'], async ({ port, heardInClear }) => {
      const transport = open(port);
      const outcomes = await Promise.all(mails(2).map((message) => transport.send(message)));
      await transport.close(0);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['not-handed-over', 'not-handed-over']);
      expect(heardInClear()).not.toMatch(/MAIL|AUTH/);
    });
  });
});

/** Three messages to such a server, with a login. */
async function playAndSend(score: Score): Promise<void> {
  await playBack(score, async ({ port, heardInClear }) => {
    const transport = open(port);
    const outcomes = mails(3).map((message) => transport.send(message));
    let settled = 0;
    for (const outcome of outcomes) void outcome.then(() => settled++);
    await Promise.race([Promise.all(outcomes), new Promise((resolve) => setTimeout(resolve, 10_000))]);
    await transport.close(0);
    expect(settled).toBe(3);
    expect(heardInClear()).not.toMatch(/MAIL FROM|AUTH PLAIN|Subject:/);
  });
}

function open(port: number) {
  return smtpTransport({
    ...{ host: '127.0.0.1', port, secure: 'starttls', name: 'client.test', maxConnections: 1 },
    ...LOGIN,
    timeoutMs: TIGHT,
    tls: TLS,
  });
}

const MODES: ReadonlyArray<readonly [string, SinkOptions, Partial<SmtpTransportOptions>]> = [
  ['in clear', {}, {}],
  ['over STARTTLS', { tls: 'starttls' }, { secure: 'starttls', tls: TLS }],
  ['over TLS', { tls: 'implicit' }, { secure: 'tls', tls: TLS }],
];

describe.each(MODES)('replies %s', (mode, sink, client) => {
  const auth = { mechanisms: ['PLAIN', 'LOGIN'], ...LOGIN };
  const arrive = async (fragment: (bytes: Buffer) => Buffer[]) => {
    await withRig({ ...sink, auth, fragment }, { ...client, ...LOGIN, maxConnections: 2 }, async (rig) => {
      expect(await sendAll(rig, mails(6))).toEqual(Array(6).fill('accepted'));
      expect(rig.sink.copiesByRecipient().size).toBe(6);
    });
  };

  it('may be cut in two at every byte', async () => {
    // The longest reply, the one to EHLO, has 90 bytes.
    for (let at = 1; at <= 95; at += mode === 'in clear' ? 1 : 4) {
      await arrive((bytes) => [bytes.subarray(0, at), bytes.subarray(at)].filter((piece) => piece.length > 0));
    }
  });

  const cut = { numRuns: 15, share: 0.05 };
  it('may come in pieces of any size', { timeout: fuzzTimeoutMs(cut) }, async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(sizes, async (cuts) => {
      await arrive((bytes) => inPieces(bytes, cuts));
    });
    await holds(`replies in pieces ${mode}`, property, cut);
  });
});

function inPieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
