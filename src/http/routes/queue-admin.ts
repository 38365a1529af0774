import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { QueueActionReply, QueueAdminBody, QueueAdminQuery, QueueAdminReply } from '../../contract/queue-admin.ts';
import type { Core } from '../../core/context.ts';
import { controlQueue, listQueueJobs, queueStats } from '../../core/queue-admin.ts';
import { systemStatus } from '../../core/system-status.ts';
import { throughput } from '../../core/throughput.ts';
import { listPool } from '../../core/worker-pool.ts';

const tags = ['queue'];
const operator = { config: { role: 'operator' } } as const;
const USUAL_HOURS = 24;

/** For who runs the installation: the state of its parts, and what can be done about jobs. */
export function queueAdminRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/queue/admin',
      {
        ...operator,
        schema: {
          tags,
          summary: 'status of the parts; stats of the queues; workers; metrics: throughput by hour; jobs of a queue',
          querystring: QueueAdminQuery,
          response: { 200: QueueAdminReply },
        },
      },
      async (request) => {
        const { action, hours, ...jobs } = request.query;
        if (action === 'status') return systemStatus(core);
        if (action === 'stats') return { queues: await queueStats(core) };
        if (action === 'workers') return listPool(core);
        if (action === 'jobs') return listQueueJobs(core, jobs);
        return throughput(core, null, hours ?? USUAL_HOURS);
      },
    );

    app.post(
      '/queue/admin',
      {
        ...operator,
        schema: {
          tags,
          summary: 'Pause, resume, clean or drain a queue; retry, remove, inspect or replay its jobs',
          body: QueueAdminBody,
          response: { 200: QueueActionReply },
        },
      },
      (request) => controlQueue(core, request.body),
    );
  };
}
