import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Overview, OverviewQuery } from '../../contract/overview.ts';
import type { Core } from '../../core/context.ts';
import { OverviewFeed } from '../../core/overview.ts';
import { callerOf } from '../request.ts';

export function overviewRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    const feed = new OverviewFeed(core);
    app.get(
      '/overview',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['overview'],
          summary: 'Today against yesterday, domains with trouble, and the first steps',
          querystring: OverviewQuery,
          response: { 200: Overview },
        },
      },
      (request) => feed.read(callerOf(request), request.query.timezone),
    );
  };
}
