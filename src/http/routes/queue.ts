import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { CampaignStatus, UnknownJob } from '../../contract/campaigns.ts';
import {
  CampaignIdQuery,
  DismissQuery,
  Operation,
  Operations,
  ProgressQuery,
  QueueSendBody,
  QueueSendReply,
} from '../../contract/queue.ts';
import { cancelCampaign } from '../../core/campaign-control.ts';
import { campaignIdOf, findCampaignStatus, jobIdOf } from '../../core/campaign-status.ts';
import type { Core } from '../../core/context.ts';
import { getOperation, listOperations } from '../../core/progress.ts';
import { dismiss } from '../../core/progress-tracking.ts';
import { queueSend } from '../../core/queue-send.ts';
import { notFound } from '../../errors.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['queue'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'editor' } } as const;
const send = { config: { role: 'editor', operation: 'email-sending' } } as const;

/** Sending a draft as a job, and what is under way. */
export function queueRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/queue/campaigns/send',
      { ...send, schema: { tags, summary: 'Send a draft', body: QueueSendBody, response: { 202: QueueSendReply } } },
      async (request, reply) => {
        reply.code(202);
        return queueSend(core, callerOf(request), request.body);
      },
    );

    app.get(
      '/queue/campaigns/send',
      {
        ...read,
        schema: {
          tags,
          summary: 'Where a campaign stands',
          querystring: CampaignIdQuery,
          response: { 200: CampaignStatus, 404: UnknownJob },
        },
      },
      async (request, reply) => {
        const jobId = jobOf(request.query.campaignId);
        const status = await findCampaignStatus(core.db, callerOf(request).workspaceId, jobId);
        return status ?? reply.code(404).send({ exists: false, jobId });
      },
    );

    app.delete(
      '/queue/campaigns/send',
      {
        ...write,
        schema: { tags, summary: 'Cancel a campaign', querystring: CampaignIdQuery, response: { 200: CampaignStatus } },
      },
      async (request) => {
        const caller = callerOf(request);
        const jobId = jobOf(request.query.campaignId);
        const id = campaignIdOf(jobId);
        if (!id) throw notFound('campaign', request.query.campaignId);
        await cancelCampaign(core, caller, id);
        const status = await findCampaignStatus(core.db, caller.workspaceId, jobId);
        if (!status) throw notFound('campaign', jobId);
        return status;
      },
    );

    app.get(
      '/queue/progress',
      {
        ...read,
        schema: {
          tags,
          summary: 'What is under way or ended in the last day; with id, one operation',
          querystring: ProgressQuery,
          response: { 200: Type.Union([Operations, Operation]) },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        const { id } = request.query;
        return id === undefined
          ? { items: await listOperations(core, caller.workspaceId) }
          : getOperation(core, caller, id);
      },
    );

    app.delete(
      '/queue/progress',
      {
        ...write,
        schema: {
          tags,
          summary: 'Take an operation that has ended off the list',
          querystring: DismissQuery,
          response: nothing,
        },
      },
      async (request, reply) => {
        await dismiss(core, callerOf(request), request.query.id);
        return reply.code(204).send(null);
      },
    );
  };
}

/** A campaign's id or its job id. */
function jobOf(id: string): string {
  return campaignIdOf(id) ? id : jobIdOf(id);
}
