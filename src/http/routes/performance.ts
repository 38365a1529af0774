import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Performance } from '../../contract/performance.ts';
import type { Core } from '../../core/context.ts';
import { PerformanceFeed } from '../../core/performance.ts';
import { callerOf } from '../request.ts';

export function performanceRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    const feed = new PerformanceFeed(core);
    app.get(
      '/campaigns/performance',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['campaigns'],
          summary: 'How fast campaigns are sent, and what their accounts have left',
          response: { 200: Performance },
        },
      },
      (request) => feed.read(callerOf(request)),
    );
  };
}
