import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { serveSink } from '../../bench/sink-process.ts';
import { runThroughput } from '../../bench/throughput.ts';
import { findCampaignStatus, jobIdOf } from '../core/campaign-status.ts';
import { sendCampaign } from '../core/campaigns.ts';
import { ensureSmtpAccount } from '../core/smtp-url.ts';
import { updateAccount } from '../db/accounts.ts';
import { packageRoot } from '../lib/package-root.ts';
import { sleep } from '../lib/sleep.ts';
import type { Postrider } from '../main.ts';
import { number } from './progress-bar.ts';
import { ownerOf, withPostrider } from './run.ts';

export function benchCommand(): Command {
  return new Command('bench')
    .description('measure messages a second on this machine, side by side with a nodemailer pool and smtp-source')
    .option('--messages <n>', 'messages a round', '20000')
    .option('--connections <n>', 'SMTP connections', '20')
    .option('--rounds <n>', 'rounds; the median counts', '3')
    .option('--json', 'print the figures as JSON')
    .action(async (flags: { messages: string; connections: string; rounds: string; json?: boolean }) => {
      const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-bench-'));
      const connections = Number(flags.connections);
      try {
        await withPostrider(
          { start: { workers: true }, overrides: { dataDir }, defaults: { SANDBOX: 'false', LOG_LEVEL: 'warn' } },
          async (postrider) => {
            const contenders = await runThroughput({
              messages: Number(flags.messages),
              connections,
              rounds: Number(flags.rounds),
              program: [process.execPath, path.join(packageRoot(), 'dist/cli.mjs')],
              onStep: (line) => console.error(line),
              sendCampaign: (port, recipients, content) => sendOnce(postrider, port, connections, recipients, content),
            });
            if (flags.json) console.log(JSON.stringify({ connections, contenders }));
            else printTable(contenders);
          },
        );
      } finally {
        fs.rmSync(dataDir, { recursive: true, force: true });
      }
    });
}

export function benchSinkCommand(): Command {
  return new Command('bench-sink').description('the receiving side of "bench", started by it').action(serveSink);
}

/** From the moment the audience is written out to the last recorded recipient: sending, with its ledger. */
async function sendOnce(
  postrider: Postrider,
  port: number,
  connections: number,
  recipients: Array<{ email: string }>,
  content: { subject: string; html: string },
): Promise<{ seconds: number; cpuSeconds: number }> {
  const { core } = postrider;
  const caller = ownerOf(postrider);
  const account = await ensureSmtpAccount(core, caller, `smtp+plain://127.0.0.1:${port}`, undefined);
  await updateAccount(core.db.sql, caller.workspaceId, account.id, {
    maxConnections: connections,
    batchSize: connections,
    maxMessagesPerConnection: 1_000_000,
  });
  const campaign = await sendCampaign(core, caller, {
    subject: content.subject,
    htmlContent: content.html,
    from: 'News <news@sender.test>',
    accountIds: [account.id],
    audience: recipients,
  });
  let startedAt: number | null = null;
  let cpu = process.cpuUsage();
  for (;;) {
    const status = await findCampaignStatus(core.db, caller.workspaceId, jobIdOf(campaign.id));
    const begun = (status?.counts.sent ?? 0) + (status?.counts.sending ?? 0) > 0;
    if (begun && startedAt === null) {
      startedAt = performance.now();
      cpu = process.cpuUsage();
    }
    if (status && startedAt !== null && status.counts.sent === recipients.length) {
      const used = process.cpuUsage(cpu);
      return { seconds: (performance.now() - startedAt) / 1000, cpuSeconds: (used.user + used.system) / 1e6 };
    }
    await sleep(20);
  }
}

function printTable(contenders: Awaited<ReturnType<typeof runThroughput>>): void {
  const ours = contenders[0]?.median ?? 1;
  for (const { name, median, cpuMicroseconds, perSecond } of contenders) {
    const ratio = (ours / median).toFixed(2);
    const cpu = cpuMicroseconds === null ? '' : `  ${number(cpuMicroseconds)} µs CPU each`;
    console.log(
      `${name.padEnd(28)} ${number(median).padStart(8)} messages/s  ours is ${ratio} ×  (${perSecond.map(number).join(', ')})${cpu}`,
    );
  }
}
