import type { SmtpTimeouts, SmtpTransportOptions } from '../../src/mail/smtp/options.ts';
import type { OutgoingMessage, SendOutcome, Transport } from '../../src/mail/transport.ts';
import { smtpTransport } from '../../src/mail/transports/smtp.ts';
import { type SinkOptions, type SmtpSink, startSink } from './smtp-sink.ts';

/** Short enough for tests, long enough for a busy machine. */
export const FAST: SmtpTimeouts = {
  connectMs: 2_000,
  commandMs: 2_000,
  bodyMs: 2_000,
  finalDotMs: 2_000,
  idleMs: 2_000,
};

export function mail(
  to: string,
  content: string | Buffer = `Subject: to ${to}\r\n\r\nHello ${to}\r\n`,
): OutgoingMessage & { content: Buffer } {
  return {
    envelopeFrom: 'news@acme.test',
    envelopeTo: to,
    content: Buffer.isBuffer(content) ? content : Buffer.from(content),
  };
}

export function mails(count: number): OutgoingMessage[] {
  return Array.from({ length: count }, (_, i) => mail(`u${i}@example.test`));
}

/** One word an outcome: `accepted`, `unknown@final-dot`, `not-handed-over@rcpt-to`, `refused@data:mailbox-unknown`. */
export function brief(outcome: SendOutcome): string {
  if (outcome.kind === 'accepted') return 'accepted';
  if (outcome.kind === 'refused') return `refused@${outcome.stage}:${outcome.class.name}`;
  return `${outcome.kind}@${outcome.stage}`;
}

export interface Rig {
  readonly sink: SmtpSink;
  readonly transport: Transport;
}

/** A sink and a transport to it, one connection unless told otherwise; both are closed when `use` is done. */
export async function withRig<T>(
  sinkOptions: SinkOptions,
  options: Partial<SmtpTransportOptions>,
  use: (rig: Rig) => Promise<T>,
): Promise<T> {
  const sink = await startSink(sinkOptions);
  const transport = smtpTransport({
    host: sink.host,
    port: sink.port,
    secure: 'none',
    name: 'client.test',
    maxConnections: 1,
    timeoutMs: FAST,
    ...options,
  });
  try {
    return await use({ sink, transport });
  } finally {
    await transport.close(0);
    await sink.close();
  }
}

/** Sends all at once and answers their outcomes in brief, in order. */
export async function sendAll({ transport }: Rig, messages: readonly OutgoingMessage[]): Promise<string[]> {
  return (await Promise.all(messages.map((message) => transport.send(message)))).map(brief);
}
