import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CampaignMoved, CampaignsQuery } from '../../contract/campaign-jobs.ts';
import { CampaignReport } from '../../contract/campaign-report.ts';
import { WinnerBody, WinnerReply } from '../../contract/campaign-variants.ts';
import {
  CampaignDetail,
  CampaignDraftBody,
  CampaignDraftChange,
  CampaignSummary,
  RetryFailedBody,
} from '../../contract/campaigns.ts';
import { IdParams, Page } from '../../contract/common.ts';
import { CampaignCheck } from '../../contract/content.ts';
import { CampaignForecast } from '../../contract/forecast.ts';
import { checkCampaign } from '../../core/campaign-check.ts';
import { cancelCampaign, pauseCampaign, resumeCampaign, retryFailed } from '../../core/campaign-control.ts';
import { listCampaignPage } from '../../core/campaign-jobs.ts';
import { reportCampaign } from '../../core/campaign-report.ts';
import { jobIdOf } from '../../core/campaign-status.ts';
import {
  createCampaign,
  describeCampaign,
  getCampaign,
  launchCampaign,
  removeCampaign,
  updateCampaign,
} from '../../core/campaigns.ts';
import type { Core } from '../../core/context.ts';
import { forecastCampaign } from '../../core/forecast.ts';
import { chooseWinner } from '../../core/variant-tests.ts';
import type { CampaignRow } from '../../db/campaigns.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['campaigns'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'editor' } } as const;

/** Drafts, and what is done with a campaign that was launched. */
export function campaignRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/campaigns',
      {
        ...read,
        schema: {
          tags,
          summary: 'Campaigns, newest first',
          querystring: CampaignsQuery,
          response: { 200: Page(CampaignSummary) },
        },
      },
      (request) => listCampaignPage(core, callerOf(request), request.query),
    );

    app.post(
      '/campaigns',
      {
        ...write,
        schema: { tags, summary: 'Make a draft', body: CampaignDraftBody, response: { 201: CampaignDetail } },
      },
      async (request, reply) => {
        const campaign = await createCampaign(core, callerOf(request), request.body);
        reply.code(201);
        return describeCampaign(core, campaign);
      },
    );

    app.get(
      '/campaigns/:id',
      { ...read, schema: { tags, summary: 'One campaign', params: IdParams, response: { 200: CampaignDetail } } },
      async (request) => describeCampaign(core, await getCampaign(core, callerOf(request), request.params.id)),
    );

    app.patch(
      '/campaigns/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Change a draft; null takes a part out again',
          params: IdParams,
          body: CampaignDraftChange,
          response: { 200: CampaignDetail },
        },
      },
      async (request) => {
        const campaign = await updateCampaign(core, callerOf(request), request.params.id, request.body);
        return describeCampaign(core, campaign);
      },
    );

    app.delete(
      '/campaigns/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Delete a campaign that is not under way, with its ledger',
          params: IdParams,
          response: nothing,
        },
      },
      async (request, reply) => {
        await removeCampaign(core, callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );

    const moves = {
      launch: ['Send a draft, at once or at its scheduledAt', launchCampaign],
      pause: ['Hand nothing more to any server until it is resumed', pauseCampaign],
      resume: ['Go on', resumeCampaign],
      cancel: ['Send to nobody who has not been sent to', cancelCampaign],
    } as const;
    for (const [name, [summary, move]] of Object.entries(moves)) {
      app.post(
        `/campaigns/:id/${name}`,
        {
          config: { role: 'editor', ...(name === 'launch' ? { operation: 'email-sending' } : {}) },
          schema: { tags, summary, params: IdParams, response: { 202: CampaignMoved } },
        },
        async (request, reply) => {
          const campaign = await move(core, callerOf(request), request.params.id);
          reply.code(202);
          return moved(campaign);
        },
      );
    }

    app.post(
      '/campaigns/:id/forecast',
      {
        ...read,
        schema: {
          tags,
          summary: 'When it will be done, and what holds it up; of a draft as if it were launched now',
          params: IdParams,
          response: { 200: CampaignForecast },
        },
      },
      (request) => forecastCampaign(core, callerOf(request), request.params.id),
    );

    app.get(
      '/campaigns/:id/report',
      {
        ...read,
        schema: {
          tags,
          summary: 'How fast it goes out, by account, recipient domain and answer',
          params: IdParams,
          response: { 200: CampaignReport },
        },
      },
      (request) => reportCampaign(core, callerOf(request), request.params.id),
    );

    app.post(
      '/campaigns/:id/check',
      {
        ...read,
        schema: {
          tags,
          summary: 'What to look at before it is launched; changes nothing',
          params: IdParams,
          response: { 200: CampaignCheck },
        },
      },
      (request) => checkCampaign(core, callerOf(request), request.params.id),
    );

    app.post(
      '/campaigns/:id/winner',
      {
        ...write,
        schema: {
          tags,
          summary: 'Choose the variant that those get who wait for the winner of its test',
          params: IdParams,
          body: WinnerBody,
          response: { 202: WinnerReply },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const { campaign, winner } = await chooseWinner(core, callerOf(request), id, request.body.variant);
        reply.code(202);
        return { ...moved(campaign), winner };
      },
    );

    app.post(
      '/campaigns/:id/retry-failed',
      {
        ...write,
        schema: {
          tags,
          summary: 'Try again those that were refused; of unknown outcome only when asked by name',
          params: IdParams,
          body: RetryFailedBody,
          response: { 202: CampaignMoved },
        },
      },
      async (request, reply) => {
        const { campaign, retried } = await retryFailed(core, callerOf(request), request.params.id, request.body ?? {});
        reply.code(202);
        return { ...moved(campaign), retried };
      },
    );
  };
}

function moved(campaign: CampaignRow): { campaignId: string; jobId: string; state: string } {
  return { campaignId: campaign.id, jobId: jobIdOf(campaign.id), state: campaign.state };
}
