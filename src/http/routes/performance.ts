import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Performance } from '../../contract/performance.ts';
import { ThroughputQuery, WorkspaceThroughput } from '../../contract/throughput.ts';
import type { Core } from '../../core/context.ts';
import { PerformanceFeed } from '../../core/performance.ts';
import { ThroughputFeed } from '../../core/throughput.ts';
import { callerOf } from '../request.ts';

const USUAL_HOURS = 24;

export function performanceRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    const feed = new PerformanceFeed(core);
    const throughput = new ThroughputFeed(core);
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

    app.get(
      '/campaigns/throughput',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['campaigns'],
          summary: 'What was sent by the hour and minute, by account, and how long messages took from the launch',
          querystring: ThroughputQuery,
          response: { 200: WorkspaceThroughput },
        },
      },
      (request) => throughput.read(callerOf(request), request.query.hours ?? USUAL_HOURS),
    );
  };
}
