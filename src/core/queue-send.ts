import type { CampaignDraftBody } from '../contract/campaigns.ts';
import type { QueueSendBody, QueueSendReply } from '../contract/queue.ts';
import { findSendOfCampaign, insertSend } from '../db/sends.ts';
import { jobIdOf } from './campaign-status.ts';
import { launchCampaign, updateCampaign } from './campaigns.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';

/** Launches a draft, with its recipients, content or sender replaced by what the request has. */
export async function queueSend(
  core: Pick<Core, 'db' | 'queues' | 'events' | 'log'>,
  caller: Caller,
  body: QueueSendBody,
): Promise<QueueSendReply> {
  const { campaignId } = body;
  const change = draftOf(body);
  if (Object.keys(change).length > 0) await updateCampaign(core, caller, campaignId, change);
  const campaign = await launchCampaign(core, caller, campaignId);
  const reply = { campaignId, jobId: jobIdOf(campaignId) };
  // A send that is made before its time would be written out before its time.
  if (campaign.state === 'delayed') return { ...reply, sendId: null };
  await insertSend(core.db.sql, { workspaceId: caller.workspaceId, campaignId });
  return { ...reply, sendId: (await findSendOfCampaign(core.db.sql, campaignId))?.id ?? null };
}

function draftOf({ recipients, template, sender }: QueueSendBody): CampaignDraftBody {
  return {
    ...(recipients ? { audience: recipients } : {}),
    ...(template?.subject === undefined ? {} : { subject: template.subject }),
    ...(template?.html === undefined ? {} : { htmlContent: template.html }),
    ...(template?.text === undefined ? {} : { textContent: template.text }),
    ...(sender ? { from: mailboxText(sender) } : {}),
  };
}

function mailboxText({ email, name }: { email: string; name?: string }): string {
  if (/[\p{Cc}]/u.test(email)) throw invalid('sender/email', 'holds a control character');
  if (name === undefined || name === '') return email;
  if (/[\p{Cc}]/u.test(name)) throw invalid('sender/name', 'holds a control character');
  return `"${name.replace(/["\\]/g, '\\$&')}" <${email}>`;
}
