import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import { NewSuppression, Suppression } from '../../contract/suppressions.ts';
import type { Core } from '../../core/context.ts';
import { listSuppressionPage, removeSuppression, suppress } from '../../core/suppressions.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['suppressions'];

export function suppressionRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/suppressions',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: 'Addresses never sent to, newest first',
          querystring: PageQuery,
          response: { 200: Page(Suppression) },
        },
      },
      (request) => listSuppressionPage(core, callerOf(request), request.query),
    );

    app.post(
      '/suppressions',
      {
        config: { role: 'editor' },
        schema: {
          tags,
          summary: 'Never send to this address again; 200 when it was suppressed already',
          body: NewSuppression,
          response: { 200: Suppression, 201: Suppression },
        },
      },
      async (request, reply) => {
        const { created, suppression } = await suppress(core, callerOf(request), request.body);
        return reply.code(created ? 201 : 200).send(suppression);
      },
    );

    app.delete(
      '/suppressions/:id',
      {
        config: { role: 'editor' },
        schema: { tags, summary: 'Allow an address again', params: IdParams, response: nothing },
      },
      async (request, reply) => {
        await removeSuppression(core, callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );
  };
}
