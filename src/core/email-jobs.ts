import type { EmailJob, EmailJobAction, EmailJobMoved, EmailJobs, EmailJobsQuery } from '../contract/email-jobs.ts';
import type { WorkersBody, WorkersReply } from '../contract/workers.ts';
import { type CampaignRow, countCampaignsByState, listCampaigns, moveCampaign } from '../db/campaigns.ts';
import { dismissOperation } from '../db/progress.ts';
import { isFinalCampaignState } from '../domain/campaign-state.ts';
import { type RetrySettings, retryDelays, retryPolicy } from '../domain/retry-policy.ts';
import { AppError, notFound } from '../errors.ts';
import { cancelCampaign, retryFailed } from './campaign-control.ts';
import { campaignIdOf, jobIdOf, statusesOf } from './campaign-status.ts';
import { getCampaign, updateCampaign, wrongState } from './campaigns.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { queueSend } from './queue-send.ts';

type JobCore = Pick<Core, 'db' | 'queues' | 'events' | 'log'>;

const STATES = ['waiting', 'active', 'completed', 'failed', 'delayed', 'paused', 'cancelled'] as const;

/** The campaigns of a workspace as jobs of the workers, newest first, and how many there are of each state. */
export async function listEmailJobs(core: Pick<Core, 'db'>, caller: Caller, query: EmailJobsQuery): Promise<EmailJobs> {
  const { workspaceId } = caller;
  const [rows, counts] = await Promise.all([
    listCampaigns(core.db.sql, {
      workspaceId,
      states: query.state?.split(',') ?? STATES,
      offset: query.start ?? 0,
      limit: query.limit ?? 50,
    }),
    countCampaignsByState(core.db.sql, workspaceId),
  ]);
  const statuses = new Map((await statusesOf(core.db, rows)).map((status) => [status.campaignId, status]));
  const stats = Object.fromEntries(STATES.map((state) => [state, counts.get(state) ?? 0])) as EmailJobs['stats'];
  return { jobs: rows.map((row) => show(row, statuses.get(row.id)?.progress ?? 0)), stats };
}

function show(row: CampaignRow, progress: number): EmailJob {
  return {
    jobId: jobIdOf(row.id),
    type: 'campaign',
    workspaceId: row.workspaceId,
    campaignId: row.id,
    name: row.name,
    state: row.state,
    priority: row.priority,
    batchSize: row.batchSize,
    maxRetries: retryPolicy(row.retry as RetrySettings | null).maxRetries,
    progress,
    error: row.state === 'failed' ? row.stateReason : null,
    createdAt: row.createdAt.toISOString(),
    scheduledAt: row.scheduledAt?.toISOString() ?? null,
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

/** `POST /api/workers/jobs`. */
export async function controlEmailJob(core: JobCore, caller: Caller, body: EmailJobAction): Promise<EmailJobMoved> {
  const id = idOf(body.jobId);
  const { action } = body;
  if (action === 'cancel') return moved(await cancelCampaign(core, caller, id));
  if (action === 'retry') {
    const { campaign, retried } = await retryFailed(core, caller, id, {});
    return { ...moved(campaign), retried };
  }
  if (body.at === undefined) throw invalid('at', 'is missing: the new time, in ISO 8601');
  return moved(await reschedule(core, caller, id, new Date(body.at)));
}

/** Only what has not begun can begin at another time. */
async function reschedule(core: JobCore, caller: Caller, id: string, at: Date): Promise<CampaignRow> {
  const before = await getCampaign(core, caller, id);
  const campaign = await moveCampaign(core.db.sql, id, 'delayed', { scheduledAt: at }, ['delayed']);
  if (!campaign) throw wrongState(before, 'rescheduled');
  core.events.publish({ kind: 'campaign', id });
  return campaign;
}

/** Takes a job that has ended off the lists. Campaign and ledger stay. */
export async function removeEmailJob(core: JobCore, caller: Caller, jobId: string): Promise<void> {
  const campaign = await getCampaign(core, caller, idOf(jobId));
  if (!isFinalCampaignState(campaign.state as Parameters<typeof isFinalCampaignState>[0])) {
    throw new AppError(
      'OPERATION_RUNNING',
      `"${campaign.name}" is ${campaign.state}. Nothing was removed. Cancel it first.`,
    );
  }
  await dismissOperation(core.db.sql, caller.workspaceId, campaign.id);
}

/** `POST /api/workers` with the action create-job: a draft, with its parts replaced by those of the payload, is launched. */
export async function createEmailJob(core: JobCore, caller: Caller, body: WorkersBody): Promise<WorkersReply> {
  const { payload } = body;
  const campaignId = body.campaign_id ?? payload?.campaign_id;
  if (campaignId === undefined) throw invalid('campaign_id', 'is missing: the id of a draft');
  if (body.workspace_id !== undefined && body.workspace_id !== caller.workspaceId)
    throw notFound('workspace', body.workspace_id);
  const change = {
    ...(body.priority === undefined ? {} : { priority: body.priority }),
    ...(body.batch_size === undefined ? {} : { batchSize: body.batch_size }),
    ...(body.max_retries === undefined ? {} : { retry: { delaysSeconds: retryDelays(body.max_retries) } }),
    ...(payload?.tracking_config === undefined ? {} : { tracking: payload.tracking_config }),
  };
  if (Object.keys(change).length > 0) await updateCampaign(core, caller, campaignId, change);
  const { jobId } = await queueSend(core, caller, {
    campaignId,
    ...(payload?.leads === undefined ? {} : { recipients: payload.leads }),
    ...(payload?.template_data === undefined ? {} : { template: payload.template_data }),
    ...(payload?.sender_info === undefined ? {} : { sender: payload.sender_info }),
  });
  return { action: 'create-job', message: 'The campaign is queued.', jobId, campaignId };
}

function idOf(jobId: string): string {
  const id = campaignIdOf(jobId) ?? jobId;
  if (campaignIdOf(jobIdOf(id)) === null) throw notFound('job', jobId);
  return id;
}

function moved(campaign: CampaignRow): EmailJobMoved {
  return { jobId: jobIdOf(campaign.id), campaignId: campaign.id, state: campaign.state };
}
