import { benchRecipients, LETTER_HTML } from './message.ts';

export interface PoolRun {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** A nodemailer pool with the same message, keeping no record. Null where it is not installed (a development dependency). */
export async function sendByNodemailer(port: number, messages: number, connections: number): Promise<PoolRun | null> {
  const nodemailer = await import('nodemailer').catch(() => null);
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
