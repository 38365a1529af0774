import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { Command } from 'commander';
import type { SendCampaignBody } from '../contract/campaigns.ts';
import { forecastAudience } from '../core/audience-forecast.ts';
import { resumeCampaign } from '../core/campaign-control.ts';
import { readMailbox } from '../core/campaign-message.ts';
import { findCampaignStatus, jobIdOf } from '../core/campaign-status.ts';
import { createCampaign, launchCampaign } from '../core/campaigns.ts';
import { findSendInProgress, rememberSend } from '../core/command-sends.ts';
import { prepareContent } from '../core/content.ts';
import { forecastCampaign } from '../core/forecast.ts';
import { ensureSmtpAccount } from '../core/smtp-url.ts';
import { AppError, messageOf } from '../errors.ts';
import type { Postrider } from '../main.ts';
import { askYes } from './ask.ts';
import { EXIT } from './exit-codes.ts';
import { importFile } from './import.ts';
import { number } from './progress-bar.ts';
import { ownerOf, untilInterrupted, withPostrider } from './run.ts';
import { watchCampaign } from './watch-campaign.ts';

interface SendFlags {
  readonly contacts: string;
  readonly subject: string;
  readonly html?: string;
  readonly mjml?: string;
  readonly text?: string;
  readonly from?: string;
  readonly smtp: string[];
  readonly rate?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly yes?: boolean;
}

export function sendCommand(): Command {
  return new Command('send')
    .description('import contacts and send them a campaign, in one go')
    .requiredOption('--contacts <file>', 'CSV with a header row')
    .requiredOption('--subject <text>', 'may hold Liquid: "Hello {{firstName}}"')
    .option('--html <file>', 'the message as HTML with Liquid')
    .option('--mjml <file>', 'the message as MJML with Liquid, instead of --html')
    .option('--text <file>', 'plain text; made from the HTML when absent')
    .option('--from <mailbox>', 'Name <a@b>')
    .option(
      '--smtp <url>',
      'smtp://user:password@host:587 (repeat for several); without: the built-in mailbox',
      collect,
      [],
    )
    .option('--rate <n/s>', 'at most this many a second through each server, such as 20/s')
    .option('--dry-run', 'import and check, show what would be sent, send nothing')
    .option('--json', 'print the result as JSON')
    .option('--yes', 'do not ask before sending through a real server')
    .action(runSend);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

async function runSend(flags: SendFlags): Promise<void> {
  const content = await readContent(flags);
  const interrupted = untilInterrupted();
  const sandbox = flags.smtp.length === 0;
  await withPostrider(
    { start: { workers: 'inside' }, defaults: { SANDBOX: String(sandbox), SANDBOX_SMTP_PORT: '0', LOG_LEVEL: 'warn' } },
    async (postrider) => {
      const campaignId = await prepareOrResume(postrider, flags, content, interrupted);
      if (campaignId === null) return;
      const finished = await watchCampaign(postrider, campaignId, interrupted);
      await reportResult(postrider, campaignId, flags, finished);
    },
  );
}

async function readContent(flags: SendFlags): Promise<Pick<SendCampaignBody, 'htmlContent' | 'mjml' | 'textContent'>> {
  const read = async (file: string) => {
    try {
      return await fs.readFile(file, 'utf8');
    } catch (error) {
      throw new AppError('VALIDATION', `${file} cannot be read: ${messageOf(error)}. Nothing was sent.`);
    }
  };
  if (!flags.html && !flags.mjml && !flags.text)
    throw new AppError('VALIDATION', 'Say what to send with --html, --mjml or --text. Nothing was sent.');
  return {
    ...(flags.html ? { htmlContent: await read(flags.html) } : {}),
    ...(flags.mjml ? { mjml: await read(flags.mjml) } : {}),
    ...(flags.text ? { textContent: await read(flags.text) } : {}),
  };
}

/** The same command again goes on with the campaign it was interrupted in; a finished one is not sent twice by accident. */
async function prepareOrResume(
  postrider: Postrider,
  flags: SendFlags,
  content: object,
  interrupted: AbortSignal,
): Promise<string | null> {
  const { core } = postrider;
  const caller = ownerOf(postrider);
  const fingerprint = await fingerprintOf(flags, content);
  const known = await findSendInProgress(core, caller, fingerprint);
  if (known) {
    console.error(`Going on with the campaign this command began (${known.id}).`);
    if (known.state === 'paused') await resumeCampaign(core, caller, known.id);
    return known.id;
  }
  // What can be wrong is said before anything is imported.
  await prepareContent({ ...content, subject: flags.subject });
  if (flags.from) readMailbox(flags.from, '--from');
  const accounts = await Promise.all(flags.smtp.map((url) => ensureSmtpAccount(core, caller, url, flags.rate)));
  const imported = await importFile(
    postrider,
    { path: flags.contacts, listName: `send ${fingerprint.slice(0, 12)}`, mode: 'merge' },
    interrupted,
  );
  if (!imported) {
    process.exitCode = EXIT.interrupted;
    return null;
  }
  const campaign = await createCampaign(core, caller, {
    ...content,
    subject: flags.subject,
    audience: { listIds: [imported.listId] },
    accountIds: accounts.map((account) => account.id),
    ...(flags.from ? { from: flags.from } : {}),
  });
  if (flags.dryRun) return dryRun(postrider, imported.listId, campaign.id, flags);
  if (
    flags.smtp.length > 0 &&
    !flags.yes &&
    !(await askYes(`Send through ${accounts.map((account) => account.host).join(', ')}?`))
  ) {
    console.error('Nothing was sent. Add --yes to send without being asked.');
    process.exitCode = EXIT.nothingStarted;
    return null;
  }
  await rememberSend(core, campaign.id, fingerprint);
  await launchCampaign(core, caller, campaign.id);
  return campaign.id;
}

async function dryRun(postrider: Postrider, listId: string, campaignId: string, flags: SendFlags): Promise<null> {
  const counts = await forecastAudience(postrider.core, ownerOf(postrider), listId);
  const forecast = await forecastCampaign(postrider.core, ownerOf(postrider), campaignId);
  if (flags.json) {
    console.log(JSON.stringify({ dryRun: true, ...counts, forecast }));
    return null;
  }
  console.log(
    `Would be sent to ${number(counts.wouldSend)} of ${number(counts.total)} contacts (${number(counts.excluded)} excluded). Nothing was sent.`,
  );
  for (const sentence of forecast.sentences) console.log(sentence);
  for (const assumption of forecast.assumptions) console.log(`  ${assumption}`);
  return null;
}

async function fingerprintOf(flags: SendFlags, content: object): Promise<string> {
  const contacts = await fs.readFile(flags.contacts).catch((error: unknown) => {
    throw new AppError('VALIDATION', `${flags.contacts} cannot be read: ${messageOf(error)}. Nothing was sent.`);
  });
  const { subject, from, smtp } = flags;
  return createHash('sha256').update(contacts).update(JSON.stringify({ subject, from, smtp, content })).digest('hex');
}

async function reportResult(
  postrider: Postrider,
  campaignId: string,
  flags: SendFlags,
  finished: boolean,
): Promise<void> {
  const status = await findCampaignStatus(postrider.core.db, postrider.workspaceId, jobIdOf(campaignId));
  if (!status) return;
  const { sent, failed, unknown, deferred, excluded } = status.counts;
  if (flags.json) console.log(JSON.stringify(status));
  else {
    console.log(
      `${number(sent)} sent, ${number(failed)} failed, ${number(unknown)} unknown, ${number(excluded)} excluded of ${number(status.total)}.`,
    );
    for (const error of status.result?.errors.slice(0, 10) ?? []) console.log(`  ${error.email}: ${error.message}`);
  }
  if (!finished) {
    console.error(
      'Paused. Everything so far is kept: run the same command again to go on; nobody is sent a second copy.',
    );
    process.exitCode = EXIT.interrupted;
  } else if (failed + unknown + deferred > 0) process.exitCode = EXIT.someNotSent;
}
