import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import {
  CreatedWebhook,
  DeliveriesQuery,
  DeliveryParams,
  NewWebhook,
  ReplayRequest,
  ReplayResult,
  SecretRotation,
  Webhook,
  WebhookChange,
  WebhookDelivery,
} from '../../contract/webhooks.ts';
import type { Core } from '../../core/context.ts';
import {
  changeWebhook,
  createWebhook,
  getWebhook,
  listDeliveryPage,
  listWebhookPage,
  removeWebhook,
  replayFailedSince,
  replayOne,
  rotateSecret,
  testWebhook,
} from '../../core/webhooks.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['webhooks'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'admin' } } as const;

/** Endpoints of others that are told what happens here. */
export function webhookRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/webhooks',
      {
        ...read,
        schema: { tags, summary: 'Webhooks, newest first', querystring: PageQuery, response: { 200: Page(Webhook) } },
      },
      (request) => listWebhookPage(core, callerOf(request), request.query),
    );

    app.post(
      '/webhooks',
      {
        ...write,
        schema: {
          tags,
          summary: 'Have an address told what happens from now on; its secret is shown this once',
          body: NewWebhook,
          response: { 201: CreatedWebhook },
        },
      },
      async (request, reply) => {
        reply.code(201);
        return createWebhook(core, callerOf(request), request.body);
      },
    );

    app.get(
      '/webhooks/:id',
      { ...read, schema: { tags, summary: 'One webhook', params: IdParams, response: { 200: Webhook } } },
      (request) => getWebhook(core, callerOf(request), request.params.id),
    );

    app.patch(
      '/webhooks/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Change a webhook, disable it or enable it again',
          params: IdParams,
          body: WebhookChange,
          response: { 200: Webhook },
        },
      },
      (request) => changeWebhook(core, callerOf(request), request.params.id, request.body),
    );

    app.delete(
      '/webhooks/:id',
      {
        ...write,
        schema: { tags, summary: 'Tell it nothing more; its log goes too', params: IdParams, response: nothing },
      },
      async (request, reply) => {
        await removeWebhook(core, callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/webhooks/:id/rotate-secret',
      {
        ...write,
        schema: {
          tags,
          summary: 'A new secret, shown this once; the old one signs too until the overlap is over',
          params: IdParams,
          body: SecretRotation,
          response: { 200: CreatedWebhook },
        },
      },
      (request) => rotateSecret(core, callerOf(request), request.params.id, request.body.overlapHours ?? 24),
    );

    app.post(
      '/webhooks/:id/test',
      {
        ...write,
        schema: {
          tags,
          summary: 'Post a message of type webhook.test now, once, and say what came of it',
          params: IdParams,
          response: { 200: WebhookDelivery },
        },
      },
      (request) => testWebhook(core, callerOf(request), request.params.id),
    );

    app.get(
      '/webhooks/:id/deliveries',
      {
        ...read,
        schema: {
          tags,
          summary: 'What was posted or is to be, newest first: attempts, status, duration, how the answer begins',
          params: IdParams,
          querystring: DeliveriesQuery,
          response: { 200: Page(WebhookDelivery) },
        },
      },
      (request) => listDeliveryPage(core, callerOf(request), request.params.id, request.query),
    );

    app.post(
      '/webhooks/:id/deliveries/:deliveryId/replay',
      {
        ...write,
        schema: {
          tags,
          summary: 'Post one once more, under the same id',
          params: DeliveryParams,
          response: { 200: WebhookDelivery },
        },
      },
      (request) => replayOne(core, callerOf(request), request.params.id, request.params.deliveryId),
    );

    app.post(
      '/webhooks/:id/replay',
      {
        ...write,
        schema: {
          tags,
          summary: 'Post once more all that failed for good and was made since then',
          params: IdParams,
          body: ReplayRequest,
          response: { 200: ReplayResult },
        },
      },
      async (request) => ({
        replayed: await replayFailedSince(core, callerOf(request), request.params.id, new Date(request.body.since)),
      }),
    );
  };
}
