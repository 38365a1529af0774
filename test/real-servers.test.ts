import PostalMime, { type Email } from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LatencyProxy } from '../bench/latency-proxy.ts';
import type { OutgoingMessage, SendOutcome, Transport } from '../src/mail/transport.ts';
import { smtpTransport } from '../src/mail/transports/smtp.ts';
import { asSent, handMadeMessages, type IdentifiedMessage } from './helpers/hand-made-messages.ts';
import { exim } from './helpers/mail-servers/exim.ts';
import { haraka } from './helpers/mail-servers/haraka.ts';
import { LOGIN, type MailServer, SIZE_LIMIT, UNKNOWN_LOCAL_PART } from './helpers/mail-servers/mail-server.ts';
import { nodeSmtpServer } from './helpers/mail-servers/node-smtp-server.ts';
import { openSmtpd } from './helpers/mail-servers/opensmtpd.ts';
import { postfix } from './helpers/mail-servers/postfix.ts';
import { runsHere } from './helpers/runs-here.ts';
import { brief } from './helpers/smtp-client.ts';
import { SINK_CERTIFICATE } from './helpers/smtp-sink-certificate.ts';
import { variedMessages } from './helpers/varied-messages.ts';

// REAL_SERVER_MESSAGES=2000 is the long form.
const COUNT = Number(process.env.REAL_SERVER_MESSAGES ?? 200);
const PATIENCE_MS = 60_000 + COUNT * 100;
const SECURITY = ['starttls', 'tls'] as const;
/** Added each way: far enough for BDAT (src/mail/smtp/chunked-exchange.ts). */
const FAR_MS = 15;
const FAR_COUNT = 60;

/** What servers put before a message, or into its head, while they pass it on. */
const TRACE =
  /^(?:received|return-path|delivered-to|x-original-to|envelope-to|delivery-date|authentication-results):.*\r?\n(?:[ \t].*\r?\n)*/i;

describe.each([nodeSmtpServer, postfix, exim, openSmtpd, haraka])('$name', (kind) => {
  describe.runIf(runsHere(`${COUNT} messages through ${kind.name}`, kind.missing()))('takes our mail', () => {
    let server: MailServer;
    const transports: Transport[] = [];
    const connect = (
      secure: (typeof SECURITY)[number],
      { password = LOGIN.password, port = server.ports[secure] }: { password?: string; port?: number } = {},
    ) => {
      const transport = smtpTransport({
        host: '127.0.0.1',
        port,
        secure,
        username: LOGIN.username,
        password,
        name: 'client.test',
        maxConnections: 4,
        maxMessagesPerConnection: 30,
        tls: { ca: SINK_CERTIFICATE },
        timeoutMs: { connectMs: 60_000, commandMs: 60_000 }, // a busy machine is no reason to fail
      });
      transports.push(transport);
      return transport;
    };

    beforeAll(async () => {
      server = await kind.start();
    }, 60_000);
    afterAll(async () => {
      for (const transport of transports) await transport.close(0);
      await server?.stop();
    });

    it('byte for byte, each message once, over STARTTLS and over TLS', { timeout: 2 * PATIENCE_MS }, async () => {
      const [first, second] = SECURITY.map((secure) => connect(secure)) as [Transport, Transport];
      const messages = [...variedMessages(COUNT), ...handMadeMessages()];
      const outcomes = await Promise.all(messages.map((message, i) => (i % 2 === 0 ? first : second).send(message)));
      const unexpected = messages.flatMap((message, i) => {
        const due = message.needsSmtpUtf8 === true && !kind.offersSmtpUtf8 ? UTF8_REFUSED : 'accepted';
        const got = inWords(outcomes[i]);
        return got === due ? [] : [`${message.messageId}: ${got}`];
      });
      expect(unexpected).toEqual([]);

      const due = messages.filter((_, i) => outcomes[i]?.kind === 'accepted');
      const stored = await server.stored(PATIENCE_MS);
      expect(await differences(due, stored, server.lineEnd)).toEqual([]);
      expect(stored).toHaveLength(due.length);
    });

    it('byte for byte when it is far away, several messages a round trip where it offers CHUNKING', {
      timeout: 2 * PATIENCE_MS,
    }, async () => {
      const before = (await server.stored(PATIENCE_MS)).length;
      const proxy = new LatencyProxy(server.ports.starttls, FAR_MS);
      try {
        const transport = connect('starttls', { port: await proxy.listen() });
        const messages = variedMessages(FAR_COUNT, COUNT).filter((message) => message.needsSmtpUtf8 !== true);
        const outcomes = await Promise.all(messages.map((message) => transport.send(message)));
        expect(outcomes.map(inWords)).toEqual(messages.map(() => 'accepted'));
        const { extensions } = await transport.verify();
        expect(transport.capacity).toBe(extensions.includes('CHUNKING') ? 20 : 8);
        const stored = await server.stored(PATIENCE_MS);
        expect(await differences(messages, stored, server.lineEnd)).toEqual([]);
        expect(stored).toHaveLength(before + messages.length);
        await transport.close(0);
      } finally {
        await proxy.close();
      }
    });

    it.each(SECURITY)('and is understood when it refuses, over %s', { timeout: 60_000 }, async (secure) => {
      const transport = connect(secure);
      expect(await transport.verify()).toMatchObject({ ok: true, stage: 'ready', authenticated: true });

      const unknown = await transport.send(letter(`${UNKNOWN_LOCAL_PART}@example.test`));
      expect(unknown).toMatchObject({ kind: 'refused', stage: 'rcpt-to', reply: { code: 550 } });
      expect(unknown).toMatchObject({ class: { subject: 'recipient', action: 'fail' } });

      const large = await transport.send(letter('large@example.test', SIZE_LIMIT));
      expect(brief(large)).toBe('not-handed-over@mail-from');
      expect(large).toMatchObject({ class: { subject: 'message', name: 'message-too-large' } });

      const locked = connect(secure, { password: 'wrong' });
      const refused = await locked.send(letter('anybody@example.test'));
      expect(brief(refused)).toBe('not-handed-over@auth');
      expect(refused).toMatchObject({ class: { subject: 'account', action: 'disable-account', name: 'auth-failed' } });
      expect(await locked.verify()).toMatchObject({ ok: false, stage: 'auth', authenticated: false });
    });
  });
});

const UTF8_REFUSED = 'not-handed-over: the message needs SMTPUTF8 and the server does not offer it';

function inWords(outcome: SendOutcome | undefined): string {
  if (outcome?.kind === 'refused') return `refused at ${outcome.stage}: ${outcome.reply.code} ${outcome.reply.text}`;
  if (outcome?.kind === 'not-handed-over' || outcome?.kind === 'unknown') return `${outcome.kind}: ${outcome.message}`;
  return outcome?.kind ?? 'no outcome';
}

function letter(to: string, size = 0): OutgoingMessage {
  const body = `${'x'.repeat(70)}\r\n`.repeat(Math.ceil(size / 72));
  return {
    envelopeFrom: 'bounces@acme.test',
    envelopeTo: to,
    content: Buffer.from(`From: news@acme.test\r\nTo: ${to}\r\nSubject: a\r\n\r\nHello\r\n${body}`),
  };
}

/** What is wrong with what lies in the mailbox, in words; at most ten of them. */
async function differences(
  due: readonly IdentifiedMessage[],
  stored: readonly Buffer[],
  lineEnd: MailServer['lineEnd'],
): Promise<string[]> {
  const copies = new Map<string, Buffer[]>();
  for (const file of stored) {
    const id = /^Message-ID: (\S+)\r?$/im.exec(file.toString('latin1'))?.[1] ?? 'none';
    copies.set(id, [...(copies.get(id) ?? []), file]);
  }
  const found: string[] = [];
  for (const { messageId, content } of due) {
    const [copy, ...more] = copies.get(messageId) ?? [];
    if (copy === undefined) found.push(`${messageId} is missing`);
    else if (more.length > 0) found.push(`${messageId} is there ${more.length + 1} times`);
    else found.push(...(await changes(asSent(content), copy, lineEnd)).map((change) => `${messageId}: ${change}`));
    if (found.length >= 10) break;
  }
  return found;
}

async function changes(sent: Buffer, copy: Buffer, lineEnd: MailServer['lineEnd']): Promise<string[]> {
  const bare = withoutTrace(copy.toString('latin1'));
  const expected = sent.toString('latin1').replaceAll('\r\n', lineEnd);
  const found = bare === expected ? [] : [firstDifference(expected, bare)];
  const [ours, theirs] = await Promise.all([PostalMime.parse(sent), PostalMime.parse(copy)]);
  if (JSON.stringify(essence(ours)) !== JSON.stringify(essence(theirs))) found.push('a parser reads something else');
  return found;
}

function withoutTrace(message: string): string {
  let rest = message;
  for (let found = TRACE.exec(rest); found !== null; found = TRACE.exec(rest)) rest = rest.slice(found[0].length);
  return rest;
}

function firstDifference(expected: string, got: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === got[at]) at++;
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 30), at + 60));
  return `differs at ${at}: sent ${around(expected)}, stored ${around(got)}`;
}

function essence({ from, to, replyTo, subject, messageId, date, html, text, attachments }: Email): unknown {
  const files = attachments.map(({ filename, mimeType, disposition, contentId, content }) => [
    ...[filename, mimeType, disposition, contentId],
    typeof content === 'string' ? content : Buffer.from(content as ArrayBuffer).toString('base64'),
  ]);
  return { from, to, replyTo, subject, messageId, date, html, text, files };
}
