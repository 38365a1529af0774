import { once } from 'node:events';
import fs from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { findCampaignStatus, jobIdOf } from '../core/campaign-status.ts';
import { sendCampaign } from '../core/campaigns.ts';
import { freePort } from '../lib/free-port.ts';
import { packageRoot } from '../lib/package-root.ts';
import type { Postrider } from '../main.ts';
import { EXIT } from './exit-codes.ts';
import { importFile } from './import.ts';
import { number } from './progress-bar.ts';
import { ownerOf, untilInterrupted, withPostrider } from './run.ts';
import { dashboardUrl } from './start.ts';
import { watchCampaign } from './watch-campaign.ts';

/** The usual ports, or free ones, so that the demo also runs beside a server that is up. */
async function demoDefaults(): Promise<Record<string, string>> {
  const [port, smtpPort] = [await freePort(3000, '127.0.0.1'), await freePort(1025, '127.0.0.1')];
  return { LOG_LEVEL: 'warn', PORT: String(port), SANDBOX_SMTP_PORT: String(smtpPort) };
}

export function demoCommand(): Command {
  return new Command('demo')
    .description('the main job in one go: sample contacts, a campaign into the built-in mailbox, the dashboard')
    .option('--exit', 'stop when the campaign is done, instead of keeping the dashboard running')
    .action(async (flags: { exit?: boolean }) => {
      const startedAt = Date.now();
      const interrupted = untilInterrupted();
      const onStep = (step: string) => console.error(`… ${step}`);
      const defaults = await demoDefaults();
      await withPostrider({ start: { api: true, workers: 'inside', onStep }, defaults }, async (postrider) => {
        console.error(`Ready after ${seconds(Date.now() - startedAt)} s.`);
        const ended = await runDemo(postrider, interrupted);
        if (!ended) return;
        console.log(`Dashboard: ${dashboardUrl(postrider)}`);
        if (flags.exit) return;
        console.log('It keeps running until you press Ctrl-C.');
        if (!interrupted.aborted) await once(interrupted, 'abort');
      });
    });
}

async function runDemo(postrider: Postrider, interrupted: AbortSignal): Promise<boolean> {
  const samples = path.join(packageRoot(), 'samples');
  const imported = await importFile(
    postrider,
    { path: path.join(samples, 'contacts.csv'), listName: 'Sample contacts', mode: 'merge' },
    interrupted,
  );
  if (!imported) return false;
  const startedAt = Date.now();
  const campaign = await sendCampaign(postrider.core, ownerOf(postrider), {
    name: 'Demo campaign',
    subject: '{{firstName | default: "Hello"}}, your mail is on its way',
    mjml: await fs.readFile(path.join(samples, 'newsletter.mjml'), 'utf8'),
    audience: { listIds: [imported.listId] },
  });
  if (!(await watchCampaign(postrider, campaign.id, interrupted))) return false;
  const status = await findCampaignStatus(postrider.core.db, postrider.workspaceId, jobIdOf(campaign.id));
  if (!status) return false;
  const { sent, failed, unknown, excluded } = status.counts;
  const took = (Date.now() - startedAt) / 1000;
  console.log(
    `\n${number(sent)} sent, ${number(failed)} failed, ${number(unknown)} unknown, ${number(excluded)} excluded of ${number(status.total)}, in ${took.toFixed(1)} s (${number(Math.round(sent / took))} a second).`,
  );
  if (sent + excluded < status.total) process.exitCode = EXIT.someNotSent;
  return true;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
