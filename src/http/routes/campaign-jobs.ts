import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CampaignJobs, JobsQuery, Removed } from '../../contract/campaign-jobs.ts';
import {
  CampaignStatus,
  JobParams,
  SendCampaignBody,
  SendCampaignReply,
  UnknownJob,
} from '../../contract/campaigns.ts';
import { listCampaignJobs, removeFinishedJobs } from '../../core/campaign-jobs.ts';
import { findCampaignStatus, jobIdOf } from '../../core/campaign-status.ts';
import { sendCampaign } from '../../core/campaigns.ts';
import type { Core } from '../../core/context.ts';
import { callerOf } from '../request.ts';

const tags = ['campaigns'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'editor' } } as const;

/** Sending in one request, and campaigns seen as jobs. */
export function campaignJobRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/campaigns/send',
      {
        config: { role: 'editor', operation: 'email-sending' },
        schema: { tags, summary: 'Queue a campaign', body: SendCampaignBody, response: { 202: SendCampaignReply } },
      },
      async (request, reply) => {
        const { id } = await sendCampaign(core, callerOf(request), request.body, request.resourceId);
        reply.code(202);
        return { jobId: jobIdOf(id), campaignId: id, status: 'queued', message: 'Campaign queued successfully' };
      },
    );

    app.get(
      '/campaigns/status/:jobId',
      {
        ...read,
        schema: {
          tags,
          summary: 'Where a campaign stands; counts come from the ledger and add up to total',
          params: JobParams,
          response: { 200: CampaignStatus, 404: UnknownJob },
        },
      },
      async (request, reply) => {
        const { jobId } = request.params;
        const status = await findCampaignStatus(core.db, callerOf(request).workspaceId, jobId);
        return status ?? reply.code(404).send({ exists: false, jobId });
      },
    );

    app.get(
      '/campaigns/jobs',
      {
        ...read,
        schema: {
          tags,
          summary: 'Launched campaigns as jobs, newest first',
          querystring: JobsQuery,
          response: { 200: CampaignJobs },
        },
      },
      (request) => listCampaignJobs(core, callerOf(request), request.query),
    );

    app.delete(
      '/campaigns/jobs/cleanup',
      {
        ...write,
        schema: {
          tags,
          summary: 'Forget finished queue jobs; no recipient record is lost',
          response: { 200: Removed },
        },
      },
      async () => ({ removed: await removeFinishedJobs(core) }),
    );
  };
}
