import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { benchRecipients, LETTER_HTML, LETTER_SUBJECT } from './message.ts';
import { SinkProcess } from './sink-process.ts';

export interface ThroughputOptions {
  readonly messages: number;
  readonly connections: number;
  readonly rounds: number;
  /** The program that serves the sink: `[node, dist/cli.mjs]`. */
  readonly program: readonly string[];
  /** Sends one campaign through the whole product and resolves when its last recipient is recorded. */
  sendCampaign(
    port: number,
    recipients: ReturnType<typeof benchRecipients>,
    content: { subject: string; html: string },
  ): Promise<{ seconds: number; cpuSeconds: number }>;
  readonly onStep?: (line: string) => void;
}

/** Messages a second of one contender, one figure a round, and CPU time a message of its own process. */
export interface Contender {
  readonly name: string;
  readonly messages: number;
  readonly perSecond: readonly number[];
  readonly median: number;
  readonly cpuMicroseconds: number | null;
}

/**
 * Ours, a nodemailer pool and (where Postfix's tools are installed) `smtp-source`, in turns against the same sink with
 * the same number of connections: ratios of one run on one machine.
 */
export async function runThroughput(options: ThroughputOptions): Promise<Contender[]> {
  const sink = await SinkProcess.start(options.program);
  const results = new Map<string, { messages: number; rates: number[]; cpu: number[] }>();
  const note = (name: string, messages: number, seconds: number, cpuSeconds: number | null) => {
    const entry = results.get(name) ?? { messages, rates: [], cpu: [] };
    entry.rates.push(messages / seconds);
    if (cpuSeconds !== null) entry.cpu.push((cpuSeconds / messages) * 1e6);
    results.set(name, entry);
    options.onStep?.(`${name}: ${Math.round(messages / seconds)} messages/s`);
  };
  try {
    for (let round = 0; round < options.rounds; round++) {
      const ours = await options.sendCampaign(sink.port, benchRecipients(options.messages), {
        subject: LETTER_SUBJECT,
        html: LETTER_HTML,
      });
      note('postrider, with ledger', options.messages, ours.seconds, ours.cpuSeconds);
      const few = Math.max(500, Math.floor(options.messages / 8));
      const pool = await sendByNodemailer(sink.port, few, options.connections);
      if (pool) note('nodemailer pool, no ledger', few, pool.seconds, pool.cpuSeconds);
      const source = await sendBySmtpSource(sink.port, options.messages, options.connections);
      if (source !== null) note('smtp-source, no ledger', options.messages, source, null);
    }
  } finally {
    await sink.stop();
  }
  return [...results].map(([name, { messages, rates, cpu }]) => ({
    name,
    messages,
    perSecond: rates.map(Math.round),
    median: Math.round(median(rates)),
    cpuMicroseconds: cpu.length > 0 ? Math.round(median(cpu)) : null,
  }));
}

async function sendByNodemailer(
  port: number,
  messages: number,
  connections: number,
): Promise<{ seconds: number; cpuSeconds: number } | null> {
  const nodemailer = await import('nodemailer').catch(() => null); // a development dependency
  if (!nodemailer) return null;
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections: connections,
    maxMessages: Number.POSITIVE_INFINITY,
    ignoreTLS: true,
  });
  const recipients = benchRecipients(messages);
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  let next = 0;
  const send = async () => {
    for (let i = next++; i < messages; i = next++) {
      const recipient = recipients[i];
      if (!recipient) return;
      const html = LETTER_HTML.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) =>
        String(recipient[name] ?? 'https://example.test/u'),
      );
      await transport.sendMail({
        from: 'News <news@sender.test>',
        to: recipient.email,
        subject: `News for ${recipient.firstName}`,
        html,
        text: html.replace(/<[^>]*>/g, ''),
        headers: {
          'List-Unsubscribe': '<https://example.test/u>',
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        },
      });
    }
  };
  await Promise.all(Array.from({ length: connections * 2 }, send));
  const used = process.cpuUsage(cpu);
  transport.close();
  return { seconds: (performance.now() - startedAt) / 1000, cpuSeconds: (used.user + used.system) / 1e6 };
}

async function sendBySmtpSource(port: number, messages: number, connections: number): Promise<number | null> {
  if (spawnSync('smtp-source', ['-V'], { stdio: 'ignore' }).error) return null;
  const startedAt = performance.now();
  const source = spawn(
    'smtp-source',
    [
      '-d',
      '-s',
      String(connections),
      '-m',
      String(messages),
      '-l',
      '9500',
      '-f',
      'a@x.test',
      '-t',
      'b@y.test',
      `127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const [code] = (await once(source, 'exit')) as [number | null];
  await delay(0);
  return code === 0 ? (performance.now() - startedAt) / 1000 : null;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
