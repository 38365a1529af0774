import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import { ConsentRecord } from '../../contract/consents.ts';
import { listConsentPage } from '../../core/consents.ts';
import type { Core } from '../../core/context.ts';
import { callerOf } from '../request.ts';

const ConsentQuery = Type.Omit(PageQuery, ['search']);

export function consentRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/contacts/:id/consent',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['contacts'],
          summary: 'What a contact agreed to and took back, newest first',
          params: IdParams,
          querystring: ConsentQuery,
          response: { 200: Page(ConsentRecord) },
        },
      },
      (request) => listConsentPage(core, callerOf(request), request.params.id, request.query),
    );
  };
}
